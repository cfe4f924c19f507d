//! OTLP by HTTP with protobuf.

use std::{
    fmt,
    io::{self, Read, Write},
    thread,
    time::{Duration, SystemTime},
};

use flate2::{Compression as Level, read::GzDecoder, write::GzEncoder};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};
use prost::Message;

use super::{
    Transport,
    attempts::Attempts,
    proxy::Proxy,
    reason::{self, Answer},
    target::Target,
    timeout_of,
};
use crate::{
    Error,
    backend::sdk::Failure,
    telemetry::{Compression, OtlpSettings, Protocol},
    wall,
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

/// The most that is sent. Receivers take less, and a push of this size is a
/// mistake.
const MOST_PUSHED_BYTES: usize = 64 << 20;
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

    /// One attempt: how it failed, and how long to wait at least before another
    /// one, if that may help.
    fn attempt(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        timeout: Duration,
    ) -> Result<(), (Failure, Option<Duration>)> {
        let Self { target, proxy, .. } = self;
        match self.post(target.uri().clone(), headers.clone(), body, timeout) {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers());
                let answer = Answer { status, headers, body: response.body() };
                match reason::of_answer(target, &answer) {
                    Some(failure) => Err((failure, pause(status, headers))),
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
                Err((
                    Failure { may_have_arrived, ..reason.into() },
                    again.then_some(Duration::ZERO),
                ))
            }
        }
    }
}

impl<M: Message> Transport<M> for Client {
    fn push(&self, message: &M) -> Result<(), Failure> {
        let size = message.encoded_len();
        if size > MOST_PUSHED_BYTES {
            let request = self.target.request(Protocol::HttpProtobuf);
            let reason = format!(
                "{request}: a push of {size} bytes is not sent, for the most is \
                 {MOST_PUSHED_BYTES}; record fewer series, or shorter labels"
            );
            return Err(reason.into());
        }
        let mut headers = self.headers.clone();
        headers.insert(header::CONTENT_TYPE, PROTOBUF);
        let mut body = message.encode_to_vec();
        if self.compression == Compression::Gzip {
            body = gzip(&body).map_err(|error| format!("compress a push: {error}"))?;
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let mut attempts = Attempts::within(self.timeout);
        let mut may_have_arrived = false;
        loop {
            let Err((failure, pause)) = self.attempt(&headers, &body, attempts.left()) else {
                return Ok(());
            };
            may_have_arrived |= failure.may_have_arrived;
            let Some(pause) = pause.and_then(|asked| attempts.next(asked)) else {
                return Err(Failure { may_have_arrived, ..failure });
            };
            thread::sleep(pause);
        }
    }
}

/// Shows no headers.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.target).finish()
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
