//! Flush and shutdown end by their deadline, whatever the receiver does.

use std::{
    thread,
    time::{Duration, Instant},
};

use botmeter_core::Backend;
use botmeter_telemetry::{BackendKind, Exports, OtlpSettings, Protocol, export::otlp::Otlp};

use super::{
    reading,
    setup::{NEVER, Pushing, SOON, STARTS, grpc, http, resource, start},
};
use witness::{Behavior, Receiver};

const SHORT: Duration = Duration::from_millis(300);
/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(2);

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let result = work();
    (begin.elapsed(), result)
}

#[test]
fn shutdown_on_a_black_hole_ends_by_the_deadline_and_says_what_is_lost() {
    let (by_http, by_grpc) = (Receiver::http().start(), Receiver::grpc().start());
    for (receiver, settings) in
        [(&by_http, http(by_http.endpoint())), (&by_grpc, grpc(by_grpc.endpoint()))]
    {
        receiver.behave(Behavior::Hang);
        let pushing = Pushing::with(settings);
        STARTS.bind(&pushing.meter, ()).add(1);
        let (took, result) = timed(|| pushing.otlp.shutdown(SHORT));
        assert_eq!(
            result.unwrap_err().chain(),
            format!(
                "deliver the last metrics to {} in time: 1 data point is not delivered, without \
                 an answer yet",
                receiver.endpoint()
            )
        );
        assert!(took >= SHORT && took < SHORT + SLACK, "{took:?}");
        // Dropping what hangs takes no time either.
        let (took, ()) = timed(|| drop(pushing));
        assert!(took < SLACK, "{took:?}");
    }
}

#[test]
fn flush_on_a_black_hole_ends_by_the_deadline_however_often_it_is_called() {
    let receiver = Receiver::http().behaving(Behavior::Hang).start();
    let pushing = Pushing::with(http(receiver.endpoint()));
    STARTS.bind(&pushing.meter, ()).add(1);
    for _ in 0..3 {
        let (took, result) = timed(|| pushing.otlp.flush(SHORT));
        assert_eq!(
            result.unwrap_err().chain(),
            format!(
                "deliver the metrics to {} in time: 1 data point is not delivered, without an \
                 answer yet",
                receiver.endpoint()
            )
        );
        assert!(took >= SHORT && took < SHORT + SLACK, "{took:?}");
    }
    assert_eq!(receiver.attempts(), 1, "later calls wait for the first push");
}

#[test]
fn shutdown_delivers_what_was_recorded_last_and_is_idempotent() {
    for by_grpc in [false, true] {
        let receiver = if by_grpc { Receiver::grpc() } else { Receiver::http() }.start();
        let settings = if by_grpc { grpc } else { http };
        let pushing = Pushing::with(settings(receiver.endpoint()));
        STARTS.bind(&pushing.meter, ()).add(3);
        pushing.otlp.shutdown(SOON).unwrap();
        pushing.otlp.shutdown(SOON).unwrap();
        pushing.otlp.clone().shutdown(Duration::ZERO).unwrap();
        let requests = receiver.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(
            reading::family(&requests[0], "test.starts"),
            "test.starts in {start}, monotonic cumulative sum: Starts.\n  {} 0, 3"
        );
        assert_eq!(
            pushing.otlp.flush(SOON).unwrap_err().chain(),
            format!("deliver metrics to {}: it was shut down", receiver.endpoint())
        );
        // A handle that outlives the backend records into nothing.
        STARTS.bind(&pushing.meter, ()).add(1);
    }
}

