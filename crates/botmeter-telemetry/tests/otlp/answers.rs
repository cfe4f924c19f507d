//! Answers that are no receipt are counted as failures and explained.

use super::setup::{Pushing, STARTS, failure_and_recovery, grpc, http};
use witness::{Behavior, Receiver};

const NO_HEADERS: &[(&str, &str)] = &[];

#[test]
fn answers_other_than_success_are_explained() {
    let answer = |status, body| Behavior::Answer { status, headers: NO_HEADERS, body };
    let redirect = Behavior::Answer {
        status: 307,
        headers: &[("location", "https://elsewhere/v1/metrics")],
        body: "",
    };
    let off = "otlp write receiver needs to be enabled with --web.enable-otlp-receiver\n";
    let clash = "out of order sample";
    for (behavior, explained) in [
        (
            answer(404, off),
            "404 Not Found, \"otlp write receiver needs to be enabled with \
             --web.enable-otlp-receiver\"; Prometheus' receiver is off: start Prometheus with \
             --web.enable-otlp-receiver",
        ),
        (
            answer(404, ""),
            "404 Not Found; no receiver of metrics is there; one of traces alone, such as Jaeger, \
             answers like this",
        ),
        (
            answer(405, ""),
            "405 Method Not Allowed; this path takes no POST: it is not that of an OTLP receiver",
        ),
        (
            answer(415, "only JSON\r\nhere"),
            "415 Unsupported Media Type, \"only JSON here\"; the receiver takes another format: \
             does it speak OTLP with protobuf, and allow the compression?",
        ),
        (
            answer(400, clash),
            "400 Bad Request, \"out of order sample\"; do two processes push under one \
             service.name and service.instance.id?",
        ),
        (
            answer(400, "Client sent an HTTP request to an HTTPS server."),
            "400 Bad Request, \"Client sent an HTTP request to an HTTPS server.\"; the receiver \
             wants TLS: begin the endpoint with https://",
        ),
        (
            answer(401, ""),
            "401 Unauthorized; check the credentials in OTEL_EXPORTER_OTLP_HEADERS or in the endpoint",
        ),
        (
            answer(413, ""),
            "413 Payload Too Large; a push is larger than the receiver allows: raise its limit",
        ),
        (
            answer(500, "invalid temporality and type combination"),
            "500 Internal Server Error, \"invalid temporality and type combination\"; set \
             OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE to cumulative, or leave it out",
        ),
        (
            answer(400, "no"),
            "400 Bad Request, \"no\"; the receiver cannot read what it got, or something else \
             answers there",
        ),
        (
            answer(500, ""),
            "500 Internal Server Error; the receiver has trouble of its own: look into its log",
        ),
        (
            answer(503, ""),
            "503 Service Unavailable; the receiver, or a proxy before it, is down, starting or \
             overloaded",
        ),
        (
            redirect,
            "307 Temporary Redirect; it redirects, which a push does not follow: push to \
             https://elsewhere/v1/metrics instead",
        ),
    ] {
        let receiver = Receiver::http().start();
        let url = receiver.endpoint();
        let failure = failure_and_recovery(&receiver, http(&url), behavior);
        assert_eq!(failure, format!("POST {url}: {explained}"));
    }
}

/// Whoever follows asks with GET, and somebody else is content with that.
#[test]
fn a_redirect_is_not_followed_to_a_success() {
    let (receiver, elsewhere) = (Receiver::http().start(), Receiver::http().start());
    elsewhere.behave(Behavior::Answer { status: 200, headers: NO_HEADERS, body: "" });
    let (url, place) = (receiver.endpoint(), elsewhere.endpoint());
    let location: &'static str = place.clone().leak();
    for status in [301, 302, 303, 307, 308] {
        let headers = Box::leak(Box::new([("location", location)]));
        let behavior = Behavior::Answer { status, headers, body: "" };
        let failure = failure_and_recovery(&receiver, http(&url), behavior);
        receiver.forget();
        let advice = format!("which a push does not follow: push to {place} instead");
        assert!(failure.ends_with(&advice), "{failure}");
    }
    assert_eq!(elsewhere.attempts(), 0);
}

#[test]
fn a_path_without_a_receiver_is_explained() {
    let receiver = Receiver::http().start();
    let url = format!("http://{}/api/v1/otlp", receiver.address());
    let pushing = Pushing::with(http(&url));
    STARTS.bind(&pushing.meter, ());
    assert_eq!(
        pushing.failure(),
        format!(
            "POST {url}: 404 Not Found, \"404 page not found\"; the path should end in \
             /v1/metrics; Prometheus' is /api/v1/otlp/v1/metrics"
        )
    );
}

