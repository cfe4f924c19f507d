//! Why a push failed, and what to do about it, in one line.

pub(super) mod causes;
#[cfg(feature = "otlp-grpc")]
pub(super) mod grpc;
mod receipt;

use std::{io, time::Duration};

use http::{HeaderMap, StatusCode};

use super::target::Target;
use crate::{Protocol, failure::Failure, signal::Signal};
#[cfg(feature = "otlp-grpc")]
pub(super) use receipt::partial_success;
pub(super) use receipt::{Receipt, Rejected, content_type, error_text};

/// What a receiver answered by HTTP.
pub(super) struct Answer<'a> {
    pub(super) status: StatusCode,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// Why this answer is a failure; nothing if it is none.
pub(super) fn of_answer(target: &Target, answer: &Answer<'_>) -> Option<Failure> {
    let Answer { status, headers, body } = answer;
    let request = target.request(Protocol::HttpProtobuf);
    if !status.is_success() {
        let text = excerpt(target, &error_text(headers, body));
        let quoted = if text.is_empty() { String::new() } else { format!(", {text:?}") };
        let advice = causes::of_status(target, *status, headers, &text);
        let is_too_large = *status == StatusCode::PAYLOAD_TOO_LARGE;
        let reason = format!("{request}: {status}{quoted}; {advice}");
        return Some(Failure { is_too_large, ..reason.into() });
    }
    let what = match Receipt::of(headers, body) {
        Receipt::Otlp(rejected) => return of_partial(&request, target, rejected),
        Receipt::Consent => return None,
        Receipt::Garbled => format!("a body that is not OTLP; {}", causes::STRANGER),
        Receipt::Page => format!("a web page, {:?}; {}", excerpt(target, body), causes::STRANGER),
        Receipt::Words => format!(
            "an answer that is no receipt, {:?}; either it is no OTLP receiver, or it did not take \
             everything",
            excerpt(target, body)
        ),
    };
    Some(format!("{request}: {status} with {what}").into())
}

/// Why the request had no answer.
pub(super) fn of_http(target: &Target, timeout: Duration, error: &ureq::Error) -> String {
    let request = target.request(Protocol::HttpProtobuf);
    match error {
        ureq::Error::Timeout(ureq::Timeout::Resolve) => format!(
            "{request}: nobody told the address of {:?} in time; {}",
            target.host(),
            causes::NAME_SERVERS
        ),
        ureq::Error::Timeout(_) => of_timeout(&request, timeout),
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
            let text = target.censored(&error.to_string());
            format!("{request}: {text}; check HTTPS_PROXY, HTTP_PROXY and NO_PROXY")
        }
        ureq::Error::Io(error) => of_io(&request, target, Protocol::HttpProtobuf, error),
        ureq::Error::HostNotFound => {
            let host = target.host();
            format!("{request}: {}", causes::of_unknown_host(host))
        }
        other => {
            let text = target.censored(&other.to_string());
            let advice = causes::of_text(target, Protocol::HttpProtobuf, &text);
            format!("{request}: {text}; {advice}")
        }
    }
}

fn of_partial(request: &str, target: &Target, rejected: Option<Rejected>) -> Option<Failure> {
    let Rejected { count, message } = rejected?;
    let message = excerpt(target, message.as_bytes());
    if count <= 0 {
        if !message.is_empty() {
            tracing::debug!(message, "{request}: the receiver took everything, with a remark");
        }
        return None;
    }
    let what = match target.signal() {
        Signal::Metrics => "data points",
        Signal::Spans => "spans",
    };
    let reason = format!(
        "{request}: the receiver rejected {count} {what} and took the others, {message:?}; {}",
        causes::of_rejection(&message)
    );
    Some(Failure { lost: u64::try_from(count).ok(), ..reason.into() })
}

fn of_timeout(request: &str, timeout: Duration) -> String {
    format!(
        "{request}: timed out after {timeout:?}; does a firewall drop the packets, or is the \
         receiver overloaded?"
    )
}

fn of_io(request: &str, target: &Target, protocol: Protocol, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => format!(
            "{request}: connection refused; nothing listens there: does the receiver run, and is \
             the port right?"
        ),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => format!(
            "{request}: the connection was closed before there was a whole answer; {}",
            causes::of_closed(target, protocol)
        ),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            format!("{request}: {error}; is this machine in the right network?")
        }
        _ => {
            let text = target.censored(&error.to_string());
            if text.contains("failed to lookup address") {
                return format!("{request}: {}", causes::of_unknown_host(target.host()));
            }
            let advice = causes::of_text(target, protocol, &text);
            format!("{request}: {text}; {advice}")
        }
    }
}

/// The most characters of somebody else's text that a message quotes.
const MOST_QUOTED: usize = 200;

