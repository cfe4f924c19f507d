//! Into a recorder of `metrics`.

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use botmeter_core::{
    Backend, Bound, Bridge, Kind, Sink, problem,
    store::{Family, Labels, pairs},
};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder};

use crate::circle;

/// Feeds a recorder of `metrics` with every measurement, under the names and
/// labels of our page.
///
/// The buckets of histograms are up to the recorder. An exporter that has none
/// for a name may make a summary of it, so give it ours:
///
/// ```
/// use std::sync::Arc;
///
/// use botmeter_core::{Histogram, Instrument, Meter, Unit, buckets};
/// use botmeter_export::bridge;
/// use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
///
/// static DURATION: Instrument<Histogram, ()> =
///     Instrument::histogram("bot.duration", Unit::SECONDS, "How long a run took.", buckets::WORK);
///
/// let mut builder = PrometheusBuilder::new();
/// // All instruments of a domain are in `Registered::of::<Domain>().instruments`.
/// for descriptor in [DURATION.descriptor()] {
///     let name = Matcher::Full(descriptor.prometheus_name());
///     builder = builder.set_buckets_for_metric(name, descriptor.buckets())?;
/// }
/// let recorder = builder.build_recorder();
/// let page = recorder.handle();
///
/// let meter = Meter::new(bridge::Metrics::to(Arc::new(recorder)));
/// DURATION.bind(&meter, ()).record(0.2);
/// assert!(page.render().contains("bot_duration_seconds_bucket{le=\"0.25\"} 1\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Where the recorder records into botmeter itself, as with
/// [`macros`](crate::macros), nothing is fed to it, and a warning says so.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Feeder>);

impl Metrics {
    /// Feeds the recorder that the process has by now: install it before the
    /// telemetry starts. A series is fed to the one that was there when it was
    /// bound. If there is none, a warning says so.
    #[expect(clippy::new_without_default, reason = "it depends on the process")]
    pub fn new() -> Self {
        Self(Arc::new(Feeder::default()))
    }

    /// Feeds this recorder.
    pub fn to(recorder: Arc<dyn Recorder + Send + Sync>) -> Self {
        Self(Arc::new(Feeder { recorder: Some(recorder), ..Feeder::default() }))
    }
}

impl Backend for Metrics {
    fn bridge(&self) -> Option<Arc<dyn Bridge>> {
        Some(Arc::clone(&self.0) as _)
    }
}

#[derive(Default)]
struct Feeder {
    /// Nothing if it is that of the process.
    recorder: Option<Arc<dyn Recorder + Send + Sync>>,
    described: Mutex<HashSet<Arc<str>>>,
    is_circle: AtomicBool,
    is_nobody_known: AtomicBool,
}

static METADATA: Metadata<'static> = Metadata::new("botmeter", Level::INFO, None);

impl Feeder {
    /// What the recorder has for a series, unless it has the series from us.
    fn register<T>(
        &self,
        family: &Family,
        labels: &Labels,
        register: impl Fn(&dyn Recorder, &Key) -> T,
    ) -> Option<T> {
        let is_foreign = family.identity().descriptor().is_none();
        if is_foreign && self.is_circle.load(Ordering::Relaxed) {
            return None;
        }
        let key = key_of(family, labels);
        let ask = |recorder: &dyn Recorder| {
            self.describe(recorder, family);
            (register(recorder, &key), size_of_val(recorder))
        };
        let ((handle, size), came_back) = circle::ask(|| match &self.recorder {
            Some(recorder) => ask(recorder.as_ref()),
            None => metrics::with_recorder(ask),
        });
        // Whoever records anywhere has to know where, and takes some room.
        if size == 0 && !self.is_nobody_known.swap(true, Ordering::Relaxed) {
            problem!(
                warn,
                "metrics are fed to no recorder of `metrics`, because the process has none: \
                     install it before the telemetry starts"
            );
        }
        if came_back && !self.is_circle.swap(true, Ordering::Relaxed) {
            problem!(
                warn,
                "the recorder of `metrics` that metrics are to be fed to records into botmeter \
                     itself: nothing goes round in this circle; leave out the bridge or the macros"
            );
        }
        // In a fan-out there may be others who want ours, and have theirs already.
        (!(came_back && is_foreign)).then_some(handle)
    }

