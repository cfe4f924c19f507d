//! The recorder of `metrics`: our own, and on request that of the process.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use super::{super::series::Series, families::Families};
use crate::Error;

/// The buckets of histograms that others record through `metrics`. Without
/// any, the exporter makes summaries of them, which cannot be added up over
/// instances. What they measure is unknown, so the bounds go from
/// milliseconds to thousands.
const FOREIGN_BUCKETS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0,
    100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10000.0,
];

/// A recorder that makes no summaries.
///
/// It never forgets a series that is idle: a handle that someone holds would
/// go on writing to a series that nobody sees.
pub(super) fn build() -> Result<PrometheusRecorder, Error> {
    let refused = |error| Error::new("set the buckets of the scrape backend").because(error);
    let builder = PrometheusBuilder::new().set_buckets(FOREIGN_BUCKETS).map_err(refused)?;
    Ok(builder.build_recorder())
}

/// Makes the macros of `metrics` record here.
pub(super) fn install(
    recorder: Arc<PrometheusRecorder>,
    families: Arc<Families>,
    is_open: Arc<AtomicBool>,
) -> Result<(), Error> {
    metrics::set_global_recorder(Global { recorder, families, is_open }).map_err(|error| {
        Error::new(
            "become the recorder of the `metrics` crate: this process has one already; leave it \
             its place by turning the global recorder off, or start telemetry before it",
        )
        .because(error)
    })
}

/// Stays in place after a shutdown, when nobody empties the exporter's
/// histograms any more: those that are asked for then are not to grow. Who
/// records into one of ours ends up in ours: a page has each family once.
struct Global {
    recorder: Arc<PrometheusRecorder>,
    families: Arc<Families>,
    is_open: Arc<AtomicBool>,
}

impl Recorder for Global {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.recorder.describe_counter(key, unit, help);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.recorder.describe_gauge(key, unit, help);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.recorder.describe_histogram(key, unit, help);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        match self.ours(key) {
            Some(series) => Counter::from_arc(series),
            None => self.recorder.register_counter(key, metadata),
        }
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        match self.ours(key) {
            Some(series) => Gauge::from_arc(series),
            None => self.recorder.register_gauge(key, metadata),
        }
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        if let Some(series) = self.ours(key) {
            Histogram::from_arc(series)
        } else if self.is_open.load(Ordering::Relaxed) {
            self.recorder.register_histogram(key, metadata)
        } else {
            Histogram::noop()
        }
    }
}

impl Global {
    fn ours(&self, key: &Key) -> Option<Arc<Series>> {
        let labels = key.labels().map(|label| (label.key(), label.value()));
        self.families.ours().bind_known(key.name(), labels)
    }
}

impl fmt::Debug for Global {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Global").finish_non_exhaustive()
    }
}
