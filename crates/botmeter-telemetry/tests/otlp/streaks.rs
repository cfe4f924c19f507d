//! A receiver that fails for long costs one line of the log, no memory and
//! none of the program's time; and it gets the total when it is back.

use std::{
    collections::BTreeSet,
    env,
    io::Write,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use botmeter_telemetry::OtlpSettings;
use tracing::Level;

use super::{
    log::Log,
    reading,
    setup::{CALLS, Pushing, SOON, STARTS, TIME, answering, grpc, http},
};
use witness::{Behavior, Receiver};

/// Set in the process that does the work: its log and its memory are its own.
const INSIDE: &str = "BOTMETER_TEST_STREAK";
const WARM: u64 = 20;
const LONG: u64 = 200;
/// The same where each failure takes its timeout.
const LONG_AND_SLOW: u64 = 60;
const MOST_GROWTH: u64 = 8 << 20;

#[test]
fn a_long_streak_is_logged_once_costs_nothing_and_ends_with_the_total() {
    if env::var_os(INSIDE).is_none() {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--nocapture", "--exact"])
            .arg(
                "otlp::streaks::a_long_streak_is_logged_once_costs_nothing_and_ends_with_the_total",
            )
            .env(INSIDE, "1")
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{printed}\n{failed}");
        return;
    }
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let no = |status, body| Behavior::Answer { status, headers: &[], body };
    let headers = &[("content-type", "application/x-protobuf")];
    let garbled = Behavior::Answer { status: 200, headers, body: "garbage" };
    // What is tried again, and what is waited for, is given up soon.
    let timeout = Duration::from_millis(100);
    for is_grpc in [false, true] {
        let behaviors = if is_grpc {
            // The codes of gRPC: unauthenticated, internal.
            vec![no(16, "who are you?"), no(13, "broken"), Behavior::Hang]
        } else {
            vec![
                no(400, "out of order sample"),
                no(401, ""),
                no(413, ""),
                no(500, ""),
                garbled.clone(),
                Behavior::Reject { points: 1, message: "out of bounds" },
                Behavior::Close,
                Behavior::Hang,
            ]
        };
        for behavior in behaviors {
            let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() }.start();
            let settings = if is_grpc { grpc } else { http }(receiver.endpoint());
            let is_timed = matches!(behavior, Behavior::Hang | Behavior::Close);
            let settings = if is_timed { settings.timeout(timeout) } else { settings };
            fail_and_recover(&receiver, settings, behavior, is_timed, &log);
        }
        restart_and_recover(is_grpc, &log);
    }
}

