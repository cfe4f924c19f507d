//! One export: measured, counted, and its outcome kept for whoever waits.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::{Duration, Instant},
};

use opentelemetry_sdk::{
    error::{OTelSdkError, OTelSdkResult},
    metrics::{
        Temporality,
        data::{AggregatedMetrics, MetricData, ResourceMetrics},
        exporter::PushMetricExporter,
    },
};

use super::ending::Progress;
use crate::Exports;

/// Hands over what was collected.
pub(in crate::backend) trait Deliver: Send + Sync + 'static {
    /// Hands it over, or says why it did not arrive and what to do about it.
    ///
    /// Called on the SDK's own thread, which has no async runtime and may
    /// block.
    fn deliver(
        &self,
        metrics: &ResourceMetrics,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Why an export did not arrive.
#[derive(Debug)]
pub(in crate::backend) struct Failure {
    pub(in crate::backend) reason: String,
    /// How many points were rejected; nothing if none of them arrived.
    pub(in crate::backend) rejected: Option<u64>,
    /// They were sent, and there was no whole answer.
    #[cfg_attr(
        not(feature = "otlp"),
        expect(dead_code, reason = "what is printed is in no doubt")
    )]
    pub(in crate::backend) may_have_arrived: bool,
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self { reason, rejected: None, may_have_arrived: false }
    }
}

/// An exporter that lets nothing fail in silence.
pub(super) struct Watched<D> {
    /// Let go of after the last export, with its connections and threads: what
    /// a program records with may live much longer, and keeps the SDK alive.
    deliver: Mutex<Option<Arc<D>>>,
    temporality: Temporality,
    exports: Exports,
    progress: Arc<Progress>,
}

impl<D> Watched<D> {
    pub(super) fn new(
        deliver: D,
        temporality: Temporality,
        exports: Exports,
        progress: Arc<Progress>,
    ) -> Self {
        Self { deliver: Mutex::new(Some(Arc::new(deliver))), temporality, exports, progress }
    }
}

impl<D> Watched<D> {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<D>>> {
        self.deliver.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Deliver> PushMetricExporter for Watched<D> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let deliver = self.lock().clone();
        let Some(deliver) = deliver else { return Err(OTelSdkError::AlreadyShutdown) };
        let sent = points(metrics);
        self.progress.export_begins(sent);
        let begin = Instant::now();
        let outcome = caught(deliver.deliver(metrics)).await.map_err(|failure| {
            // A receiver may say anything.
            Failure { rejected: failure.rejected.map(|count| count.min(sent)), ..failure }
        });
        let took = begin.elapsed();
        match &outcome {
            Ok(()) => self.exports.succeeded(took),
            Err(failure) => self.exports.failed(took, &failure.reason),
        }
        self.progress.export_ended(outcome);
        // A failure is counted and logged by now. Told of it, the SDK would log
        // every single one at ERROR once more.
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    /// Called by the SDK's thread after the last export.
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        drop(self.lock().take());
        self.progress.is_over();
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }
}

/// A panic would end the SDK's thread, and with it every later export.
async fn caught(delivery: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let mut delivery = pin!(delivery);
    poll_fn(|context| {
        let polled = AssertUnwindSafe(|| delivery.as_mut().poll(context));
        catch_unwind(polled).unwrap_or_else(|panic| {
            let message = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            let reason = format!("the exporter panicked, which is a bug: {message}");
            Poll::Ready(Err(Failure::from(reason)))
        })
    })
    .await
}

/// How many data points an export carries: one of each series.
fn points(metrics: &ResourceMetrics) -> u64 {
    let all =
        metrics.scope_metrics().flat_map(opentelemetry_sdk::metrics::data::ScopeMetrics::metrics);
    all.map(|metric| match metric.data() {
        AggregatedMetrics::F64(data) => points_of(data),
        AggregatedMetrics::U64(data) => points_of(data),
        AggregatedMetrics::I64(data) => points_of(data),
    } as u64)
        .sum()
}

fn points_of<T>(data: &MetricData<T>) -> usize {
    match data {
        MetricData::Gauge(gauge) => gauge.data_points().count(),
        MetricData::Sum(sum) => sum.data_points().count(),
        MetricData::Histogram(histogram) => histogram.data_points().count(),
        MetricData::ExponentialHistogram(histogram) => histogram.data_points().count(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::{
        BackendKind, Counter, Instrument, Meter, Unit,
        backend::sdk::{Sdk, Start, backend_by_sdk},
        telemetry::Resource,
    };

    static STARTS: Instrument<Counter, ()> =
        Instrument::counter("delivery.starts", Unit::of("{start}"), "Starts.");

    #[derive(Debug)]
    struct Panics(Sdk);

    backend_by_sdk!(Panics);

    /// Panics once.
    struct Once(AtomicBool);

    impl Deliver for Once {
        async fn deliver(&self, _: &ResourceMetrics) -> Result<(), Failure> {
            assert!(self.0.swap(true, Ordering::Relaxed), "out of {}", "luck");
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_a_failure_of_one_export_and_not_the_end_of_all() {
        let second = Duration::from_secs(20);
        let exports = Exports::new(BackendKind::Otlp);
        let sdk = Sdk::start(Start {
            deliver: Once(AtomicBool::new(false)),
            destination: "nowhere".to_owned(),
            temporality: Temporality::Cumulative,
            interval: Duration::from_hours(1),
            resource: Resource {
                service_name: "my-bot".to_owned(),
                instance_id: "host:1".to_owned(),
                version: "1.0.0".to_owned(),
                attributes: Vec::new(),
            },
            descriptors: &[],
            exports: exports.clone(),
        })
        .unwrap();
        STARTS.bind(&Meter::new(Panics(sdk.clone())), ());
        assert_eq!(
            sdk.ending().flush(second).unwrap_err().chain(),
            "deliver the metrics: 1 data point is not delivered: the exporter panicked, which is a bug: out of luck"
        );
        sdk.ending().flush(second).unwrap();
        sdk.ending().shutdown(second).unwrap();
        assert_eq!((exports.success_count(), exports.failure_count()), (2, 1));
    }
}
