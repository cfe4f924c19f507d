//! What limits do to label values: it is counted with every event, and said
//! once.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use botmeter_core::{
    Counter, Domain, Histogram, Instrument, MAX_ROWS, Memory, Meter, Table, Unit, buckets,
    closed_label, open_label,
};
use botmeter_telemetry::{Environment, Telemetry};

use witness::logged;

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
static TIME: Instrument<Histogram, (Tool,)> =
    Instrument::histogram("tool.time", Unit::SECONDS, "How long calls took.", buckets::FAST);
static PAIRS: Instrument<Counter, (First, Second)> =
    Instrument::counter("tool.pairs", Unit::of("{pair}"), "Pairs.");

/// All handles of one tool, as domains have them.
#[derive(Debug)]
struct Row {
    left: Counter,
    time: Histogram,
}

#[derive(Debug)]
struct Tools {
    meter: Meter,
    rows: Table<(Tool,), Row>,
    pairs: Table<(First, Second), Counter>,
}

impl Domain for Tools {
    const NAME: &'static str = "tools";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        let bind = |meter: &Meter, (tool,): (&str,)| Row {
            left: CALLS.bind(meter, (tool, Side::Left)),
            time: TIME.bind(meter, (tool,)),
        };
        Self {
            meter: meter.clone(),
            rows: Table::new(meter, &CALLS, bind),
            pairs: PAIRS.table(meter),
        }
    }
}

impl Tools {
    fn call(&self, tool: &str) {
        let row = self.rows.row((tool,));
        row.left.add(1);
        row.time.record(0.3);
    }
}

fn start() -> (Memory, Telemetry, Tools) {
    let memory = Memory::new();
    let (telemetry, tools) = Telemetry::builder("test")
        .backend(memory.clone())
        .environment(Environment::default())
        .start::<Tools>()
        .unwrap();
    (memory, telemetry, tools)
}

fn overflow(memory: &Memory, instrument: &str) -> Option<f64> {
    memory.value("telemetry_overflow_total", &[("instrument", instrument)])
}

fn calls(memory: &Memory, tool: &str) -> Option<f64> {
    memory.value("tool_calls_total", &[("tool", tool), ("side", "left")])
}

/// The path of a model, with its name at the end.
fn long(name: &str) -> String {
    format!("projects/{}/models/{name}", "p".repeat(150))
}

#[test]
fn texts_that_differ_only_after_128_bytes_stay_apart_and_are_counted() {
    let (memory, _telemetry, tools) = start();
    assert_eq!(overflow(&memory, "tool.calls"), None);
    let log = logged(|| {
        for model in ["fast", "slow", "fast"] {
            tools.call(&long(model));
        }
    });
    let text = memory.text();
    let counts: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("tool_calls_total{"))
        .map(|line| line.rsplit_once(' ').unwrap().1)
        .collect();
    assert!(counts == ["1", "2"] || counts == ["2", "1"], "{text}");
    assert_eq!(overflow(&memory, "tool.calls"), Some(3.0));
    assert_eq!(
        log,
        " WARN a value of a label is longer than it may be: it was cut, and what was cut off is \
         told apart by a number; events are counted in telemetry_overflow_total label=\"tool\" \
         limit_bytes=128\n"
    );
}

#[test]
fn every_event_through_a_held_handle_of_a_surplus_row_is_counted() {
    let (memory, _telemetry, tools) = start();
    for tool in ["a", "b", "c"] {
        tools.call(tool);
    }
    let (surplus, known) = (tools.rows.row(("d",)), tools.rows.row(("a",)));
    assert_eq!(overflow(&memory, "tool.calls"), Some(0.0), "nothing happened yet");
    for _ in 0..1000 {
        surplus.left.add(1);
        surplus.time.record(0.3);
        known.left.add(1);
    }
    assert_eq!(calls(&memory, "other"), Some(1000.0));
    assert_eq!(overflow(&memory, "tool.calls"), Some(1000.0));
    assert_eq!(overflow(&memory, "tool.time"), Some(0.0), "an event is counted once");
}

#[test]
fn every_event_through_a_handle_that_was_bound_by_itself_is_counted() {
    let (memory, _telemetry, tools) = start();
    for tool in ["a", "b", "c"] {
        tools.call(tool);
    }
    let surplus = CALLS.bind(&tools.meter, ("d", Side::Right));
    let late = TIME.bind_late(&tools.meter, ("e",));
    for _ in 0..10 {
        surplus.add(1);
        late.record(0.1);
    }
    assert_eq!(overflow(&memory, "tool.calls"), Some(10.0));
    assert_eq!(overflow(&memory, "tool.time"), Some(10.0));
}

#[test]
fn other_is_a_name_like_any_until_a_limit_makes_it() {
    let (memory, _telemetry, tools) = start();
    for tool in ["other", "a", "b", "c", "other", "d", "other", "e"] {
        tools.call(tool);
    }
    assert_eq!(calls(&memory, "other"), Some(5.0));
    assert_eq!(overflow(&memory, "tool.calls"), Some(2.0));
    let series = memory.value("telemetry_series", &[("instrument", "tool.calls")]);
    assert_eq!(series, Some(4.0), "both are one series");
}

#[test]
fn an_event_past_both_limits_is_counted_once() {
    let (memory, _telemetry, tools) = start();
    for first in 0..60 {
        for second in 0..60 {
            tools.pairs.row((&first.to_string(), &second.to_string()));
        }
    }
    assert_eq!(overflow(&memory, "tool.pairs"), Some(0.0));
    tools.pairs.row(("one more", "of both")).add(1);
    assert_eq!(overflow(&memory, "tool.pairs"), Some(1.0));
    let series = memory.value("telemetry_series", &[("instrument", "tool.pairs")]);
    assert_eq!(series, Some(MAX_ROWS as f64));
}

#[test]
fn the_first_value_past_each_limit_is_said_once() {
    let (_memory, telemetry, tools) = start();
    let log = logged(|| {
        for tool in ["a", "b", "c", "secret one", "secret two", "secret one"] {
            tools.call(tool);
        }
        for first in 0..62 {
            for second in 0..60 {
                tools.pairs.row((&first.to_string(), &second.to_string())).add(1);
            }
        }
    });
    assert_eq!(
        log,
        " WARN a label has as many values as it may: others become `other`, and their events are \
         counted in telemetry_overflow_total; see what the program puts into the label, or \
         raise the limit with `Builder::limit` \
         label=\"tool\" limit=3\n \
         WARN an instrument has as many sets of label values as it may: the values of others \
         become `other`, and their events are counted in telemetry_overflow_total \
         instrument=\"tool.pairs\" limit=2000\n \
         WARN a label has as many values as it may: others become `other`, and their events are \
         counted in telemetry_overflow_total; see what the program puts into the label, or \
         raise the limit with `Builder::limit` \
         label=\"first\" limit=60\n"
    );
    telemetry.shutdown_blocking(Duration::from_secs(5)).unwrap();
}