    /// Describes the family, unless it did, or there is nothing to say yet.
    fn describe(&self, recorder: &dyn Recorder, family: &Family) {
        let identity = family.identity();
        let name = identity.shared_name();
        let is_new = !identity.help().is_empty() && {
            let mut described = self.described.lock().unwrap_or_else(PoisonError::into_inner);
            described.insert(Arc::clone(name))
        };
        if !is_new {
            return;
        }
        let (name, help) = (KeyName::from(Arc::clone(name)), identity.help().to_owned().into());
        match identity.kind() {
            Kind::Counter => recorder.describe_counter(name, None, help),
            Kind::FloatCounter | Kind::UpDownCounter | Kind::Gauge => {
                recorder.describe_gauge(name, None, help);
            }
            Kind::Histogram => recorder.describe_histogram(name, None, help),
        }
    }

    fn gauge<T, S>(&self, family: &Family, labels: &Labels, sink: fn(Gauge) -> S) -> Bound<T>
    where
        T: Copy + 'static,
        S: Sink<T> + 'static,
    {
        let gauge = self.register(family, labels, |it, key| it.register_gauge(key, &METADATA));
        gauge.map_or_else(Bound::discard, |gauge| Bound::to(sink(gauge)))
    }
}

fn key_of(family: &Family, labels: &Labels) -> Key {
    let labels: Vec<Label> =
        pairs(labels).map(|(key, value)| Label::new(key.to_owned(), value.to_owned())).collect();
    Key::from_parts(Arc::clone(family.identity().shared_name()), labels)
}

impl Bridge for Feeder {
    fn counter(&self, family: &Family, labels: &Labels) -> Bound<u64> {
        let counter = self.register(family, labels, |it, key| it.register_counter(key, &METADATA));
        counter.map_or_else(Bound::discard, |counter| Bound::to(Count(counter)))
    }

    /// Counters of `metrics` are whole numbers.
    fn float_counter(&self, family: &Family, labels: &Labels) -> Bound<f64> {
        self.gauge(family, labels, Amount)
    }

    fn up_down_counter(&self, family: &Family, labels: &Labels) -> Bound<i64> {
        self.gauge(family, labels, Steps)
    }

    fn gauge(&self, family: &Family, labels: &Labels) -> Bound<f64> {
        self.gauge(family, labels, Reading)
    }

    fn histogram(&self, family: &Family, labels: &Labels) -> Bound<f64> {
        let histogram =
            self.register(family, labels, |it, key| it.register_histogram(key, &METADATA));
        histogram.map_or_else(Bound::discard, |histogram| Bound::to(Spread(histogram)))
    }
}

impl fmt::Debug for Feeder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feeder").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Count(Counter);

impl Sink<u64> for Count {
    fn record(&self, n: u64) {
        self.0.increment(n);
    }
}

#[derive(Debug)]
struct Amount(Gauge);

impl Sink<f64> for Amount {
    fn record(&self, x: f64) {
        self.0.increment(x);
    }
}

#[derive(Debug)]
struct Steps(Gauge);

impl Sink<i64> for Steps {
    fn record(&self, n: i64) {
        self.0.increment(n as f64);
    }
}

#[derive(Debug)]
struct Reading(Gauge);

impl Sink<f64> for Reading {
    fn record(&self, x: f64) {
        self.0.set(x);
    }
}

#[derive(Debug)]
struct Spread(Histogram);

impl Sink<f64> for Spread {
    fn record(&self, x: f64) {
        self.0.record(x);
    }
}
