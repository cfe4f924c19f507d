//! What an answer to an empty POST tells of who gave it.

use http::{HeaderMap, StatusCode};

use super::super::reason::{self, Answer, Receipt};

/// Who answers like this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Prometheus with its receiver on: it names the content types that it
    /// takes.
    Prometheus,
    /// Prometheus with its receiver off, and the flag that it names.
    ReceiverOff(String),
    /// A receiver that wants another content type, or that answers in OTLP.
    Receiver,
    /// Somebody who takes it without a word.
    Consent,
    /// Somebody who has nothing at this path.
    Nothing,
    /// Somebody who lets nobody through, or not now.
    Gate,
    /// Somebody who does not like it, for reasons of their own.
    Complaint,
}

impl Kind {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let Answer { status, headers, body } = answer;
        let text = String::from_utf8_lossy(body);
        match status.as_u16() {
            200..=299 => Self::of_success(headers, body),
            404 if text.contains("otlp write receiver") => Self::ReceiverOff(flag_in(&text)),
            404 | 405 | 501 => Self::Nothing,
            // It is what Prometheus says, and with this status.
            400 if text.contains("unsupported content type") => Self::Prometheus,
            415 => Self::Receiver,
            400 if wants_tls(&text) => Self::Gate,
            300..=399 | 401 | 403 | 407 | 429 | 500.. => Self::Gate,
            _ => Self::Complaint,
        }
    }

    fn of_success(headers: &HeaderMap, body: &[u8]) -> Self {
        match Receipt::of(headers, body) {
            Receipt::Otlp(_) => Self::Receiver,
            Receipt::Consent => Self::Consent,
            Receipt::Page => Self::Nothing,
            Receipt::Garbled | Receipt::Words => Self::Complaint,
        }
    }
}

/// What a server with TLS says to plain HTTP.
fn wants_tls(text: &str) -> bool {
    ["HTTPS server", "HTTPS port"].iter().any(|words| text.contains(words))
}

/// Versions differ in the flag, and each names its own.
fn flag_in(text: &str) -> String {
    let mut words = text.split_whitespace();
    let flag = words.find(|word| word.starts_with("--")).unwrap_or("--web.enable-otlp-receiver");
    flag.trim_end_matches(['.', ',', ';', '"']).to_owned()
}

/// Whether the status is one of a server that knows the path.
pub(super) fn is_known_path(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_page = reason::content_type(headers).contains("html");
    match status.as_u16() {
        200..=299 => !is_page,
        400 | 411 | 415 | 422 => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, content_type: &'static str, body: &str) -> Kind {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, content_type.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        Kind::of(&Answer { status, headers: &headers, body: body.as_bytes() })
    }

    #[test]
    fn what_servers_really_say_is_told_apart() {
        let (text, html, protobuf) = ("text/plain", "text/html", "application/x-protobuf");
        // As Prometheus 3.15, the Collector 0.155 and Jaeger 2.2 answer.
        let on =
            "unsupported content type: , supported: [application/json, application/x-protobuf]";
        let off = "otlp write receiver needs to be enabled with --web.enable-otlp-receiver\n";
        let old =
            "otlp write receiver needs to be enabled with --enable-feature=otlp-write-receiver";
        let media =
            "415 unsupported media type, supported: [application/json, application/x-protobuf]";
        let tls = "Client sent an HTTP request to an HTTPS server.\n";
        let flag = |flag: &str| Kind::ReceiverOff(flag.to_owned());
        let cases = [
            (400, text, on, Kind::Prometheus),
            (404, text, off, flag("--web.enable-otlp-receiver")),
            (404, text, old, flag("--enable-feature=otlp-write-receiver")),
            (404, text, "404 page not found\n", Kind::Nothing),
            (405, text, "Method Not Allowed", Kind::Nothing),
            (415, text, media, Kind::Receiver),
            (200, protobuf, "\n\0", Kind::Receiver),
            (200, protobuf, "<html>", Kind::Complaint),
            (200, text, "hello", Kind::Complaint),
            (200, "application/json", "{}", Kind::Consent),
            (204, text, "", Kind::Consent),
            (200, html, "<!doctype html>", Kind::Nothing),
            (400, text, tls, Kind::Gate),
            (400, text, "no", Kind::Complaint),
            (401, text, "who are you?", Kind::Gate),
            (302, text, "", Kind::Gate),
            (503, text, "", Kind::Gate),
        ];
        for (status, content_type, body, expected) in cases {
            assert_eq!(kind(status, content_type, body), expected, "{status} {body:?}");
        }
    }
}
