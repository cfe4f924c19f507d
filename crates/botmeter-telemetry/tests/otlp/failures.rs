//! Connections that fail are counted, explained and made up for.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use botmeter_telemetry::{OtlpSettings, Temporality};

use super::{
    reading,
    setup::{Pushing, SOON, STARTS, answering, failure_and_recovery, grpc, http},
};
use witness::{Behavior, Receiver};

#[test]
fn a_refused_connection_is_explained_and_a_receiver_that_comes_later_gets_the_total() {
    for is_grpc in [false, true] {
        let settings = if is_grpc { grpc } else { http };
        let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() };
        let first = receiver.start();
        let (address, url) = (first.address(), first.endpoint());
        drop(first);
        let pushing = Pushing::with(settings(url.clone()));
        let starts = STARTS.bind(&pushing.meter, ());
        starts.add(1);
        let request = if is_grpc { "gRPC to" } else { "POST" };
        assert_eq!(
            pushing.failure(),
            format!(
                "{request} {url}: connection refused; nothing listens there: does the receiver \
                 run, and is the port right?"
            )
        );
        for total in ["0, 2", "3"] {
            // Each time another process at the same address.
            let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() };
            let receiver = receiver.at(address).start();
            starts.add(1);
            pushing.flush().unwrap();
            assert_eq!(
                reading::family(&receiver.requests()[0], "test.starts"),
                format!(
                    "test.starts in {{start}}, monotonic cumulative sum: Starts.\n  {{}} {total}"
                )
            );
        }
    }
}

#[test]
fn a_receiver_that_never_answers_costs_one_timeout() {
    let timeout = Duration::from_millis(300);
    let (by_http, by_grpc) = (Receiver::http().start(), Receiver::grpc().start());
    for (receiver, settings, request) in [
        (&by_http, http(by_http.endpoint()).timeout(timeout), "POST"),
        (&by_grpc, grpc(by_grpc.endpoint()).timeout(timeout), "gRPC to"),
    ] {
        let pushing = Pushing::with(settings);
        STARTS.bind(&pushing.meter, ());
        receiver.behave(Behavior::Hang);
        assert_eq!(
            pushing.failure(),
            format!(
                "{request} {}: timed out after 300ms; does a firewall drop the packets, or is the \
                 receiver overloaded?",
                receiver.endpoint()
            )
        );
        receiver.behave(Behavior::Accept);
        pushing.flush().unwrap();
    }
}

#[test]
fn a_connection_that_is_closed_without_an_answer_is_explained() {
    let receiver = Receiver::http().start();
    let url = receiver.endpoint();
    assert_eq!(
        failure_and_recovery(&receiver, http(&url), Behavior::Close),
        format!(
            "POST {url}: the connection was closed before there was a whole answer; does an OTLP receiver \
             listen at this port, for HTTP without TLS?"
        )
    );
}

#[test]
fn throttling_is_obeyed_within_one_push() {
    let receiver = Receiver::http().start();
    receiver.behave(Behavior::Answer {
        status: 429,
        headers: &[("retry-after", "1")],
        body: "slow down",
    });
    let pushing = Pushing::with(http(receiver.endpoint()));
    STARTS.bind(&pushing.meter, ());
    let begin = Instant::now();
    let pushed = std::thread::spawn(move || pushing.flush().map(|()| pushing));
    while receiver.attempts() == 0 {
        std::thread::yield_now();
    }
    receiver.behave(Behavior::Accept);
    let pushing = pushed.join().unwrap().unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
    let exports = &pushing.exports;
    assert_eq!((exports.success_count(), exports.failure_count()), (1, 0));
}

#[test]
fn throttling_beyond_the_timeout_is_a_failure_at_once() {
    let receiver = Receiver::http().start();
    let url = receiver.endpoint();
    let behavior =
        Behavior::Answer { status: 429, headers: &[("retry-after", "3600")], body: "slow down" };
    assert_eq!(
        failure_and_recovery(&receiver, http(&url), behavior),
        format!(
            "POST {url}: 429 Too Many Requests, \"slow down\"; the receiver limits the rate: raise \
             its limit or push less often"
        )
    );
}

#[test]
fn the_wrong_protocol_is_explained() {
    let by_grpc = Receiver::grpc().start();
    let pushing = Pushing::with(http(by_grpc.endpoint()));
    STARTS.bind(&pushing.meter, ());
    let failure = pushing.failure();
    assert!(
        failure.ends_with("; does an OTLP receiver listen at this port, for HTTP without TLS?"),
        "{failure}"
    );
    let by_http = Receiver::http().start();
    let pushing = Pushing::with(grpc(by_http.endpoint().replace("/v1/metrics", "")));
    STARTS.bind(&pushing.meter, ());
    let failure = pushing.failure();
    assert!(
        failure.ends_with("; does an OTLP receiver listen at this port, for gRPC without TLS?"),
        "{failure}"
    );
}

#[test]
fn half_an_answer_is_a_failure() {
    let url = answering(|stream| {
        let _written = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
    });
    let pushing = Pushing::with(http(&url));
    STARTS.bind(&pushing.meter, ());
    assert_eq!(
        pushing.failure(),
        format!(
            "POST {url}: the connection was closed before there was a whole answer; does an OTLP \
             receiver listen at this port, for HTTP without TLS?"
        )
    );
    assert_eq!(pushing.exports.success_count(), 0);
}

/// What is read of an answer is limited, so this costs neither memory nor the
/// whole timeout.
#[test]
fn an_answer_without_an_end_is_a_failure_at_once() {
    let url = answering(|stream| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\n\r\n";
        let mut written = stream.write_all(head.as_bytes());
        while written.is_ok() {
            written = stream.write_all(&[0xff; 4096]);
        }
    });
    let pushing = Pushing::with(http(&url));
    STARTS.bind(&pushing.meter, ());
    let begin = Instant::now();
    assert_eq!(
        pushing.failure(),
        format!(
            "POST {url}: 200 OK with a body that is not OTLP; something else than an OTLP receiver \
             answers there"
        )
    );
    assert!(begin.elapsed() < SOON / 2, "{:?}", begin.elapsed());
}

#[test]
fn with_delta_a_failed_push_costs_no_counts_either() {
    let receiver = Receiver::http().start();
    let temporality = Temporality::Delta;
    let pushing = Pushing::with(http(receiver.endpoint()).temporality(temporality));
    let starts = STARTS.bind(&pushing.meter, ());
    starts.add(3);
    receiver.behave(Behavior::Answer { status: 500, headers: &[], body: "" });
    pushing.failure();
    receiver.behave(Behavior::Accept);
    starts.add(4);
    pushing.flush().unwrap();
    assert_eq!((pushing.exports.success_count(), pushing.exports.failure_count()), (1, 1));
    assert_eq!(
        reading::family(&receiver.requests()[0], "test.starts"),
        "test.starts in {start}, monotonic delta sum: Starts.\n  {} 7"
    );
}

/// The top-level domain `invalid` never exists.
#[test]
fn a_name_that_nobody_knows_is_explained() {
    for (settings, request, url) in [
        (
            http as fn(&'static str) -> OtlpSettings,
            "POST",
            "http://receiver.invalid:4318/v1/metrics",
        ),
        (grpc, "gRPC to", "http://receiver.invalid:4317"),
    ] {
        let pushing = Pushing::with(settings(url));
        STARTS.bind(&pushing.meter, ());
        assert_eq!(
            pushing.failure(),
            format!(
                "{request} {url}: the name \"receiver.invalid\" is not known; is it spelled right, \
                 and known where this runs?"
            )
        );
    }
}
