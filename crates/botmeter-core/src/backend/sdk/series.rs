//! Instruments of the SDK, each made once, and their series.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use opentelemetry::{
    KeyValue,
    metrics::{BoundHistogram, Histogram, Meter, MeterProvider},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;

use super::{cells::Cells, streams::Streams};
use crate::{
    Bound, Descriptor, Kind, Sink,
    backend::{
        Labels,
        numbers::{Amount, Count, Level, Reading},
    },
};

/// The scope of all instruments. It has no version, so that a new version of
/// this crate does not make new series.
const SCOPE: &str = "botmeter";

/// Every instrument that was asked for, by name.
pub(in crate::backend) struct Series {
    meter: Meter,
    streams: Streams,
    count: Arc<AtomicU64>,
    counters: Made<Arc<Cells<Count>>>,
    float_counters: Made<Arc<Cells<Amount>>>,
    up_down_counters: Made<Arc<Cells<Level>>>,
    gauges: Made<Arc<Cells<Reading>>>,
    histograms: Made<Arc<Distributions>>,
}

/// Makes an instrument that the SDK reads from cells.
macro_rules! observed {
    ($self:ident, $made:ident, $build:ident, $descriptor:ident) => {
        $self.$made.once($descriptor, &$self.streams, || {
            let cells = Cells::new(&$self.count);
            let read = Arc::clone(&cells);
            $self
                .meter
                .$build($descriptor.name())
                .with_unit($descriptor.unit().as_str())
                .with_description($descriptor.help())
                .with_callback(move |observer| read.observe(observer))
                .build();
            cells
        })
    };
}

impl Series {
    pub(super) fn new(provider: &SdkMeterProvider, streams: Streams) -> Self {
        Self {
            meter: provider.meter(SCOPE),
            streams,
            count: Arc::default(),
            counters: Made::default(),
            float_counters: Made::default(),
            up_down_counters: Made::default(),
            gauges: Made::default(),
            histograms: Made::default(),
        }
    }

    /// How many series there are, now and later.
    pub(super) fn count(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.count)
    }

    /// Makes the instrument, so that binding its first series does not have to.
    pub(in crate::backend) fn describe(&self, descriptor: &'static Descriptor) {
        match descriptor.kind() {
            Kind::Counter => drop(self.counter_of(descriptor)),
            Kind::FloatCounter => drop(self.float_counter_of(descriptor)),
            Kind::UpDownCounter => drop(self.up_down_counter_of(descriptor)),
            Kind::Gauge => drop(self.gauge_of(descriptor)),
            Kind::Histogram => drop(self.histogram_of(descriptor)),
        }
    }

    pub(in crate::backend) fn counter(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<u64> {
        self.counter_of(descriptor).bind(attributes(labels))
    }

    pub(in crate::backend) fn float_counter(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<f64> {
        self.float_counter_of(descriptor).bind(attributes(labels))
    }

    pub(in crate::backend) fn up_down_counter(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<i64> {
        self.up_down_counter_of(descriptor).bind(attributes(labels))
    }

    pub(in crate::backend) fn gauge(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<f64> {
        self.gauge_of(descriptor).bind(attributes(labels))
    }

    pub(in crate::backend) fn histogram(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<f64> {
        Bound::to(self.histogram_of(descriptor).bind(attributes(labels), &self.count))
    }

    fn counter_of(&self, descriptor: &'static Descriptor) -> Arc<Cells<Count>> {
        observed!(self, counters, u64_observable_counter, descriptor)
    }

    fn float_counter_of(&self, descriptor: &'static Descriptor) -> Arc<Cells<Amount>> {
        observed!(self, float_counters, f64_observable_counter, descriptor)
    }

    fn up_down_counter_of(&self, descriptor: &'static Descriptor) -> Arc<Cells<Level>> {
        observed!(self, up_down_counters, i64_observable_up_down_counter, descriptor)
    }

    fn gauge_of(&self, descriptor: &'static Descriptor) -> Arc<Cells<Reading>> {
        observed!(self, gauges, f64_observable_gauge, descriptor)
    }

    fn histogram_of(&self, descriptor: &'static Descriptor) -> Arc<Distributions> {
        self.histograms.once(descriptor, &self.streams, || {
            let builder = self.meter.f64_histogram(descriptor.name());
            let histogram = builder
                .with_unit(descriptor.unit().as_str())
                .with_description(descriptor.help())
                .build();
            Arc::new(Distributions { histogram, known: Mutex::default() })
        })
    }
}

/// Instruments of one type.
struct Made<I>(Mutex<HashMap<&'static str, I>>);

impl<I: Clone> Made<I> {
    fn once(
        &self,
        descriptor: &'static Descriptor,
        streams: &Streams,
        make: impl FnOnce() -> I,
    ) -> I {
        let mut instruments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let instrument = instruments.entry(descriptor.name()).or_insert_with(|| {
            streams.add(descriptor);
            make()
        });
        instrument.clone()
    }
}

impl<I> Default for Made<I> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// Sorted by key, because the SDK files a series under the given order as well
/// as under the sorted one.
fn attributes(labels: Labels<'_>) -> Vec<KeyValue> {
    let mut attributes: Vec<KeyValue> =
        labels.iter().map(|(key, value)| KeyValue::new(*key, (*value).to_owned())).collect();
    attributes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    attributes
}

/// A histogram, and the labels of its series.
struct Distributions {
    histogram: Histogram<f64>,
    known: Mutex<HashSet<Vec<KeyValue>>>,
}

impl Distributions {
    fn bind(&self, attributes: Vec<KeyValue>, count: &AtomicU64) -> Observe {
        let bound = Observe(self.histogram.bind(&attributes));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.insert(attributes) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        bound
    }
}

/// There are no observable histograms, so these are bound.
#[derive(Debug)]
struct Observe(BoundHistogram<f64>);

impl Sink<f64> for Observe {
    #[inline]
    fn record(&self, x: f64) {
        self.0.record(x);
    }
}