/// Ids differ in what is quoted, times and sizes also in what libraries say.
#[test]
fn a_reason_with_something_else_in_it_each_time_is_logged_once() {
    if env::var_os(INSIDE).is_none() {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--nocapture", "--exact"])
            .arg("otlp::streaks::a_reason_with_something_else_in_it_each_time_is_logged_once")
            .env(INSIDE, "1")
            .output()
            .unwrap();
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{failed}");
        return;
    }
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let quoted = |number: usize| {
        let id = "abcdefghij".repeat(number % 7 + 1);
        let body = format!("upstream error, request {id} 3-{number}");
        format!("HTTP/1.1 500 Broken\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    // A head that is too long, whose length is told.
    let bare = |number: usize| {
        format!("HTTP/1.1 500 Broken\r\nx: {}\r\n", "x".repeat(70_000 + 5_000 * (number % 9)))
    };
    for answer in [quoted as fn(usize) -> String, bare] {
        let answered = AtomicUsize::new(0);
        let url = answering(move |stream| {
            let answer = answer(answered.fetch_add(1, Ordering::Relaxed));
            let _written = stream.write_all(answer.as_bytes());
        });
        log.take();
        let timeout = Duration::from_secs(1);
        let settings = http(&url).timeout(timeout);
        let pushing = Pushing::every(Duration::from_millis(1), &settings);
        STARTS.bind(&pushing.meter, ());
        let deadline = Instant::now() + SOON * 3;
        let mut reasons = BTreeSet::new();
        while pushing.exports.failure_count() < 20 {
            assert!(Instant::now() < deadline, "{:?}", pushing.exports.last());
            reasons.extend(pushing.exports.last().error);
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(reasons.len() > 1, "{reasons:?}");
        let log = log.take();
        assert_eq!(log.len(), 1, "{log:#?}");
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is made where it is given")]
fn fail_and_recover(
    receiver: &Receiver,
    settings: OtlpSettings,
    behavior: Behavior,
    is_timed: bool,
    log: &Log,
) {
    let case = format!("{behavior:?} at {}", settings.endpoint);
    log.take();
    receiver.behave(behavior);
    let pushing = Pushing::every(Duration::from_millis(1), &settings);
    let starts = STARTS.bind(&pushing.meter, ());
    for tool in 0..100 {
        let tool = format!("tool-{tool}");
        CALLS.bind(&pushing.meter, (&tool, "small")).add(1);
        TIME.bind(&pushing.meter, (&tool,)).record(0.25);
    }
    let failures = |count| {
        let deadline = Instant::now() + SOON * 3;
        while pushing.exports.failure_count() < count {
            assert!(Instant::now() < deadline, "{case}: waited for {count} failures");
            // The program's own work goes on.
            let begin = Instant::now();
            (0..100).for_each(|_| starts.add(1));
            assert!(begin.elapsed() < Duration::from_secs(1), "{case}: {:?}", begin.elapsed());
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    failures(WARM);
    let before = resident_bytes();
    failures(if is_timed { LONG_AND_SLOW } else { LONG });
    let growth = resident_bytes().saturating_sub(before);
    assert!(growth < MOST_GROWTH, "{case}: it grew by {growth} bytes");
    assert_eq!(pushing.exports.success_count(), 0, "{case}");
    let reason = pushing.exports.last().error.unwrap();

    receiver.behave(Behavior::Accept);
    let deadline = Instant::now() + SOON;
    while pushing.exports.success_count() == 0 {
        assert!(Instant::now() < deadline, "{case}: waited for the recovery");
        std::thread::sleep(Duration::from_millis(1));
    }
    receiver.forget();
    starts.add(1);
    while pushing.flush().is_err() {
        assert!(Instant::now() < deadline, "{case}: waited for the total");
    }
    // Of one push there may be several requests, each with some of the series.
    let requests = receiver.requests();
    let mut totals = requests.iter().rev().map(|it| reading::family(it, "test.starts"));
    let total = totals.find(|total| !total.is_empty()).unwrap();
    let count: u64 = total.rsplit(' ').next().unwrap().parse().unwrap();
    assert_eq!(count % 100, 1, "{case}: every hundred and the last one arrived: {total}");
    let log = log.take();
    let levels: Vec<Level> = log.iter().map(|(level, _)| *level).collect();
    // A busy machine may need longer than the timeout now and then, which is
    // another reason, or another streak, and still no other line.
    assert_eq!(levels, [Level::ERROR, Level::INFO], "{case}: {log:#?}");
    if !is_timed {
        // With the likely cause, as the tests of each answer have it.
        assert!(log[0].1.contains(&format!("error={reason:?}")), "{case}: {log:#?}");
        let streak = pushing.exports.failure_count();
        assert!(log[1].1.contains(&format!("failed_exports={streak}")), "{case}: {log:#?}");
    }
}

/// Twice, another process takes the place of the receiver after a while; within
/// ten minutes, so that one of the two times is enough for the log.
fn restart_and_recover(is_grpc: bool, log: &Log) {
    log.take();
    let new = || if is_grpc { Receiver::grpc() } else { Receiver::http() };
    let mut receiver = new().start();
    let address = receiver.address();
    let settings = if is_grpc { grpc } else { http }(receiver.endpoint());
    let pushing = Pushing::every(Duration::from_millis(1), &settings);
    let starts = STARTS.bind(&pushing.meter, ());
    for total in 1..=3 {
        starts.add(1);
        let expected =
            format!("test.starts in {{start}}, monotonic cumulative sum: Starts.\n  {{}} {total}");
        let arrived = |request: &_| reading::family(request, "test.starts") == expected;
        receiver.wait_for(|requests| requests.iter().rev().any(arrived).then_some(()));
        if total == 3 {
            break;
        }
        let failures = pushing.exports.failure_count();
        drop(receiver);
        let deadline = Instant::now() + SOON;
        while pushing.exports.failure_count() < failures + 5 {
            assert!(Instant::now() < deadline, "waited for failures");
            std::thread::sleep(Duration::from_millis(1));
        }
        receiver = new().at(address).start();
    }
    drop(pushing);
    let log = log.take();
    let count = |wanted| log.iter().filter(|(level, _)| *level == wanted).count();
    assert_eq!((count(Level::ERROR), count(Level::INFO)), (1, 1), "{log:#?}");
}

/// None where the system does not tell, which makes the growth none.
fn resident_bytes() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|pages| pages.split(' ').nth(1)?.parse::<u64>().ok()).unwrap_or(0) * 4096
}
