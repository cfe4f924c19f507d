//! Instruments of the SDK, each made once, and their bound series.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use opentelemetry::{
    KeyValue,
    metrics::{
        BoundCounter, BoundGauge, BoundHistogram, BoundUpDownCounter, Counter, Gauge, Histogram,
        Meter, MeterProvider, UpDownCounter,
    },
};
use opentelemetry_sdk::metrics::SdkMeterProvider;

use super::streams::Streams;
use crate::{Bound, Descriptor, Kind, Sink, backend::Labels};

/// The scope of all instruments. It has no version, so that a new version of
/// this crate does not make new series.
const SCOPE: &str = "botmeter";

/// Every instrument that was asked for, by name.
pub(in crate::backend) struct Series {
    meter: Meter,
    streams: Streams,
    counters: Made<Counter<u64>>,
    float_counters: Made<Counter<f64>>,
    up_down_counters: Made<UpDownCounter<i64>>,
    gauges: Made<Gauge<f64>>,
    histograms: Made<Histogram<f64>>,
    /// Gauges without labels that were bound before: they start at zero once.
    zeroed: Mutex<HashSet<&'static str>>,
}

impl Series {
    pub(super) fn new(provider: &SdkMeterProvider, streams: Streams) -> Self {
        Self {
            meter: provider.meter(SCOPE),
            streams,
            counters: Made::default(),
            float_counters: Made::default(),
            up_down_counters: Made::default(),
            gauges: Made::default(),
            histograms: Made::default(),
            zeroed: Mutex::default(),
        }
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

    // The SDK hands over a series with labels from the moment it is bound, but
    // one without labels only once something was recorded: hence the zeros.

    pub(in crate::backend) fn counter(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<u64> {
        let bound = self.counter_of(descriptor).bind(&attributes(labels));
        bound.add(0);
        Bound::to(Count(bound))
    }

    pub(in crate::backend) fn float_counter(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<f64> {
        let bound = self.float_counter_of(descriptor).bind(&attributes(labels));
        bound.add(0.0);
        Bound::to(Count(bound))
    }

    pub(in crate::backend) fn up_down_counter(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<i64> {
        let bound = self.up_down_counter_of(descriptor).bind(&attributes(labels));
        bound.add(0);
        Bound::to(Step(bound))
    }

    pub(in crate::backend) fn gauge(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<f64> {
        let bound = self.gauge_of(descriptor).bind(&attributes(labels));
        if labels.is_empty() {
            // Under the lock, or a second handle that is bound at the same
            // time could be set before the first one is zeroed.
            let mut zeroed = lock(&self.zeroed);
            if zeroed.insert(descriptor.name()) {
                bound.record(0.0);
            }
        }
        Bound::to(Set(bound))
    }

    pub(in crate::backend) fn histogram(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Bound<f64> {
        Bound::to(Observe(self.histogram_of(descriptor).bind(&attributes(labels))))
    }

    fn counter_of(&self, descriptor: &'static Descriptor) -> Counter<u64> {
        self.counters.once(descriptor, &self.streams, || {
            let builder = self.meter.u64_counter(descriptor.name());
            builder
                .with_unit(descriptor.unit().as_str())
                .with_description(descriptor.help())
                .build()
        })
    }

    fn float_counter_of(&self, descriptor: &'static Descriptor) -> Counter<f64> {
        self.float_counters.once(descriptor, &self.streams, || {
            let builder = self.meter.f64_counter(descriptor.name());
            builder
                .with_unit(descriptor.unit().as_str())
                .with_description(descriptor.help())
                .build()
        })
    }

    fn up_down_counter_of(&self, descriptor: &'static Descriptor) -> UpDownCounter<i64> {
        self.up_down_counters.once(descriptor, &self.streams, || {
            let builder = self.meter.i64_up_down_counter(descriptor.name());
            builder
                .with_unit(descriptor.unit().as_str())
                .with_description(descriptor.help())
                .build()
        })
    }

    fn gauge_of(&self, descriptor: &'static Descriptor) -> Gauge<f64> {
        self.gauges.once(descriptor, &self.streams, || {
            let builder = self.meter.f64_gauge(descriptor.name());
            builder
                .with_unit(descriptor.unit().as_str())
                .with_description(descriptor.help())
                .build()
        })
    }

    fn histogram_of(&self, descriptor: &'static Descriptor) -> Histogram<f64> {
        self.histograms.once(descriptor, &self.streams, || {
            let builder = self.meter.f64_histogram(descriptor.name());
            builder
                .with_unit(descriptor.unit().as_str())
                .with_description(descriptor.help())
                .build()
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
        let mut instruments = lock(&self.0);
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
struct Count<T>(BoundCounter<T>);

impl Sink<u64> for Count<u64> {
    #[inline]
    fn record(&self, n: u64) {
        self.0.add(n);
    }
}

impl Sink<f64> for Count<f64> {
    #[inline]
    fn record(&self, x: f64) {
        self.0.add(x);
    }
}

#[derive(Debug)]
struct Step(BoundUpDownCounter<i64>);

impl Sink<i64> for Step {
    #[inline]
    fn record(&self, n: i64) {
        self.0.add(n);
    }
}

#[derive(Debug)]
struct Set(BoundGauge<f64>);

impl Sink<f64> for Set {
    #[inline]
    fn record(&self, x: f64) {
        self.0.record(x);
    }
}

#[derive(Debug)]
struct Observe(BoundHistogram<f64>);

impl Sink<f64> for Observe {
    #[inline]
    fn record(&self, x: f64) {
        self.0.record(x);
    }
}
