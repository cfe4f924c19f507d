//! OTLP by gRPC, with requests that are encoded already.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use botmeter_core::Error;
use bytes::{Buf as _, BufMut as _, Bytes};
use http::uri::PathAndQuery;
use tokio::runtime::Builder;
use tonic::{
    Code, ConnectError, Request, Status, TimeoutExpired,
    client::Grpc,
    codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder},
    metadata::MetadataMap,
    transport::{Channel, Endpoint},
};

use super::{
    reason::{grpc as reason, partial_success},
    target::Target,
    timeout_of,
};
use crate::{
    Compression, OtlpSettings,
    failure::{Attempt, Failure},
    own_runtime::OwnRuntime,
    signal::Signal,
};

/// Calls a receiver.
pub(super) struct Client {
    endpoint: Endpoint,
    /// Replaced when it no longer leads anywhere.
    channel: Mutex<Channel>,
    metadata: MetadataMap,
    compression: Compression,
    timeout: Duration,
    target: Target,
    /// Its thread keeps the connection alive between pushes, whatever runtime
    /// the program has. On one that belongs to the program, a push hangs when
    /// the thread that drives it waits for the push.
    runtime: OwnRuntime,
}

const METRICS: PathAndQuery =
    PathAndQuery::from_static("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export");
const SPANS: PathAndQuery =
    PathAndQuery::from_static("/opentelemetry.proto.collector.trace.v1.TraceService/Export");

impl Client {
    pub(super) fn new(settings: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        let failed = || failed(target);
        let runtime = OwnRuntime::of(
            Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("botmeter-grpc")
                .enable_all()
                .on_thread_start(crate::quiet::for_good),
        )
        .map_err(|error| failed().because(error))?;
        // Its authority is sent with each call, and so must not have credentials.
        let endpoint = Endpoint::from(target.uri().clone())
            .user_agent(concat!("botmeter/", env!("CARGO_PKG_VERSION")))
            .map_err(|error| failed().because(error))?
            .connect_timeout(timeout_of(settings));
        let endpoint = secured(endpoint, target)?;
        let channel = {
            let _entered = runtime.enter();
            endpoint.connect_lazy()
        };
        Ok(Self {
            endpoint,
            channel: Mutex::new(channel),
            metadata: MetadataMap::from_headers(target.headers(settings)?),
            compression: settings.compression,
            timeout: timeout_of(settings),
            target: target.clone(),
            runtime,
        })
    }

    /// One call. Threads that export are outside of every runtime, and so may
    /// block on one.
    pub(super) fn attempt(&self, request: &Bytes, timeout: Duration) -> Attempt {
        self.runtime.block_on(self.push(request.clone(), timeout)).unwrap_or(Ok(()))
    }

    async fn push(&self, request: Bytes, timeout: Duration) -> Attempt {
        let size = request.len();
        let status = match tokio::time::timeout(timeout, self.call(request, timeout)).await {
            Ok(Ok(answer)) => {
                let rejected = partial_success(&answer).unwrap_or_default();
                let failure = reason::of_partial_success(&self.target, rejected);
                return failure.map_or(Ok(()), |failure| Err((failure, None)));
            }
            Ok(Err(status)) if !is_caused_by::<TimeoutExpired>(&status) => status,
            Ok(Err(_)) | Err(_) => {
                // A connection to a machine that is gone looks alive for a
                // quarter of an hour.
                *self.lock() = self.endpoint.connect_lazy();
                let reason = reason::of_timeout(&self.target, self.timeout);
                return Err((Failure { may_have_arrived: true, ..reason.into() }, None));
            }
        };
        let may_pass = may_pass(&status);
        let failure = Failure {
            may_have_arrived: may_pass && !is_caused_by::<ConnectError>(&status),
            is_refused: status.code() == Code::InvalidArgument,
            is_too_large: reason::is_too_large(&status, size),
            ..reason::of_status(&self.target, &status).into()
        };
        Err((failure, may_pass.then_some(Duration::ZERO)))
    }

    async fn call(&self, request: Bytes, timeout: Duration) -> Result<Bytes, Status> {
        let mut call =
            Request::from_parts(self.metadata.clone(), tonic::Extensions::default(), request);
        call.set_timeout(timeout);
        let client = Grpc::new(self.lock().clone()).accept_compressed(CompressionEncoding::Gzip);
        let mut client = match self.compression {
            Compression::Gzip => client.send_compressed(CompressionEncoding::Gzip),
            Compression::None => client,
        };
        let path = match self.target.signal() {
            Signal::Metrics => METRICS,
            Signal::Spans => SPANS,
        };
        let not_ready = |error: tonic::transport::Error| Status::from_error(error.into());
        client.ready().await.map_err(not_ready)?;
        Ok(client.unary(call, path, AsItIs).await?.into_inner())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Channel> {
        self.channel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a receiver took no push without metrics.
pub(super) enum Refused {
    /// It has no such service.
    NoMetrics,
    /// It never answered.
    Silence,
    /// What happened, and what to do about it.
    Otherwise(String),
}

/// Sends a push without metrics, to see what becomes of it.
pub(super) fn probe(settings: &OtlpSettings, target: &Target) -> Result<(), Refused> {
    let client =
        Client::new(settings, target).map_err(|error| Refused::Otherwise(error.chain()))?;
    let timeout = client.timeout;
    let ask = async {
        let begin = Instant::now();
        match tokio::time::timeout(timeout, client.call(Bytes::new(), timeout)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(status)) if status.code() == Code::Unimplemented => Err(Refused::NoMetrics),
            // The connection has the same timeout and may notice it first.
            Ok(Err(_)) if begin.elapsed() >= timeout => Err(Refused::Silence),
            Ok(Err(status)) => Err(Refused::Otherwise(reason::of_status(target, &status))),
            Err(_) => Err(Refused::Silence),
        }
    };
    client.runtime.block_on(ask).unwrap_or(Err(Refused::Silence))
}

/// Messages that were encoded before, and are decoded later.
struct AsItIs;

impl Codec for AsItIs {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
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
