//! Pushing to an OTLP receiver.

mod attempts;
pub(crate) mod check;
#[cfg(feature = "otlp-grpc")]
mod grpc;
#[cfg(not(feature = "otlp-grpc"))]
#[path = "otlp/grpc_absent.rs"]
mod grpc;
mod http;
mod proxy;
mod reason;
mod secrets;
#[cfg(feature = "traces")]
pub(crate) mod spans;
mod target;
mod times;

use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::metrics::{self, data::ResourceMetrics};

use super::sdk::{Deliver, Failure, Sdk, Start, backend_by_sdk};
use crate::{
    Descriptor, Error, Exports,
    telemetry::{OtlpSettings, Protocol, Resource, Temporality},
};
use target::Target;
use times::Times;

/// Pushes to an OTLP receiver, such as Prometheus' own or a Collector.
///
/// A thread of its own pushes at each interval and works with any async
/// runtime and without one. Every push is counted, and a failed one says what
/// to do about it. Series are cumulative unless asked otherwise, so a failed
/// push costs resolution and no counts: the next one carries the totals.
///
/// ```no_run
/// use std::time::Duration;
///
/// use botmeter_core::{
///     Backend, BackendKind, Exports, Meter, backend::otlp::Otlp,
///     telemetry::{Compression, OtlpSettings, Protocol, Resource, Temporality},
/// };
///
/// let settings = OtlpSettings {
///     endpoint: "http://localhost:9090/api/v1/otlp/v1/metrics".to_owned(),
///     protocol: Protocol::HttpProtobuf,
///     headers: Vec::new(),
///     timeout: Duration::from_secs(10),
///     compression: Compression::Gzip,
///     temporality: Temporality::Cumulative,
/// };
/// let resource = Resource {
///     service_name: "my-bot".to_owned(),
///     instance_id: "my-host:1".to_owned(),
///     version: "1.0.0".to_owned(),
///     attributes: Vec::new(),
/// };
/// let exports = Exports::new(BackendKind::Otlp);
/// let otlp = Otlp::start(settings, Duration::from_secs(15), resource, &[], exports)?;
/// let meter = Meter::new(otlp.clone());
/// otlp.shutdown(Duration::from_secs(5))?;
/// # Ok::<(), botmeter_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Otlp(Sdk);

backend_by_sdk!(Otlp);

impl Otlp {
    /// Pushes at each interval from now on; the first time after one interval.
    ///
    /// The settings are final: nothing is read from the environment but what
    /// the platform itself reads, such as `HTTPS_PROXY` and `SSL_CERT_FILE`.
    ///
    /// # Errors
    ///
    /// When the endpoint, a header or a time cannot be used, or a feature is
    /// missing: `otlp-tls` for `https`, `otlp-grpc` for gRPC. Whether anybody
    /// listens at the endpoint is found out by the first push.
    pub fn start(
        settings: OtlpSettings,
        interval: Duration,
        resource: Resource,
        descriptors: &[&'static Descriptor],
        exports: Exports,
    ) -> Result<Self, Error> {
        let target = Target::of(&settings)?;
        let push = Push { settings, target, interval, resource, descriptors, exports };
        match push.settings.protocol {
            Protocol::HttpProtobuf => push.start(http::Client::new),
            Protocol::Grpc => push.start(grpc::Metrics::new),
        }
    }
}

/// What is needed to start, with either protocol.
struct Push<'a> {
    settings: OtlpSettings,
    target: Target,
    interval: Duration,
    resource: Resource,
    descriptors: &'a [&'static Descriptor],
    exports: Exports,
}

impl Push<'_> {
    fn start<T: Transport<ExportMetricsServiceRequest>>(
        self,
        connect: impl FnOnce(&OtlpSettings, &Target) -> Result<T, Error>,
    ) -> Result<Otlp, Error> {
        let Self { settings, target, interval, resource, descriptors, exports } = self;
        let start = Start {
            destination: target.to_string(),
            deliver: Metrics { by: connect(&settings, &target)?, times: Times::default() },
            temporality: sdk_temporality(settings.temporality),
            interval,
            resource,
            descriptors,
            exports,
        };
        Sdk::start(start).map(Otlp)
    }
}

/// A way to a receiver for messages of one kind.
trait Transport<M>: Send + Sync + 'static {
    /// Pushes, from a thread that may block; and again if that may help.
    fn push(&self, message: &M) -> Result<(), Failure>;
}

/// What is pushed at each interval, by either protocol.
struct Metrics<T> {
    by: T,
    times: Times,
}

impl<T: Transport<ExportMetricsServiceRequest>> Deliver for Metrics<T> {
    async fn deliver(&self, metrics: &ResourceMetrics) -> Result<(), Failure> {
        let mut request = ExportMetricsServiceRequest::from(metrics);
        let stamp = self.times.stamp(&mut request);
        let outcome = self.by.push(&request);
        self.times.pushed(stamp, &outcome);
        outcome
    }
}

/// gRPC cannot write down every time that a number can hold, and a clock cannot
/// count to it.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);

/// How long a push may take.
fn timeout_of(settings: &OtlpSettings) -> Duration {
    settings.timeout.min(LONGEST_TIMEOUT)
}

fn sdk_temporality(temporality: Temporality) -> metrics::Temporality {
    match temporality {
        Temporality::Cumulative => metrics::Temporality::Cumulative,
        Temporality::Delta => metrics::Temporality::Delta,
        Temporality::LowMemory => metrics::Temporality::LowMemory,
    }
}

#[cfg(all(test, not(feature = "otlp-grpc")))]
mod tests {
    use super::*;
    use crate::{BackendKind, telemetry::Compression};

    #[test]
    fn grpc_without_its_feature_is_refused() {
        let settings = OtlpSettings {
            endpoint: "http://localhost:4317".to_owned(),
            protocol: Protocol::Grpc,
            headers: Vec::new(),
            timeout: Duration::from_secs(10),
            compression: Compression::None,
            temporality: Temporality::Cumulative,
        };
        let resource = Resource {
            service_name: "my-bot".to_owned(),
            instance_id: "my-host:1".to_owned(),
            version: "1.0.0".to_owned(),
            attributes: Vec::new(),
        };
        let interval = Duration::from_secs(15);
        let exports = Exports::new(BackendKind::Otlp);
        assert_eq!(
            Otlp::start(settings, interval, resource, &[], exports).unwrap_err().chain(),
            "push metrics to \"http://localhost:4317\": this build has no gRPC; enable the feature \
             `otlp-grpc` of the botmeter crate that you depend on"
        );
    }
}
