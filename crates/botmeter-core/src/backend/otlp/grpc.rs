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

use opentelemetry::Context;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, metrics_service_client::MetricsServiceClient,
};
use tokio::runtime::Builder;
use tonic::{
    Code, ConnectError, Request, Status, TimeoutExpired,
    codec::CompressionEncoding,
    metadata::MetadataMap,
    transport::{Channel, Endpoint},
};

use super::{
    Transport,
    attempts::Attempts,
    check::Refused,
    reason::{Rejected, grpc as reason},
    target::Target,
    timeout_of,
};
use crate::{
    Error,
    backend::{own_runtime::OwnRuntime, sdk::Failure},
    telemetry::{Compression, OtlpSettings},
};

/// Calls a receiver, and again if that may help.
pub(super) struct Grpc<S> {
    caller: Caller<S>,
    /// Its thread keeps the connection alive between pushes, whatever runtime
    /// the program has. On one that belongs to the program, a push hangs when
    /// the thread that drives it waits for the push.
    runtime: OwnRuntime,
}

/// What pushes metrics.
pub(super) type Metrics = Grpc<MetricsServiceClient<Channel>>;
/// What pushes spans.
#[cfg(feature = "traces")]
pub(super) type Spans = Grpc<
    opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient<
        Channel,
    >,
>;

/// The generated client of one signal.
pub(super) trait Service: Clone + Send + Sync + 'static {
    /// What is pushed with one call.
    type Request: Clone + Default + Send + Sync + 'static;

    /// A client of this connection.
    fn with(channel: Channel, compression: Compression) -> Self;

    /// Pushes once; what the receiver did not take, if it tells.
    fn call(
        &mut self,
        request: Request<Self::Request>,
    ) -> impl Future<Output = Result<Option<Rejected>, Status>> + Send;
}

struct Caller<S> {
    endpoint: Endpoint,
    client: Mutex<S>,
    metadata: MetadataMap,
    compression: Compression,
    timeout: Duration,
    target: Target,
}

impl<S: Service> Grpc<S> {
    pub(super) fn new(settings: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        let failed = || failed(target);
        let runtime = OwnRuntime::of(
            Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("botmeter-grpc")
                .enable_all()
                .on_thread_start(trace_nothing),
        )
        .map_err(|error| failed().because(error))?;
        // Its authority is sent with each call, and so must not have credentials.
        let endpoint = Endpoint::from(target.uri().clone())
            .user_agent(concat!("botmeter/", env!("CARGO_PKG_VERSION")))
            .map_err(|error| failed().because(error))?
            .connect_timeout(timeout_of(settings));
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
                timeout: timeout_of(settings),
                target: target.clone(),
            },
            runtime,
        })
    }
}

impl<S: Service> Transport<S::Request> for Grpc<S> {
    /// Threads that export are outside of every runtime, and so may block on
    /// one.
    fn push(&self, request: &S::Request) -> Result<(), Failure> {
        self.runtime.block_on(self.caller.push(request)).unwrap_or(Ok(()))
    }
}

/// Sends a push without metrics, to see what becomes of it; nothing in a build
/// without gRPC.
pub(super) fn probe(settings: &OtlpSettings, target: &Target) -> Option<Result<(), Refused>> {
    let grpc = match Metrics::new(settings, target) {
        Ok(grpc) => grpc,
        Err(error) => return Some(Err(Refused::Otherwise(error.chain()))),
    };
    grpc.runtime.block_on(grpc.caller.probe())
}

impl Service for MetricsServiceClient<Channel> {
    type Request = ExportMetricsServiceRequest;

    fn with(channel: Channel, compression: Compression) -> Self {
        let client = Self::new(channel).accept_compressed(CompressionEncoding::Gzip);
        match compression {
            Compression::Gzip => client.send_compressed(CompressionEncoding::Gzip),
            Compression::None => client,
        }
    }

    async fn call(&mut self, request: Request<Self::Request>) -> Result<Option<Rejected>, Status> {
        let response = self.export(request).await?.into_inner();
        Ok(response.partial_success.map(Rejected::from))
    }
}

/// Spans of the connection's own libraries would be pushed over it, which makes
/// more of them.
fn trace_nothing() {
    // For as long as the thread lives.
    std::mem::forget(Context::enter_telemetry_suppressed_scope());
}

impl<S: Service> Caller<S> {
    /// Calls once and repeats nothing.
    async fn probe(&self) -> Result<(), Refused> {
        let nothing = S::Request::default();
        let call =
            Request::from_parts(self.metadata.clone(), tonic::Extensions::default(), nothing);
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let begin = Instant::now();
        match tokio::time::timeout(self.timeout, client.call(call)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(status)) if status.code() == Code::Unimplemented => Err(Refused::NoMetrics),
            // The connection has the same timeout and may notice it first.
            Ok(Err(_)) if begin.elapsed() >= self.timeout => Err(Refused::Silence),
            Ok(Err(status)) => Err(Refused::Otherwise(reason::of_status(&self.target, &status))),
            Err(_) => Err(Refused::Silence),
        }
    }

    async fn push(&self, request: &S::Request) -> Result<(), Failure> {
        let attempts = self.attempt(request, Attempts::within(self.timeout));
        let Ok(Some(outcome)) = tokio::time::timeout(self.timeout, attempts).await else {
            // A connection to a machine that is gone looks alive for a quarter
            // of an hour.
            *self.client.lock().unwrap_or_else(PoisonError::into_inner) =
                connect(&self.endpoint, self.compression);
            let reason = reason::of_timeout(&self.target, self.timeout);
            return Err(Failure { may_have_arrived: true, ..reason.into() });
        };
        outcome
    }

    /// Nothing when the connection notices first that the time is over.
    async fn attempt(
        &self,
        request: &S::Request,
        mut attempts: Attempts,
    ) -> Option<Result<(), Failure>> {
        let mut may_have_arrived = false;
        loop {
            let mut call = Request::from_parts(
                self.metadata.clone(),
                tonic::Extensions::default(),
                request.clone(),
            );
            call.set_timeout(attempts.left());
            let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let status = match client.call(call).await {
                Ok(rejected) => {
                    let failure = reason::of_partial_success(&self.target, rejected);
                    return Some(failure.map_or(Ok(()), Err));
                }
                Err(status) if is_caused_by::<TimeoutExpired>(&status) => return None,
                Err(status) => status,
            };
            let may_pass = may_pass(&status);
            may_have_arrived |= may_pass && !is_caused_by::<ConnectError>(&status);
            let pause = may_pass.then(|| attempts.next(Duration::ZERO)).flatten();
            let Some(pause) = pause else {
                let reason = reason::of_status(&self.target, &status);
                return Some(Err(Failure { may_have_arrived, ..reason.into() }));
            };
            tokio::time::sleep(pause).await;
        }
    }
}

/// A connection that is made when it is first needed, and again after it broke.
fn connect<S: Service>(endpoint: &Endpoint, compression: Compression) -> S {
    S::with(endpoint.connect_lazy(), compression)
}

fn failed(target: &Target) -> Error {
    Error::new(format!("push {} to {target} by gRPC", target.signal().noun()))
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
        .map_err(|error| failed(target).because(error))
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

fn is_caused_by<E: std::error::Error + 'static>(status: &Status) -> bool {
    let mut cause = std::error::Error::source(status);
    while let Some(it) = cause {
        if it.is::<E>() {
            return true;
        }
        cause = it.source();
    }
    false
}
