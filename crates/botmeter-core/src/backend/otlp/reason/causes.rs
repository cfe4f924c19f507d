//! The likely causes of failures, and their remedies.

use http::{HeaderMap, StatusCode, header};

use super::super::target::Target;
use crate::telemetry::{Protocol, signal::Signal};

pub(super) const CREDENTIALS: &str = "check the credentials in OTEL_EXPORTER_OTLP_HEADERS";
pub(super) const NOT_NOW: &str =
    "the receiver, or a proxy before it, is down, starting or overloaded";
const TEMPORALITY: &str =
    "set OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE to cumulative, or leave it out";
const CLASHING: &str = "do two processes push under one service.name and service.instance.id?";

/// What an HTTP status from this endpoint usually means.
pub(in super::super) fn of_status(
    target: &Target,
    status: StatusCode,
    headers: &HeaderMap,
    body: &str,
) -> String {
    let is_about = |words: &[&str]| words.iter().any(|word| body.contains(word));
    let advice = match status.as_u16() {
        404 if is_about(&["web.enable-otlp-receiver"]) => {
            "Prometheus' receiver is off: start Prometheus with --web.enable-otlp-receiver"
        }
        404 if target.signal() == Signal::Spans => not_found_for_spans(target),
        404 if !target.path().ends_with(target.signal().path()) => {
            "the path should end in /v1/metrics; Prometheus' is /api/v1/otlp/v1/metrics"
        }
        404 if target.port() == 9090 && !target.path().contains("/otlp") => {
            "Prometheus' receiver is at /api/v1/otlp/v1/metrics"
        }
        404 => of_no_receiver(target),
        400 if is_about(&["HTTPS server", "HTTPS port"]) => {
            "the receiver wants TLS: begin the endpoint with https://"
        }
        400 | 500 if is_about(&["temporality"]) => TEMPORALITY,
        400 | 500 if is_clash(body) => CLASHING,
        400 => "the receiver cannot read what it got, or something else answers there",
        401 | 403 => CREDENTIALS,
        405 => "this path takes no POST: it is not that of an OTLP receiver",
        407 => "the proxy wants credentials: give them in HTTPS_PROXY or HTTP_PROXY",
        413 => "a push is larger than the receiver allows: raise its limit",
        415 => {
            "the receiver takes another format: does it speak OTLP with protobuf, and allow the \
             compression?"
        }
        429 => "the receiver limits the rate: raise its limit or push less often",
        502..=504 => NOT_NOW,
        500.. => "the receiver has trouble of its own: look into its log",
        300..=399 => {
            let place = headers.get(header::LOCATION).and_then(|place| place.to_str().ok());
            return match place {
                Some(place) => format!(
                    "it redirects, which a push does not follow: push to {} instead",
                    super::excerpt(target, place.as_bytes())
                ),
                None => "it redirects, which a push does not follow".to_owned(),
            };
        }
        _ => "something else than an OTLP receiver may answer there",
    };
    advice.to_owned()
}

/// What is wrong when there is something, but none that takes this signal.
pub(super) fn of_no_receiver(target: &Target) -> &'static str {
    match target.signal() {
        Signal::Metrics => {
            "no receiver of metrics is there; one of traces alone, such as Jaeger, answers like this"
        }
        Signal::Spans => {
            "no receiver of spans is there; one of metrics alone, such as Prometheus, answers like \
             this"
        }
    }
}

fn not_found_for_spans(target: &Target) -> &'static str {
    if target.path().ends_with(Signal::Spans.path()) {
        of_no_receiver(target)
    } else {
        "the path should end in /v1/traces"
    }
}

/// Why a receiver rejects points.
pub(super) fn of_rejection(message: &str) -> &'static str {
    if message.contains("temporality") {
        TEMPORALITY
    } else if is_clash(message) {
        CLASHING
    } else {
        "the receiver's log may tell which points, and why"
    }
}

/// What Prometheus says of points that go back in time.
fn is_clash(message: &str) -> bool {
    let words = ["out of order", "out-of-order", "duplicate sample", "too old", "out of bounds"];
    words.iter().any(|word| message.contains(word))
}

/// Why a connection ends before there is an answer.
pub(super) fn of_closed(target: &Target, protocol: Protocol) -> String {
    if let Some(advice) = other_protocol(target, protocol) {
        return advice.to_owned();
    }
    let spoken = match protocol {
        Protocol::HttpProtobuf => "HTTP",
        Protocol::Grpc => "gRPC",
    };
    let with = if target.is_https() { "with" } else { "without" };
    format!("does an OTLP receiver listen at this port, for {spoken} {with} TLS?")
}

/// What an error of a library usually means.
pub(super) fn of_text(target: &Target, protocol: Protocol, text: &str) -> String {
    let is_about = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if is_about(&["InvalidContentType", "wrong version number"]) {
        return "the receiver speaks no TLS there: begin the endpoint with http://".to_owned();
    }
    if is_about(&["certificate", "UnknownIssuer"]) {
        return "this machine does not trust the receiver's certificate: add its authority to the \
                system's, or name its file in SSL_CERT_FILE"
            .to_owned();
    }
    if is_about(&["proxy"]) {
        return "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY".to_owned();
    }
    of_closed(target, protocol)
}

pub(in super::super) fn of_unknown_host(host: &str) -> String {
    format!("the name {host:?} is not known; is it spelled right, and known where this runs?")
}

/// The ports tell which protocol is usual.
fn other_protocol(target: &Target, protocol: Protocol) -> Option<&'static str> {
    match (protocol, target.port()) {
        (Protocol::HttpProtobuf, 4317) => Some(
            "port 4317 usually speaks gRPC: use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
        ),
        (Protocol::Grpc, 4318 | 9090) => Some(
            "this port usually speaks HTTP: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or use \
             port 4317",
        ),
        _ => None,
    }
}