/// The beginning of a text from elsewhere, in one line and without our
/// credentials.
pub(super) fn excerpt(target: &Target, text: &[u8]) -> String {
    let text = target.censored(&String::from_utf8_lossy(text));
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let line = words.join(" ");
    match line.char_indices().nth(MOST_QUOTED) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OtlpSettings;

    fn target(endpoint: &str) -> Target {
        Target::of(&OtlpSettings::new(endpoint)).unwrap()
    }

    fn without_answer(endpoint: &str, error: &ureq::Error) -> String {
        of_http(&target(endpoint), Duration::from_secs(10), error)
    }

    #[test]
    fn an_unknown_host_is_named() {
        let url = "http://prom.invalid:9090/v1/metrics";
        let explained = "POST http://prom.invalid:9090/v1/metrics: the name \"prom.invalid\" is \
                         not known; is it spelled right, and known where this runs?";
        assert_eq!(without_answer(url, &ureq::Error::HostNotFound), explained);
        let unresolved = io::Error::other(
            "failed to lookup address information: Temporary failure in name resolution",
        );
        assert_eq!(without_answer(url, &ureq::Error::Io(unresolved)), explained);
    }

    #[test]
    fn a_name_server_that_does_not_answer_is_not_taken_for_a_firewall() {
        assert_eq!(
            without_answer(
                "http://prom.lan:9090/v1/metrics",
                &ureq::Error::Timeout(ureq::Timeout::Resolve)
            ),
            "POST http://prom.lan:9090/v1/metrics: nobody told the address of \"prom.lan\" in \
             time; check the name servers of this machine, or give an address instead of a name"
        );
    }

    #[cfg(feature = "otlp-grpc")]
    #[test]
    fn a_timeout_by_grpc_may_be_that_of_the_name_server() {
        let asks = |endpoint| {
            grpc::of_timeout(&target(endpoint), Duration::from_secs(1)).contains("name server")
        };
        assert!(asks("http://collector:4317"));
        assert!(!asks("http://10.0.0.1:4317") && !asks("http://[::1]:4317"));
    }

    #[test]
    fn the_port_of_the_other_protocol_is_noticed() {
        let closed = || ureq::Error::Io(io::ErrorKind::ConnectionReset.into());
        assert_eq!(
            without_answer("http://collector:4317/v1/metrics", &closed()),
            "POST http://collector:4317/v1/metrics: the connection was closed before there was a whole answer; \
             port 4317 usually speaks gRPC: use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc"
        );
        assert_eq!(
            causes::of_closed(&target("http://collector:4318"), Protocol::Grpc),
            "this port usually speaks HTTP: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or use \
             port 4317"
        );
    }

    #[test]
    fn a_proxy_that_refuses_is_named() {
        let refused = ureq::Error::ConnectProxyFailed("proxy server responded 403".to_owned());
        assert_eq!(
            without_answer("http://far.example/v1/metrics", &refused),
            format!(
                "POST http://far.example/v1/metrics: {refused}; check HTTPS_PROXY, HTTP_PROXY and \
                 NO_PROXY"
            )
        );
    }

    #[test]
    fn the_path_of_prometheus_is_named_where_prometheus_listens() {
        let answer = Answer {
            status: StatusCode::NOT_FOUND,
            headers: &HeaderMap::new(),
            body: b"404 page not found\n",
        };
        assert_eq!(
            of_answer(&target("http://prom:9090/v1/metrics"), &answer).unwrap().reason,
            "POST http://prom:9090/v1/metrics: 404 Not Found, \"404 page not found\"; Prometheus' \
             receiver is at /api/v1/otlp/v1/metrics, if it was started with \
             --web.enable-otlp-receiver"
        );
    }

    /// Whose path is what a base for Prometheus becomes without its end.
    #[test]
    fn the_path_of_thanos_is_told_where_that_of_prometheus_is_none() {
        let answer = Answer {
            status: StatusCode::NOT_FOUND,
            headers: &HeaderMap::new(),
            body: b"404 page not found\n",
        };
        let reason = of_answer(&target("http://t:10908/api/v1/otlp/v1/metrics"), &answer);
        assert_eq!(
            reason.unwrap().reason,
            "POST http://t:10908/api/v1/otlp/v1/metrics: 404 Not Found, \"404 page not found\"; no \
             receiver of metrics is there; if this is Thanos, say its path without /v1/metrics where \
             it is used as it is: in OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, or, if the program names \
             the endpoint, with `otlp_metrics` instead of `otlp`; for the doctor with \
             --otlp-metrics"
        );
    }

    #[test]
    fn a_long_text_is_cut_and_kept_in_one_line() {
        let long = format!("<html>\r\n\t{}", "é".repeat(300));
        let quoted = excerpt(&target("http://a"), long.as_bytes());
        assert_eq!(quoted, format!("<html> {}…", "é".repeat(MOST_QUOTED - 7)));
    }
}
