//! OTLP by HTTP with protobuf.

use std::{
    io::{self, Read, Write},
    time::{Duration, SystemTime},
};

use botmeter_core::{Error, wall};
use bytes::Bytes;
use flate2::{Compression as Level, read::GzDecoder, write::GzEncoder};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};

use super::{
    proxy::Proxy,
    reason::{self, Answer},
    target::Target,
    timeout_of,
};
use crate::{
    Compression, OtlpSettings,
    failure::{Attempt, Failure},
};

/// A blocking client, called on a thread that exports.
pub(super) struct Client {
    agent: ureq::Agent,
    target: Target,
    proxy: Option<Proxy>,
    headers: HeaderMap,
    compression: Compression,
    timeout: Duration,
}

/// The most that is read of an answer, and of what is unpacked from it.
/// Receivers send a few bytes.
const MOST_ANSWER_BYTES: u64 = 64 << 10;

impl Client {
    pub(super) fn new(settings: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A redirected POST becomes a GET, which would look like success.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("botmeter/", env!("CARGO_PKG_VERSION")));
        Ok(Self {
            headers: target.headers(settings)?,
            agent: secured(config).build().new_agent(),
            target: target.clone(),
            proxy: Proxy::before(target, settings.protocol),
            compression: settings.compression,
            timeout: timeout_of(settings),
        })
    }

    /// Posts nothing, as it would a push. Without a content type, a receiver
    /// has to refuse it; with one, it is a push without metrics.
    pub(super) fn post_nothing(
        &self,
        uri: Uri,
        has_type: bool,
    ) -> Result<Response<Vec<u8>>, ureq::Error> {
        let mut headers = self.headers.clone();
        if has_type {
            headers.insert(header::CONTENT_TYPE, PROTOBUF);
        }
        self.post(uri, headers, &[], self.timeout)
    }

    fn post(
        &self,
        uri: Uri,
        headers: HeaderMap,
        body: &[u8],
        timeout: Duration,
    ) -> Result<Response<Vec<u8>>, ureq::Error> {
        let mut request = Request::post(uri).body(body)?;
        *request.headers_mut() = headers;
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(Some(timeout))
            // Part of it, so that it can be told that this was it.
            .timeout_resolve(Some(timeout / 5 * 4))
            .build();
        let (parts, answer) = self.agent.run(request)?.into_parts();
        let mut body = Vec::new();
        answer.into_reader().take(MOST_ANSWER_BYTES).read_to_end(&mut body)?;
        let body = unpacked(&parts.headers, body);
        Ok(Response::from_parts(parts, body))
    }

    /// The request as it is sent.
    pub(super) fn packed(&self, request: Bytes) -> Result<Bytes, Failure> {
        match self.compression {
            Compression::None => Ok(request),
            Compression::Gzip => gzip(&request)
                .map(Bytes::from)
                .map_err(|error| format!("compress a push: {error}").into()),
        }
    }

    pub(super) fn attempt(&self, packed: &Bytes, timeout: Duration) -> Attempt {
        let Self { target, proxy, .. } = self;
        let mut headers = self.headers.clone();
        headers.insert(header::CONTENT_TYPE, PROTOBUF);
        if self.compression == Compression::Gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        match self.post(target.uri().clone(), headers, packed, timeout) {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers());
                let answer = Answer { status, headers, body: response.body() };
                match reason::of_answer(target, &answer) {
                    Some(failure) => {
                        let is_refused = status == StatusCode::BAD_REQUEST;
                        Err((Failure { is_refused, ..failure }, pause(status, headers)))
                    }
                    None => Ok(()),
                }
            }
            Err(error) => {
                let reason = match proxy {
                    Some(proxy) => proxy.explain(target, self.timeout, &error),
                    None => reason::of_http(target, self.timeout, &error),
                };
                let may_have_arrived = may_have_arrived(&error);
                let again = !matches!(error, ureq::Error::Timeout(_));
                let failure = Failure { may_have_arrived, ..reason.into() };
                Err((failure, again.then_some(Duration::ZERO)))
            }
        }
    }
}

const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");

/// How long to wait after such an answer; nothing if there is no point in
/// another attempt.
fn pause(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    match status.as_u16() {
        429 | 503 => {
            let asked = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            Some(asked.and_then(|asked| retry_after(asked.trim())).unwrap_or_default())
        }
        502 | 504 => Some(Duration::ZERO),
        _ => None,
    }
}

/// Seconds, or a date.
fn retry_after(asked: &str) -> Option<Duration> {
    let until = |date: SystemTime| date.duration_since(wall::now()).unwrap_or_default();
    match asked.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(asked).ok().map(until),
    }
}

/// Whether it may be that all was sent, and only the answer is missing.
fn may_have_arrived(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(phase) => *phase != ureq::Timeout::Resolve,
        ureq::Error::Io(error) => matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
        ),
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => true,
        _ => false,
    }
}

/// The body as it is meant. What is broken is kept as far as it goes.
fn unpacked(headers: &HeaderMap, body: Vec<u8>) -> Vec<u8> {
    if headers.get(header::CONTENT_ENCODING).is_none_or(|encoding| encoding != "gzip") {
        return body;
    }
    let mut plain = Vec::new();
    let _until_it_breaks =
        GzDecoder::new(body.as_slice()).take(MOST_ANSWER_BYTES).read_to_end(&mut plain);
    plain
}

type Config = ureq::config::ConfigBuilder<ureq::typestate::AgentScope>;

/// Trusts what the machine trusts.
#[cfg(feature = "otlp-tls")]
fn secured(config: Config) -> Config {
    use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

    let crypto = std::sync::Arc::new(rustls::crypto::ring::default_provider());
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
