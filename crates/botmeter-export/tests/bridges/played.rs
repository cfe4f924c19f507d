//! Something of every kind, with label values that are hard to carry.

use std::thread;

use botmeter_core::{
    Counter, Descriptor, FloatCounter, Gauge, Histogram, Instrument, Memory, Meter, Table, Unit,
    UpDownCounter, buckets, closed_label, open_label,
};

closed_label! {
    /// How it ended.
    pub(super) enum Status: "status" {
        /// Well.
        Success => "success",
        /// Badly.
        Error => "error",
    }
}

open_label! {
    /// A tool.
    pub(super) struct Tool: "tool", limit 20;
}

pub(super) static CALLS: Instrument<Counter, (Tool, Status)> =
    Instrument::counter("tool.calls", Unit::of("{call}"), "Calls of a tool.");
pub(super) static SPENT: Instrument<FloatCounter, (Tool,)> =
    Instrument::float_counter("tool.spent.dollars", Unit::of("{USD}"), "Money.");
pub(super) static BUSY: Instrument<UpDownCounter, (Tool,)> =
    Instrument::up_down_counter("tool.busy", Unit::of("{call}"), "Calls that go on.");
pub(super) static LEVEL: Instrument<Gauge, ()> =
    Instrument::gauge("tool.level", Unit::RATIO, "A level.");
pub(super) static DURATION: Instrument<Histogram, (Tool,)> =
    Instrument::histogram("tool.duration", Unit::SECONDS, "How long a call took.", buckets::FAST);

pub(super) const ALL: [&Descriptor; 5] = [
    CALLS.descriptor(),
    SPENT.descriptor(),
    BUSY.descriptor(),
    LEVEL.descriptor(),
    DURATION.descriptor(),
];

struct Row {
    ends: [Counter; 2],
    spent: FloatCounter,
    busy: UpDownCounter,
    duration: Histogram,
}

impl Row {
    fn bind(meter: &Meter, tool: &str) -> Self {
        Self {
            ends: [Status::Success, Status::Error].map(|status| CALLS.bind(meter, (tool, status))),
            spent: SPENT.bind(meter, (tool,)),
            busy: BUSY.bind(meter, (tool,)),
            duration: DURATION.bind_late(meter, (tool,)),
        }
    }

    fn play(&self) {
        for at in 0..100_u32 {
            self.busy.add(2);
            self.ends[usize::from(at % 3 == 0)].add(u64::from(at));
            // Fractions of two, which add up to the same in any order.
            self.spent.add(f64::from(at) / 4.0);
            self.duration.record(f64::from(at) / 8.0);
            self.busy.add(-1);
        }
    }
}

/// Plays on four threads; how much is there of it in our own store.
pub(super) fn play(meter: &Meter) {
    let rows: Table<(Tool,), Row> =
        Table::new(meter, &CALLS, |meter, (tool,): (&str,)| Row::bind(meter, tool));
    let long = "l".repeat(1000);
    let tools = ["search", "quo\"ted", "back\\slash", "new\nline", "ünïcödé", "", &long];
    let tools: Vec<String> = tools
        .into_iter()
        .map(str::to_owned)
        .chain((0..20).map(|surplus| format!("tool-{surplus}")))
        .collect();
    for tool in &tools {
        rows.row((tool,));
    }
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| tools.iter().for_each(|tool| rows.row((tool,)).play()));
        }
    });
    let level = LEVEL.bind_late(meter, ());
    level.set(0.25);
    level.raise(0.75);
    level.step(-0.5);
}

/// The lines of a page that are series, each with its labels sorted.
pub(super) fn series(page: &str) -> Vec<String> {
    let lines = page.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut all: Vec<_> = lines.map(sorted).collect();
    all.sort();
    all
}

/// The values that are played have no `",` in them.
fn sorted(line: &str) -> String {
    let Some((name, rest)) = line.split_once('{') else { return line.to_owned() };
    let (labels, value) = rest.rsplit_once("\"} ").unwrap();
    let mut labels: Vec<&str> = labels.split("\",").collect();
    labels.sort_unstable();
    format!("{name}{{{}\"}} {value}", labels.join("\","))
}

/// What the page has of it.
pub(super) fn page(memory: &Memory) -> Vec<String> {
    let page = series(&memory.text());
    assert!(page.len() > 400, "{}", page.len());
    page
}