#[test]
fn a_second_shutdown_waits_on_for_what_the_first_gave_up() {
    let receiver = Receiver::http().behaving(Behavior::AcceptAfter(SHORT * 2)).start();
    let pushing = Pushing::with(http(receiver.endpoint()));
    STARTS.bind(&pushing.meter, ()).add(1);
    assert!(pushing.otlp.shutdown(SHORT).is_err());
    pushing.otlp.shutdown(SOON).unwrap();
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn shutdown_uses_the_whole_deadline() {
    // The SDK itself gives up after five seconds.
    let receiver =
        Receiver::http().behaving(Behavior::AcceptAfter(Duration::from_millis(5500))).start();
    let pushing = Pushing::with(http(receiver.endpoint()));
    STARTS.bind(&pushing.meter, ()).add(1);
    pushing.otlp.shutdown(SOON).unwrap();
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn shutdown_says_why_the_last_push_failed() {
    let receiver = Receiver::http().start();
    let url = receiver.endpoint();
    let pushing = Pushing::with(http(&url));
    STARTS.bind(&pushing.meter, ()).add(1);
    drop(receiver);
    let expected = format!(
        "deliver the last metrics: 1 data point is not delivered: POST {url}: connection refused; nothing listens there: does the \
         receiver run, and is the port right?"
    );
    for _ in 0..2 {
        assert_eq!(pushing.otlp.shutdown(SOON).unwrap_err().chain(), expected);
    }
}

#[test]
fn shutdown_while_a_push_hangs_ends_by_the_deadline() {
    let receiver = Receiver::http().behaving(Behavior::Hang).start();
    let pushing = Pushing::every(Duration::from_millis(10), &http(receiver.endpoint()));
    STARTS.bind(&pushing.meter, ()).add(1);
    while receiver.attempts() == 0 {
        thread::yield_now();
    }
    let (took, result) = timed(|| pushing.otlp.shutdown(SHORT));
    assert!(result.is_err());
    assert!(took < SHORT + SLACK, "{took:?}");
}

#[test]
fn nothing_recorded_is_nothing_to_deliver() {
    // Nobody listens at the discard port, and nobody is asked.
    let otlp = start(&http("http://127.0.0.1:9/v1/metrics")).unwrap();
    otlp.flush(SOON).unwrap();
    otlp.shutdown(SOON).unwrap();
}

#[test]
fn a_flush_that_comes_too_late_is_no_failure_of_the_shutdown() {
    for _ in 0..300 {
        let otlp = start(&http("http://127.0.0.1:9/v1/metrics")).unwrap();
        let flushing = otlp.clone();
        let flush = thread::spawn(move || flushing.flush(SOON));
        otlp.shutdown(SOON).unwrap();
        // It was in time, or is told that it was not.
        let _either = flush.join().unwrap();
        otlp.shutdown(SOON).unwrap();
    }
}

#[test]
fn pushes_happen_at_every_interval() {
    let receiver = Receiver::http().start();
    let pushing = Pushing::every(Duration::from_millis(20), &http(receiver.endpoint()));
    STARTS.bind(&pushing.meter, ()).add(1);
    receiver.wait_for(|requests| (requests.len() >= 3).then_some(()));
}

#[test]
fn what_cannot_work_is_refused_at_the_start() {
    let refusal = |settings: OtlpSettings, interval: Duration| {
        let exports = Exports::new(BackendKind::Otlp);
        Otlp::start(&settings, interval, &resource(), exports).unwrap_err().chain()
    };
    let url = "http://127.0.0.1:9/v1/metrics";
    assert_eq!(
        refusal(http(url), Duration::ZERO),
        "hand over metrics to http://127.0.0.1:9/v1/metrics every 0ns: the interval must be longer \
         than zero"
    );
    assert_eq!(
        refusal(http(url).timeout(Duration::ZERO), NEVER),
        "push metrics to \"http://127.0.0.1:9/v1/metrics\": no answer can come within a timeout of \
         zero"
    );
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let headers = vec![("x key".to_owned(), "1".to_owned())];
        assert_eq!(
            refusal(http(url).protocol(protocol).headers(headers), NEVER),
            "push metrics to \"http://127.0.0.1:9/v1/metrics\": the name of the header \"x key\" \
             has characters that HTTP does not allow"
        );
    }
}
