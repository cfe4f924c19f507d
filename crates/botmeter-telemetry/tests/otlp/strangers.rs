//! Answers that look like success and are none, and those of servers that were
//! never meant: what they say is quoted so that it can be read, and the advice
//! fits.

use std::{
    convert::Infallible,
    io::Write,
    net::{Ipv4Addr, TcpListener},
    thread,
};

use flate2::{Compression as Level, write::GzEncoder};
use http_body_util::Full;
use hyper::{Request, Response, body::Bytes, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::setup::{Pushing, STARTS, answering, failure_and_recovery, grpc, http};
use witness::{Behavior, Receiver};

const NO_RECEIPT: &str = "either it is no OTLP receiver, or it did not take everything";

#[test]
fn a_success_in_other_words_than_consent_is_a_failure() {
    for (content_type, body, explained) in [
        (
            "application/json",
            r#"{"partialSuccess":{"rejectedDataPoints":"7"}}"#,
            format!(
                "200 OK with an answer that is no receipt, \
                 \"{{\\\"partialSuccess\\\":{{\\\"rejectedDataPoints\\\":\\\"7\\\"}}}}\"; \
                 {NO_RECEIPT}"
            ),
        ),
        (
            "application/json",
            r#"{"error":"denied"}"#,
            format!(
                "200 OK with an answer that is no receipt, \"{{\\\"error\\\":\\\"denied\\\"}}\"; \
                 {NO_RECEIPT}"
            ),
        ),
        (
            "text/plain",
            "hello",
            format!("200 OK with an answer that is no receipt, \"hello\"; {NO_RECEIPT}"),
        ),
        (
            "application/xhtml+xml",
            "<html>log in</html>",
            "200 OK with a web page, \"<html>log in</html>\"; something else than an OTLP \
             receiver answers there"
                .to_owned(),
        ),
    ] {
        let receiver = Receiver::http().start();
        let url = receiver.endpoint();
        let headers = Box::leak(Box::new([("content-type", content_type)]));
        let behavior = Behavior::Answer { status: 200, headers, body };
        let failure = failure_and_recovery(&receiver, http(&url), behavior);
        assert_eq!(failure, format!("POST {url}: {explained}"));
    }
}

#[test]
fn a_receipt_without_anything_in_it_is_a_success() {
    for body in ["", "{}", "{\n  \"partialSuccess\": {}\n}\n"] {
        let receiver = Receiver::http().start();
        let headers = &[("content-type", "application/json")];
        receiver.behave(Behavior::Answer { status: 200, headers, body });
        let pushing = Pushing::with(http(receiver.endpoint()));
        STARTS.bind(&pushing.meter, ());
        pushing.flush().unwrap();
    }
}

/// No more of a bomb is unpacked than of any other answer.
#[test]
fn an_error_that_is_gzipped_is_unpacked_before_it_is_quoted() {
    for (text, quoted) in [
        ("out of luck".to_owned(), "out of luck".to_owned()),
        ("a".repeat(100 << 20), format!("{}…", "a".repeat(200))),
    ] {
        let body = gzip(text.as_bytes());
        let url = answering(move |stream| {
            let head = "HTTP/1.1 500 Broken\r\ncontent-encoding: gzip\r\nconnection: close\r\n";
            let length = body.len();
            let _written = write!(stream, "{head}content-length: {length}\r\n\r\n")
                .and_then(|()| stream.write_all(&body));
        });
        let pushing = Pushing::with(http(&url));
        STARTS.bind(&pushing.meter, ());
        assert_eq!(
            pushing.failure(),
            format!(
                "POST {url}: 500 Internal Server Error, {quoted:?}; the receiver has trouble of \
                 its own: look into its log"
            )
        );
    }
}

#[test]
fn no_more_points_are_lost_than_were_sent() {
    let receiver = Receiver::http().start();
    receiver.behave(Behavior::Reject { points: i64::MAX, message: "all of them" });
    let pushing = Pushing::with(http(receiver.endpoint()));
    STARTS.bind(&pushing.meter, ());
    let failure = pushing.flush().unwrap_err().chain();
    assert!(failure.contains(": 1 data point is not delivered: "), "{failure}");
}

/// As Go's servers say it, Prometheus among them.
#[test]
fn the_usual_path_at_prometheus_is_answered_with_the_one_that_works() {
    let receiver = Receiver::http().start();
    let url = receiver.endpoint();
    let behavior = Behavior::Answer { status: 404, headers: &[], body: "404 page not found\n" };
    assert_eq!(
        failure_and_recovery(&receiver, http(&url), behavior),
        format!(
            "POST {url}: 404 Not Found, \"404 page not found\"; if this is Prometheus, push to \
             /api/v1/otlp/v1/metrics and start it with --web.enable-otlp-receiver (a receiver of \
             traces alone, such as Jaeger, answers like this, too)"
        )
    );
    let pushing = Pushing::with(http(format!("http://{}/", receiver.address())));
    receiver.behave(Behavior::Answer { status: 405, headers: &[], body: "Method Not Allowed" });
    STARTS.bind(&pushing.meter, ());
    let failure = pushing.failure();
    let advice = "; the path should end in /v1/metrics; Prometheus' is /api/v1/otlp/v1/metrics";
    assert!(failure.ends_with(advice), "{failure}");
}

#[test]
fn a_clock_that_is_ahead_is_told_from_a_clash() {
    let receiver = Receiver::http().start();
    let url = receiver.endpoint();
    // As Prometheus says it.
    let body = "out of bounds: timestamp is too far in the future";
    let behavior = Behavior::Answer { status: 400, headers: &[], body };
    let failure = failure_and_recovery(&receiver, http(&url), behavior);
    let advice = "; this machine's clock is ahead of the receiver's: set it right";
    assert!(failure.ends_with(advice), "{failure}");
}

#[test]
fn grpc_without_a_status_is_not_blamed_on_the_variables_of_proxies() {
    let failure = failure_by_grpc(&[], Vec::new());
    assert!(failure.contains("missing grpc-status trailer"), "{failure}");
    let advice = "; no gRPC is spoken there, or something in between drops the trailers of HTTP/2";
    assert!(failure.ends_with(advice), "{failure}");
}

/// It is our limit, so the receiver's cannot be raised.
#[test]
fn an_answer_beyond_our_own_limit_is_not_blamed_on_the_receivers() {
    let frame = |flag: u8, length: usize, body: Vec<u8>| {
        let length = u32::try_from(length).unwrap().to_be_bytes();
        [vec![flag], length.to_vec(), body].concat()
    };
    let bomb = gzip(&vec![0; 5 << 20]);
    for failure in [
        failure_by_grpc(&[], frame(0, 5 << 20, Vec::new())),
        failure_by_grpc(&[("grpc-encoding", "gzip")], frame(1, bomb.len(), bomb)),
    ] {
        assert!(failure.contains("4194304 bytes"), "{failure}");
        let advice =
            "; no receipt is that long: something else than an OTLP receiver answers there";
        assert!(failure.ends_with(advice), "{failure}");
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// Why a push by gRPC fails at somebody who answers like this, without
/// trailers.
fn failure_by_grpc(headers: &'static [(&str, &str)], body: Vec<u8>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let body = Bytes::from(body);
    let serving = async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        while let Ok((stream, _)) = listener.accept().await {
            let body = body.clone();
            let service = service_fn(move |_: Request<_>| {
                let answer = Response::builder().header("content-type", "application/grpc");
                let answer =
                    headers.iter().fold(answer, |it, (name, value)| it.header(*name, *value));
                let answer = answer.body(Full::new(body.clone())).unwrap();
                async { Ok::<_, Infallible>(answer) }
            });
            tokio::spawn(
                hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    };
    // It ends with the process.
    thread::spawn(move || runtime.block_on(serving));
    let pushing = Pushing::with(grpc(&url));
    STARTS.bind(&pushing.meter, ());
    pushing.failure()
}
