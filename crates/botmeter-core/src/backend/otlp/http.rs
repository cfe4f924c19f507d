//! OTLP by HTTP with protobuf.

use std::{
    fmt,
    io::{self, Read, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use flate2::{Compression as Level, read::GzDecoder, write::GzEncoder};
use http::{HeaderMap, HeaderValue, Request, Response, Uri, header};
use opentelemetry_http::{Bytes, HttpClient, HttpError};
use opentelemetry_otlp::{MetricExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{data::ResourceMetrics, exporter::PushMetricExporter},
};

use super::{
    proxy::Proxy,
    reason::{self, Answer},
    target::Target,
    timeout_of,
    times::{Correction, Times},
};
use prost::Message;

use crate::{
    Error,
    backend::sdk::{Deliver, Failure},
    telemetry::{Compression, OtlpSettings},
};

/// Posts to a receiver, and again if that may help.
pub(super) struct Http {
    exporter: MetricExporter,
    client: Client,
    times: Times,
}

impl Http {
    pub(super) fn new(settings: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        let client = Client::new(settings, target)?;
        // The client is ours: which one the exporter would take depends on the
        // features that other crates enable, and most of those cannot work on
        // the thread that exports.
        let exporter = MetricExporter::builder()
            .with_http()
            .with_http_client(client.clone())
            .with_protocol(opentelemetry_otlp::Protocol::HttpBinary)
            .with_endpoint(target.uri().to_string())
            .with_timeout(timeout_of(settings))
            .with_temporality(super::sdk_temporality(settings.temporality))
            .build()
            .map_err(|error| Error::new(target.push()).because(error))?;
        Ok(Self { exporter, client, times: Times::default() })
    }
}

impl Deliver for Http {
    async fn deliver(&self, metrics: &ResourceMetrics) -> Result<(), Failure> {
        *self.client.correction() = self.times.next(metrics);
        self.client.outcome_of(self.exporter.export(metrics)).await
    }
}

/// A blocking client, called on a thread that exports.
#[derive(Clone)]
pub(super) struct Client(Arc<State>);

struct State {
    agent: ureq::Agent,
    target: Target,
    proxy: Option<Proxy>,
    headers: HeaderMap,
    compression: Compression,
    timeout: std::time::Duration,
    failure: Mutex<Option<Failure>>,
    /// How the times of the push have to be changed that is made next.
    correction: Mutex<Option<Correction>>,
}

/// The most that is read of an answer. Receivers send a few bytes.
const MOST_ANSWER_BYTES: u64 = 64 * 1024;

impl Client {
    pub(super) fn new(settings: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout_of(settings)))
            .http_status_as_error(false)
            // A redirected POST becomes a GET, which would look like success.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("botmeter/", env!("CARGO_PKG_VERSION")));
        let agent = secured(config).build().new_agent();
        Ok(Self(Arc::new(State {
            headers: target.headers(settings)?,
            agent,
            target: target.clone(),
            proxy: Proxy::before(target, settings.protocol),
            compression: settings.compression,
            timeout: timeout_of(settings),
            failure: Mutex::new(None),
            correction: Mutex::new(None),
        })))
    }

    /// How an export through this client went. The exporter keeps the details
    /// to itself, so the client notes down how its last attempt went.
    pub(super) async fn outcome_of(
        &self,
        export: impl Future<Output = OTelSdkResult>,
    ) -> Result<(), Failure> {
        self.note(None);
        let result = export.await;
        match (self.noted(), result) {
            (Some(failure), _) => Err(failure),
            (None, Ok(())) => Ok(()),
            (None, Err(error)) => Err(self.0.target.censored(&error.to_string()).into()),
        }
    }

    fn note(&self, failure: Option<Failure>) {
        *self.0.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    fn noted(&self) -> Option<Failure> {
        self.0.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn post(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let State { agent, headers, compression, .. } = self.0.as_ref();
        let (body, encoding) = match self.plain(request)? {
            Some(plain) if *compression == Compression::Gzip => {
                (gzip(&plain)?, Some(HeaderValue::from_static("gzip")))
            }
            Some(plain) => (plain, None),
            None => {
                let encoding = request.headers().get(header::CONTENT_ENCODING);
                (request.body().to_vec(), encoding.cloned())
            }
        };
        let mut post = Request::post(request.uri()).body(body)?;
        // None of the request's other headers: the exporter adds those of the
        // process's environment, which the settings may have overruled.
        post.headers_mut().clone_from(headers);
        let content_type = HeaderValue::from_static("application/x-protobuf");
        post.headers_mut().insert(header::CONTENT_TYPE, content_type);
        if let Some(encoding) = encoding {
            post.headers_mut().insert(header::CONTENT_ENCODING, encoding);
        }
        answer_of(agent.run(post)?)
    }

    fn correction(&self) -> MutexGuard<'_, Option<Correction>> {
        self.0.correction.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body without compression, and with times that do not go back; nothing
    /// if it is compressed in a way that only another crate knows.
    ///
    /// The exporter compresses it when a variable of the process says so and
    /// another crate enabled that, whatever the settings say.
    fn plain(&self, request: &Request<Bytes>) -> io::Result<Option<Vec<u8>>> {
        let mut plain = Vec::new();
        match request.headers().get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            None => plain.extend_from_slice(request.body()),
            Some(b"gzip") => {
                GzDecoder::new(request.body().as_ref()).read_to_end(&mut plain)?;
            }
            Some(_) => return Ok(None),
        }
        let Some(correction) = *self.correction() else { return Ok(Some(plain)) };
        let mut metrics =
            ExportMetricsServiceRequest::decode(plain.as_slice()).map_err(io::Error::other)?;
        correction.apply(&mut metrics);
        Ok(Some(metrics.encode_to_vec()))
    }

    /// Posts nothing, as it would a push. Without a content type, a receiver
    /// has to refuse it; with one, it is a push without metrics.
    pub(super) fn post_nothing(
        &self,
        uri: Uri,
        has_type: bool,
    ) -> Result<Response<Bytes>, ureq::Error> {
        let mut post = Request::post(uri).body(Vec::new())?;
        post.headers_mut().clone_from(&self.0.headers);
        if has_type {
            let content_type = HeaderValue::from_static("application/x-protobuf");
            post.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        answer_of(self.0.agent.run(post)?)
    }
}

fn answer_of(response: Response<ureq::Body>) -> Result<Response<Bytes>, ureq::Error> {
    let (parts, answer) = response.into_parts();
    let mut body = Vec::new();
    answer.into_reader().take(MOST_ANSWER_BYTES).read_to_end(&mut body)?;
    Ok(Response::from_parts(parts, Bytes::from(body)))
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let State { target, timeout, proxy, .. } = self.0.as_ref();
        match self.post(&request) {
            Ok(response) => {
                let answer = Answer {
                    status: response.status(),
                    headers: response.headers(),
                    body: response.body(),
                };
                self.note(reason::of_answer(target, &answer));
                Ok(response)
            }
            Err(error) => {
                let failure = match proxy {
                    Some(proxy) => proxy.explain(target, *timeout, &error),
                    None => reason::of_http(target, *timeout, &error),
                };
                self.note(Some(failure.into()));
                Err(Box::new(error))
            }
        }
    }
}

/// Shows no headers.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.0.target).finish()
    }
}

type Config = ureq::config::ConfigBuilder<ureq::typestate::AgentScope>;

/// Trusts what the machine trusts.
#[cfg(feature = "otlp-tls")]
fn secured(config: Config) -> Config {
    use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

    let crypto = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(crypto)
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    config.tls_config(tls)
}

/// An endpoint with https was refused before.
#[cfg(not(feature = "otlp-tls"))]
fn secured(config: Config) -> Config {
    config
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::default());
    encoder.write_all(body)?;
    encoder.finish()
}
