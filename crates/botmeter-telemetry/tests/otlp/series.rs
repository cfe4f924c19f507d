//! What arrives: every kind, its zeros, its limits and its temporality.

use std::{thread, time::Duration};

use botmeter_core::Backend;
use botmeter_telemetry::{Compression, OtlpSettings, Temporality};

use super::{
    reading,
    setup::{
        CALLS, COST, DEPTH, LOAD, OPEN, Pushing, RUNNING, SIZE, SOON, SPENT, STARTS, TIME, grpc,
        http,
    },
};
use witness::Receiver;

/// Records into every kind of instrument and returns what arrived.
fn everything_by(receiver: &Receiver, settings: OtlpSettings) -> String {
    let pushing = Pushing::with(settings);
    let meter = &pushing.meter;
    CALLS.bind(meter, ("search", "gpt")).add(3);
    CALLS.bind(meter, ("say \"hi\"", "gpt")).add(1);
    COST.bind(meter, ("search",)).add(0.25);
    let open = OPEN.bind(meter, ("search",));
    open.add(2);
    open.add(-3);
    DEPTH.bind(meter, ("search",)).set(7.5);
    LOAD.bind(meter, ()).set(0.5);
    let time = TIME.bind(meter, ("search",));
    // A number on a bound belongs below it.
    for seconds in [0.1, 0.5, 0.51, 99.0] {
        time.record(seconds);
    }
    pushing.flush().unwrap();
    assert_eq!((pushing.exports.success_count(), pushing.exports.failure_count()), (1, 0));
    pushing.otlp.shutdown(SOON).unwrap();
    let requests = receiver.requests();
    assert_eq!(
        reading::resource(&requests[0]),
        [
            "service.instance.id=my-host:1",
            "service.name=my-bot",
            "service.version=1.2.3",
            "team=bots"
        ]
    );
    reading::text(&requests[0])
}