#[test]
fn a_success_that_is_no_receipt_is_a_failure() {
    for (headers, body, explained) in [
        (
            [("content-type", "text/html; charset=utf-8")],
            "<html>log in</html>",
            "200 OK with a web page, \"<html>log in</html>\"; something else than an OTLP \
             receiver answers there",
        ),
        (
            [("content-type", "application/x-protobuf")],
            "garbage",
            "200 OK with a body that is not OTLP; something else than an OTLP receiver answers \
             there",
        ),
    ] {
        let receiver = Receiver::http().start();
        let url = receiver.endpoint();
        let headers: &'static [(&str, &str)] = Box::leak(Box::new(headers));
        let behavior = Behavior::Answer { status: 200, headers, body };
        let failure = failure_and_recovery(&receiver, http(&url), behavior);
        assert_eq!(failure, format!("POST {url}: {explained}"));
    }
}

#[test]
fn a_receipt_in_other_words_is_a_success() {
    for headers in [&[("content-type", "application/json")], &[("content-type", "text/plain")]] {
        let receiver = Receiver::http().start();
        receiver.behave(Behavior::Answer { status: 202, headers, body: "{}" });
        let pushing = Pushing::with(http(receiver.endpoint()));
        STARTS.bind(&pushing.meter, ());
        pushing.flush().unwrap();
    }
}

#[test]
fn codes_of_grpc_are_explained() {
    let answer = |code: tonic::Code, body| Behavior::Answer {
        status: u16::try_from(i32::from(code)).unwrap(),
        headers: NO_HEADERS,
        body,
    };
    for (behavior, explained) in [
        (
            answer(tonic::Code::Unimplemented, "unknown service"),
            "Unimplemented, \"unknown service\"; no receiver of metrics is there; one of traces \
             alone, such as Jaeger, answers like this",
        ),
        (
            answer(tonic::Code::Unauthenticated, "who are you?"),
            "Unauthenticated, \"who are you?\"; check the credentials in \
             OTEL_EXPORTER_OTLP_HEADERS or in the endpoint",
        ),
        (
            answer(tonic::Code::ResourceExhausted, "too much"),
            "ResourceExhausted, \"too much\"; the receiver limits the size or the rate: raise its \
             limit or push less often",
        ),
        (
            answer(tonic::Code::Unavailable, "starting"),
            "Unavailable, \"starting\"; the receiver, or a proxy before it, is down, starting or \
             overloaded",
        ),
    ] {
        let receiver = Receiver::grpc().start();
        let url = receiver.endpoint();
        let failure = failure_and_recovery(&receiver, grpc(&url), behavior);
        assert_eq!(failure, format!("gRPC to {url}: {explained}"));
    }
}

#[test]
fn points_that_the_receiver_rejects_are_a_failure() {
    let (by_http, by_grpc) = (Receiver::http().start(), Receiver::grpc().start());
    for (receiver, settings, request) in [
        (&by_http, http(by_http.endpoint()), "POST"),
        (&by_grpc, grpc(by_grpc.endpoint()), "gRPC to"),
    ] {
        let behavior = Behavior::Reject { points: 2, message: "out of bounds" };
        let failure = failure_and_recovery(receiver, settings, behavior);
        assert_eq!(
            failure,
            format!(
                "{request} {}: the receiver rejected 2 data points and took the others, \"out of \
                 bounds\"; do two processes push under one service.name and service.instance.id?",
                receiver.endpoint()
            )
        );
    }
}

#[test]
fn a_remark_without_rejected_points_is_a_success() {
    let receiver = Receiver::http().start();
    receiver.behave(Behavior::Reject { points: 0, message: "please use gzip" });
    let pushing = Pushing::with(http(receiver.endpoint()));
    STARTS.bind(&pushing.meter, ());
    pushing.flush().unwrap();
    assert_eq!(pushing.exports.success_count(), 1);
}

#[test]
fn credentials_that_the_receiver_quotes_back_are_hidden() {
    let receiver = Receiver::http().start();
    let url = receiver.endpoint();
    let headers = vec![("authorization".to_owned(), "Bearer s3cr3t-token".to_owned())];
    let settings = http(&url).headers(headers);
    let behavior =
        Behavior::Answer { status: 403, headers: NO_HEADERS, body: "no access by s3cr3t-token" };
    let shown = format!("{settings:?}");
    let failure = failure_and_recovery(&receiver, settings, behavior);
    assert_eq!(
        failure,
        format!(
            "POST {url}: 403 Forbidden, \"no access by ***\"; check the credentials in \
             OTEL_EXPORTER_OTLP_HEADERS or in the endpoint"
        )
    );
    assert!(!shown.contains("s3cr3t"), "{shown}");
}
