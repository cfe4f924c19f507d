//! A program's first lines: domains named at start-up, and what it is told
//! when they cannot be.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use botmeter_core::{
    Backend, Counter, Domain, DropReason, Error, FloatCounter, Gauge, Histogram, Instrument,
    MAX_ROWS, Memory, Meter, Table, Unit, buckets, closed_label, open_label,
};
use botmeter_telemetry::{Environment, Telemetry};

closed_label! {
    /// A side.
    enum Side: "side" {
        /// Left.
        Left => "left",
        /// Right.
        Right => "right",
    }
}

open_label! {
    /// A tool.
    struct Tool: "tool", limit 3;
}

open_label! {
    /// One part of a pair.
    struct First: "first", limit 60;
}

open_label! {
    /// The other part of a pair.
    struct Second: "second", limit 60;
}

static CALLS: Instrument<Counter, (Tool, Side)> =
    Instrument::counter("tool.calls", Unit::of("{call}"), "Calls of a tool.");
static SPENT: Instrument<FloatCounter, ()> =
    Instrument::float_counter("tool.spent.dollars", Unit::of("{USD}"), "Money.");
static LEVEL: Instrument<Gauge, ()> =
    Instrument::gauge("tool.level", Unit::of("{step}"), "A level.");
static SIZE: Instrument<Histogram, (Side,)> =
    Instrument::histogram("tool.size", Unit::BYTES, "A size.", buckets::COUNT);
static PAIRS: Instrument<Counter, (First, Second)> =
    Instrument::counter("tool.pairs", Unit::of("{pair}"), "Pairs.");
static SAME_NAME: Instrument<Counter, ()> =
    Instrument::counter("tool_calls", Unit::NONE, "Spelt otherwise, the same in Prometheus.");

#[derive(Debug)]
struct Tools {
    calls: Table<(Tool, Side), Counter>,
    pairs: Table<(First, Second), Counter>,
    spent: FloatCounter,
    level: Gauge,
    size: Histogram,
}

impl Domain for Tools {
    const NAME: &'static str = "tools";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self {
            calls: CALLS.table(meter),
            pairs: PAIRS.table(meter),
            spent: SPENT.bind(meter, ()),
            level: LEVEL.bind_late(meter, ()),
            size: SIZE.bind(meter, (Side::Left,)),
        }
    }
}

#[derive(Debug)]
struct Clash;

impl Domain for Clash {
    const NAME: &'static str = "clash";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        SAME_NAME.bind(meter, ());
        Self
    }
}

fn start() -> (Memory, Telemetry, Tools) {
    let memory = Memory::new();
    let (telemetry, tools) = Telemetry::builder("test")
        .version("1.2.3")
        .backend(memory.clone())
        .environment(Environment::default())
        .start::<Tools>()
        .unwrap();
    (memory, telemetry, tools)
}

#[test]
fn numbers_that_cannot_be_are_dropped_and_counted() {
    let (memory, _telemetry, tools) = start();
    let dropped = |reason| memory.value("telemetry_dropped_total", &[("reason", reason)]);
    assert_eq!(dropped("not_finite"), Some(0.0), "it is there before the first loss");
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        tools.level.set(wrong);
        tools.size.record(wrong);
    }
    tools.spent.add(f64::NAN);
    tools.spent.add(-1.0);
    tools.spent.add(0.5);
    assert_eq!(dropped("not_finite"), Some(7.0));
    assert_eq!(dropped("negative"), Some(1.0));
    assert_eq!(memory.value("tool_spent_dollars_total", &[]), Some(0.5));
    assert_eq!(memory.value("tool_size_bytes_count", &[("side", "left")]), Some(0.0));
    assert_eq!(memory.value("tool_level", &[]), None, "a late gauge was never set");
}

#[test]
fn values_past_a_limit_are_other_and_counted_and_series_are_counted() {
    let (memory, _telemetry, tools) = start();
    for tool in ["a", "b", "c", "d", "e", "a", "other", "d"] {
        tools.calls.row((tool, Side::Left)).add(1);
    }
    let calls = |tool| memory.value("tool_calls_total", &[("tool", tool), ("side", "left")]);
    assert_eq!((calls("a"), calls("d"), calls("other")), (Some(2.0), None, Some(4.0)));
    let of_calls = [("instrument", "tool.calls")];
    assert_eq!(memory.value("telemetry_overflow_total", &of_calls), Some(3.0));
    assert_eq!(memory.value("telemetry_series", &of_calls), Some(4.0));
    assert_eq!(memory.value("telemetry_series", &[("instrument", "tool.size")]), Some(1.0));
}

#[test]
fn rows_past_the_limit_share_the_row_of_other() {
    let (memory, _telemetry, tools) = start();
    for first in 0..60 {
        for second in 0..60 {
            tools.pairs.row((&format!("{first}"), &format!("{second}"))).add(1);
        }
    }
    let of_pairs = [("instrument", "tool.pairs")];
    let surplus = 3600.0 - (MAX_ROWS as f64 - 1.0);
    let other = [("first", "other"), ("second", "other")];
    assert_eq!(memory.value("tool_pairs_total", &other), Some(surplus));
    assert_eq!(memory.value("telemetry_overflow_total", &of_pairs), Some(surplus));
    assert_eq!(memory.value("telemetry_series", &of_pairs), Some(MAX_ROWS as f64));
}