const EVERYTHING: &str = "\
test.calls in {call}, monotonic cumulative sum: Calls of a tool.
  {model=gpt,tool=say \"hi\"} 0, 1
  {model=gpt,tool=search} 0, 3
test.cost.dollars in {USD}, monotonic cumulative sum: Money spent.
  {tool=search} 0, 0.25
test.depth in {item}, gauge: How much waits.
  {tool=search} 7.5
test.load in 1, gauge: The share that is used.
  {} 0.5
test.open in {call}, cumulative sum: Calls that run.
  {tool=search} -1
test.time in s, cumulative histogram: How long it took.
  {tool=search} 0, [2, 1, 1] of [0.5, 2.5], sum 100.11, count 4
";

#[test]
fn every_kind_arrives_by_http() {
    let receiver = Receiver::http().start();
    assert_eq!(everything_by(&receiver, http(receiver.endpoint())), EVERYTHING);
}

#[test]
fn every_kind_arrives_by_http_with_gzip() {
    let receiver = Receiver::http().start();
    let settings = http(receiver.endpoint()).compression(Compression::Gzip);
    assert_eq!(everything_by(&receiver, settings), EVERYTHING);
    assert!(has_header(&receiver, "content-encoding", "gzip"));
}

#[test]
fn every_kind_arrives_by_grpc() {
    let receiver = Receiver::grpc().start();
    assert_eq!(everything_by(&receiver, grpc(receiver.endpoint())), EVERYTHING);
}

#[test]
fn every_kind_arrives_by_grpc_with_gzip() {
    let receiver = Receiver::grpc().start();
    let settings = grpc(receiver.endpoint()).compression(Compression::Gzip);
    assert_eq!(everything_by(&receiver, settings), EVERYTHING);
}

#[test]
fn headers_are_sent_with_both_protocols() {
    let headers = vec![("x-tenant".to_owned(), "bots".to_owned())];
    let (by_http, by_grpc) = (Receiver::http().start(), Receiver::grpc().start());
    for (receiver, settings) in [
        (&by_http, http(by_http.endpoint()).headers(headers.clone())),
        (&by_grpc, grpc(by_grpc.endpoint()).headers(headers)),
    ] {
        let pushing = Pushing::with(settings);
        STARTS.bind(&pushing.meter, ());
        pushing.flush().unwrap();
        assert!(has_header(receiver, "x-tenant", "bots"), "{:?}", receiver.pushes());
    }
}

#[test]
fn a_password_in_the_url_becomes_basic_authorization() {
    let receiver = Receiver::http().start();
    let endpoint = receiver.endpoint().replace("http://", "http://robot:hunter22@");
    let pushing = Pushing::with(http(endpoint));
    STARTS.bind(&pushing.meter, ());
    pushing.flush().unwrap();
    assert!(has_header(&receiver, "authorization", "Basic cm9ib3Q6aHVudGVyMjI="));
}

fn has_header(receiver: &Receiver, name: &str, value: &str) -> bool {
    let pushes = receiver.pushes();
    pushes[0].headers.iter().any(|(known, sent)| known == name && sent == value)
}

#[test]
fn what_was_bound_and_never_recorded_is_there_at_zero() {
    let receiver = Receiver::http().start();
    let pushing = Pushing::with(http(receiver.endpoint()));
    let meter = &pushing.meter;
    CALLS.bind(meter, ("search", "gpt"));
    STARTS.bind(meter, ());
    COST.bind(meter, ("search",));
    SPENT.bind(meter, ());
    OPEN.bind(meter, ("search",));
    RUNNING.bind(meter, ());
    DEPTH.bind(meter, ("search",));
    LOAD.bind(meter, ());
    TIME.bind(meter, ("search",));
    SIZE.bind(meter, ());
    pushing.flush().unwrap();
    assert_eq!(
        reading::text(&receiver.requests()[0]),
        "\
test.calls in {call}, monotonic cumulative sum: Calls of a tool.
  {model=gpt,tool=search} 0
test.cost.dollars in {USD}, monotonic cumulative sum: Money spent.
  {tool=search} 0.0
test.depth in {item}, gauge: How much waits.
  {tool=search} 0.0
test.load in 1, gauge: The share that is used.
  {} 0.0
test.open in {call}, cumulative sum: Calls that run.
  {tool=search} 0
test.running in {run}, cumulative sum: Runs.
  {} 0
test.size in By, cumulative histogram: How large it was.
  {} [0, 0] of [10.5], sum 0.0, count 0
test.spent.dollars in {USD}, monotonic cumulative sum: Money spent in all.
  {} 0.0
test.starts in {start}, monotonic cumulative sum: Starts.
  {} 0
test.time in s, cumulative histogram: How long it took.
  {tool=search} [0, 0, 0] of [0.5, 2.5], sum 0.0, count 0
"
    );
}

#[test]
fn a_second_handle_feeds_the_same_series_and_resets_nothing() {
    let receiver = Receiver::http().start();
    let pushing = Pushing::with(http(receiver.endpoint()));
    let meter = &pushing.meter;
    for _ in 0..2 {
        STARTS.bind(meter, ()).add(2);
        TIME.bind(meter, ("search",)).record(1.0);
    }
    LOAD.bind(meter, ()).set(0.5);
    DEPTH.bind(meter, ("search",)).set(3.0);
    LOAD.bind(meter, ());
    DEPTH.bind(meter, ("search",));
    pushing.flush().unwrap();
    let request = &receiver.requests()[0];
    for (name, series) in [
        ("test.starts", "  {} 0, 4"),
        ("test.load", "  {} 0.5"),
        ("test.depth", "  {tool=search} 3.0"),
        ("test.time", "  {tool=search} 0, [0, 2, 0] of [0.5, 2.5], sum 2.0, count 2"),
    ] {
        let family = reading::family(request, name);
        assert_eq!(family.lines().skip(1).collect::<Vec<_>>(), [series], "{family}");
    }
}

#[test]
fn no_series_is_surplus_before_its_labels_say_so() {
    let receiver = Receiver::http().start();
    let pushing = Pushing::with(http(receiver.endpoint()));
    for n in 0..1000 {
        for model in ["gpt", "claude", "gemini", "llama"] {
            CALLS.bind(&pushing.meter, (&format!("tool-{n}"), model)).add(1);
        }
    }
    pushing.flush().unwrap();
    let family = reading::family(&receiver.requests()[0], "test.calls");
    let series: Vec<&str> = family.lines().skip(1).collect();
    assert_eq!(series.len(), 4000);
    assert!(series.iter().all(|line| line.contains("tool=tool-") && line.ends_with(" 0, 1")));
}

#[test]
fn what_begins_at_the_moment_of_a_push_began_at_one_time_only() {
    let receiver = Receiver::http().start();
    let pushing = Pushing::with(http(receiver.endpoint()));
    for n in 0..20 {
        // Between the times of two pushes there is room for a zero.
        thread::sleep(Duration::from_millis(3));
        receiver.forget();
        CALLS.bind(&pushing.meter, (&format!("tool-{n}"), "gpt")).add(1);
        pushing.flush().unwrap();
        let calls = reading::family(&receiver.requests()[0], "test.calls");
        let new = calls.lines().find(|line| line.contains(&format!("tool-{n}}}")));
        assert!(new.is_some_and(|line| line.ends_with(" 0, 1")), "{n}: {calls}");
    }
}

#[test]
fn counts_are_since_the_start_unless_asked_otherwise() {
    let pushes = |temporality: Temporality| {
        let receiver = Receiver::http().start();
        let pushing = Pushing::with(http(receiver.endpoint()).temporality(temporality));
        let (starts, running) = (STARTS.bind(&pushing.meter, ()), RUNNING.bind(&pushing.meter, ()));
        let size = SIZE.bind(&pushing.meter, ());
        for _ in 0..2 {
            starts.add(5);
            running.add(1);
            size.record(3.0);
            pushing.flush().unwrap();
        }
        let requests = receiver.requests();
        reading::text(&requests[1])
    };
    let cumulative = "\
test.running in {run}, cumulative sum: Runs.
  {} 2
test.size in By, cumulative histogram: How large it was.
  {} [2, 0] of [10.5], sum 6.0, count 2
test.starts in {start}, monotonic cumulative sum: Starts.
  {} 10
";
    let delta = "\
test.running in {run}, cumulative sum: Runs.
  {} 2
test.size in By, delta histogram: How large it was.
  {} [1, 0] of [10.5], sum 3.0, count 1
test.starts in {start}, monotonic delta sum: Starts.
  {} 5
";
    assert_eq!(pushes(Temporality::Cumulative), cumulative);
    assert_eq!(pushes(Temporality::Delta), delta);
    assert_eq!(pushes(Temporality::LowMemory), delta, "as OpenTelemetry's SDKs have it");
}
