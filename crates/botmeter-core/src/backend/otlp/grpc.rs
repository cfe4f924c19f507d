//! OTLP by gRPC.
//!
//! This speaks through the client that is generated from the protocol's
//! definition. The exporter of `opentelemetry-otlp` keeps to itself what the
//! receiver rejected, and sends headers from the process's environment that
//! the settings may have overruled.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, metrics_service_client::MetricsServiceClient,
};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use tokio::runtime::Runtime;
use tonic::{
    Code, Request, Status,
    codec::CompressionEncoding,
    metadata::MetadataMap,
    transport::{Channel, Endpoint},
};

use super::{reason::grpc as reason, target::Target};
use crate::{
    Error,
    backend::sdk::Deliver,
    telemetry::{Compression, OtlpSettings},
};

/// Calls a receiver, and again if that may help.
pub(super) struct Grpc {
    caller: Caller,
    runtime: OwnRuntime,
}

/// A runtime whose thread keeps the connection alive between pushes, whatever
/// runtime the program has. On one that belongs to the program, a push hangs
/// when the thread that drives it waits for the push.
struct OwnRuntime(Option<Runtime>);

struct Caller {
    endpoint: Endpoint,
    client: Mutex<MetricsServiceClient<Channel>>,
    metadata: MetadataMap,
    compression: Compression,
    timeout: Duration,
    target: Target,
}

/// How often a call is repeated that may succeed the next time.
const RETRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

impl Grpc {
    pub(super) fn new(settings: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        let failed = || Error::new(format!("push metrics to {target} by gRPC"));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("botmeter-grpc")
            .enable_all()
            .build()
            .map_err(|error| failed().because(error))?;
        let endpoint = Endpoint::from_shared(settings.endpoint.clone())
            .and_then(|endpoint| {
                endpoint.user_agent(concat!("botmeter/", env!("CARGO_PKG_VERSION")))
            })
            .map_err(|error| failed().because(error))?
            .connect_timeout(settings.timeout);
        let endpoint = secured(endpoint, target)?;
        let client = {
            let _entered = runtime.enter();
            connect(&endpoint, settings.compression)
        };
        Ok(Self {
            caller: Caller {
                endpoint,
                client: Mutex::new(client),
                metadata: MetadataMap::from_headers(target.headers(settings)?),
                compression: settings.compression,
                timeout: settings.timeout,
                target: target.clone(),
            },
            runtime: OwnRuntime(Some(runtime)),
        })
    }
}

impl Deliver for Grpc {
    async fn deliver(&self, metrics: &ResourceMetrics) -> Result<(), String> {
        let Some(runtime) = &self.runtime.0 else { return Ok(()) };
        // The SDK's thread is outside of every runtime, so it may block on one.
        runtime.block_on(self.caller.push(&ExportMetricsServiceRequest::from(metrics)))
    }
}

impl Drop for OwnRuntime {
    /// An ordinary drop waits, which is not allowed where the last handle may
    /// be dropped: inside the program's runtime.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Caller {
    async fn push(&self, request: &ExportMetricsServiceRequest) -> Result<(), String> {
        let attempts = self.attempt(request, Instant::now());
        let Ok(outcome) = tokio::time::timeout(self.timeout, attempts).await else {
            // A connection to a machine that is gone looks alive for a quarter
            // of an hour.
            *self.client.lock().unwrap_or_else(PoisonError::into_inner) =
                connect(&self.endpoint, self.compression);
            return Err(reason::of_timeout(&self.target, self.timeout));
        };
        outcome
    }

    async fn attempt(
        &self,
        request: &ExportMetricsServiceRequest,
        begin: Instant,
    ) -> Result<(), String> {
        let mut pause = FIRST_PAUSE;
        let mut retries = 0;
        loop {
            let mut call = Request::from_parts(
                self.metadata.clone(),
                tonic::Extensions::default(),
                request.clone(),
            );
            call.set_timeout(self.timeout.saturating_sub(begin.elapsed()));
            let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let status = match client.export(call).await {
                Ok(response) => {
                    let rejected = response.into_inner().partial_success;
                    return reason::of_partial_success(&self.target, rejected).map_or(Ok(()), Err);
                }
                Err(status) => status,
            };
            if retries == RETRIES || !may_pass(&status) {
                return Err(reason::of_status(&self.target, &status));
            }
            tokio::time::sleep(pause).await;
            retries += 1;
            pause *= 2;
        }
    }
}

/// A connection that is made when it is first needed, and again after it broke.
fn connect(endpoint: &Endpoint, compression: Compression) -> MetricsServiceClient<Channel> {
    let client = MetricsServiceClient::new(endpoint.connect_lazy())
        .accept_compressed(CompressionEncoding::Gzip);
    match compression {
        Compression::Gzip => client.send_compressed(CompressionEncoding::Gzip),
        Compression::None => client,
    }
}

/// Trusts what the machine trusts.
#[cfg(feature = "otlp-tls")]
fn secured(endpoint: Endpoint, target: &Target) -> Result<Endpoint, Error> {
    use tonic::transport::ClientTlsConfig;

    if !target.is_https() {
        return Ok(endpoint);
    }
    endpoint
        .tls_config(ClientTlsConfig::new().with_native_roots())
        .map_err(|error| Error::new(format!("push metrics to {target} by gRPC")).because(error))
}

#[cfg(not(feature = "otlp-tls"))]
fn secured(endpoint: Endpoint, target: &Target) -> Result<Endpoint, Error> {
    if target.is_https() { Err(target.missing_feature("https", "otlp-tls")) } else { Ok(endpoint) }
}

/// The codes that the protocol says to retry. A broken connection has a source
/// on this side, whatever its code.
fn may_pass(status: &Status) -> bool {
    let is_local = std::error::Error::source(status).is_some();
    match status.code() {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => true,
        Code::Unknown | Code::Internal => is_local,
        _ => false,
    }
}