#[test]
fn label_values_are_made_fit() {
    let (memory, _telemetry, tools) = start();
    let long = "x".repeat(128);
    for tool in ["a\"b", "line\nbreak\\", long.as_str()] {
        tools.calls.row((tool, Side::Right)).add(1);
        tools.calls.row((tool, Side::Right)).add(1);
    }
    for clean in ["a\"b", "line_break_", &long] {
        let labels = [("tool", clean), ("side", "right")];
        assert_eq!(memory.value("tool_calls_total", &labels), Some(2.0), "{clean}");
    }
}

#[test]
fn the_start_can_be_seen() {
    let (memory, telemetry, _tools) = start();
    assert_eq!(memory.value("telemetry_startup_total", &[]), Some(1.0));
    assert_eq!(memory.value("build_info", &[("version", "1.2.3")]), Some(1.0));
    let started = memory.value("process_start_time_seconds", &[]).unwrap();
    let alive = memory.value("telemetry_heartbeat_timestamp_seconds", &[]).unwrap();
    assert!(started > 1.7e9 && alive >= started, "{started} {alive}");
    telemetry.shutdown_blocking(Duration::from_secs(5)).unwrap();
    telemetry.shutdown_blocking(Duration::from_secs(5)).unwrap();
}

#[test]
fn two_instruments_that_would_be_one_series_are_refused() {
    let error = Telemetry::builder("test")
        .environment(Environment::default())
        .start::<(Tools, Clash)>()
        .unwrap_err()
        .to_string();
    for part in ["\"tool_calls\"", "\"clash\"", "\"tools\"", "\"tool_calls_total\""] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_domain_that_is_named_twice_is_refused() {
    let error = Telemetry::builder("test")
        .environment(Environment::default())
        .start::<(Tools, Tools)>()
        .unwrap_err()
        .to_string();
    assert!(error.contains("\"tools\"") && error.contains("once"), "{error}");
}

#[test]
fn telemetry_that_is_turned_off_records_nothing() {
    let memory = Memory::new();
    let (telemetry, tools) = Telemetry::builder("test")
        .backend(memory.clone())
        .environment([("OTEL_SDK_DISABLED", "true")].into_iter().collect())
        .start::<Tools>()
        .unwrap();
    tools.spent.add(1.0);
    assert_eq!(memory.text(), "");
    assert_eq!(telemetry.settings(), None);
    telemetry.shutdown_blocking(Duration::from_secs(1)).unwrap();
}

#[test]
fn a_backend_that_never_answers_does_not_hold_up_the_end() {
    #[derive(Debug)]
    struct Hangs;
    impl Backend for Hangs {
        fn flush(&self, _: Duration) -> Result<(), Error> {
            std::thread::park();
            Ok(())
        }
    }
    let (telemetry, ()) = Telemetry::builder("test")
        .backend(Hangs)
        .environment(Environment::default())
        .start::<()>()
        .unwrap();
    let start = Instant::now();
    let error = telemetry.shutdown_blocking(Duration::from_millis(200)).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert!(error.to_string().contains("custom: not done within 0.2 s"), "{error}");
}

#[test]
fn what_a_backend_could_not_deliver_is_told() {
    #[derive(Debug)]
    struct Fails;
    impl Backend for Fails {
        fn flush(&self, _: Duration) -> Result<(), Error> {
            Err(Error::new("reach the disk").because(std::io::Error::other("it is gone")))
        }
    }
    let (telemetry, ()) = Telemetry::builder("test")
        .backend(Fails)
        .environment(Environment::default())
        .start::<()>()
        .unwrap();
    let error = telemetry.flush_blocking(Duration::from_secs(5)).unwrap_err().to_string();
    assert_eq!(error, "flush telemetry: custom: reach the disk: it is gone");
}

#[cfg(not(feature = "scrape"))]
#[test]
fn a_backend_that_is_not_compiled_in_is_named_with_its_feature() {
    let error = Telemetry::builder("test")
        .environment([("OTEL_METRICS_EXPORTER", "prometheus")].into_iter().collect())
        .start::<()>()
        .unwrap_err()
        .to_string();
    assert!(error.contains("\"prometheus\"") && error.contains("`scrape`"), "{error}");
}

#[cfg(not(feature = "traces"))]
#[test]
fn spans_that_are_not_compiled_in_are_named_with_their_feature() {
    for exporter in ["otlp", "console"] {
        let error = Telemetry::builder("test")
            .environment([("OTEL_TRACES_EXPORTER", exporter)].into_iter().collect())
            .start::<()>()
            .unwrap_err()
            .to_string();
        assert!(error.contains("`traces`") && error.contains("OTEL_TRACES_EXPORTER"), "{error}");
    }
}

#[test]
fn an_event_that_cannot_be_is_counted_by_its_domain() {
    let memory = Memory::new();
    let meter = Meter::new(memory);
    meter.dropped(DropReason::Implausible);
    assert_eq!(meter.dropped_count(DropReason::Implausible), 1);
}
