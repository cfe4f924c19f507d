//! The likely causes of failures, and their remedies.

use http::{HeaderMap, StatusCode, header};

use super::super::target::Target;
use crate::{Protocol, signal::Signal};

pub(super) const CREDENTIALS: &str =
    "check the credentials in OTEL_EXPORTER_OTLP_HEADERS or in the endpoint";
pub(super) const NOT_NOW: &str =
    "the receiver, or a proxy before it, is down, starting or overloaded";
pub(super) const STRANGER: &str = "something else than an OTLP receiver answers there";
pub(in super::super) const NAME_SERVERS: &str =
    "check the name servers of this machine, or give an address instead of a name";
const AHEAD: &str = "this machine's clock is ahead of the receiver's: set it right";
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
        404 | 405
            if target.signal() == Signal::Metrics && !target.path().ends_with("/v1/metrics") =>
        {
            "the path should end in /v1/metrics; Prometheus' is /api/v1/otlp/v1/metrics"
        }
        404 if target.port() == 9090 && !target.path().contains("/otlp") => {
            "Prometheus' receiver is at /api/v1/otlp/v1/metrics, if it was started with \
             --web.enable-otlp-receiver"
        }
        // As servers in Go say it, the two among them.
        404 if is_about(&["404 page not found"]) && !target.path().contains("/otlp") => {
            "if this is Prometheus, push to /api/v1/otlp/v1/metrics and start it with \
             --web.enable-otlp-receiver (a receiver of traces alone, such as Jaeger, answers like \
             this, too)"
        }
        // Prometheus would have named its flag.
        404 if target.path().ends_with("/api/v1/otlp/v1/metrics") => {
            "no receiver of metrics is there; if this is Thanos, say its path without /v1/metrics \
             where it is used as it is: in OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, or, if the program \
             names the endpoint, with `otlp_metrics` instead of `otlp`; for the doctor with \
             --otlp-metrics"
        }
        404 => of_no_receiver(target),
        400 if is_about(&["HTTPS server", "HTTPS port"]) => {
            "the receiver wants TLS: begin the endpoint with https://"
        }
        400 | 500 if is_about(&["temporality"]) => TEMPORALITY,
        400 | 500 if is_about(&["too far in the future"]) => AHEAD,
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
    } else if message.contains("too far in the future") {
        AHEAD
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
        return of_certificate(target, text);
    }
    if is_about(&["grpc-status trailer"]) {
        return "no gRPC is spoken there, or something in between drops the trailers of HTTP/2"
            .to_owned();
    }
    of_closed(target, protocol)
}

/// What is wrong with it, as rustls says it.
fn of_certificate(target: &Target, text: &str) -> String {
    if text.contains("certificate expired") {
        "the receiver's certificate has expired: renew it there, or set this machine's clock right \
         if it is ahead"
            .to_owned()
    } else if text.contains("certificate not valid yet") {
        "the receiver's certificate is not valid yet: set this machine's clock right, or wait"
            .to_owned()
    } else if text.contains("certificate not valid for name") {
        let host = target.host();
        format!(
            "the receiver's certificate is for another name: push to a name that it is for, or \
             have one issued for {host:?}"
        )
    } else {
        "this machine does not trust the receiver's certificate: add its authority to the \
         system's, or name its file in SSL_CERT_FILE"
            .to_owned()
    }
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
