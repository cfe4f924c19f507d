//! What is recorded, and how fast.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use botmeter_core::{
    ClosedLabel as _, Counter, Domain, FloatCounter, Histogram, Instrument, Meter, Table, Unit,
    UpDownCounter, closed_label, label::Each, open_label,
};

use super::{chance::Chance, oracle::Tally};

closed_label! {
    /// How it ended.
    pub(super) enum Outcome: "outcome" {
        /// Well.
        Success => "success",
        /// Badly.
        Error => "error",
    }
}

open_label! {
    /// A tool; there are more of them than may have series.
    pub(super) struct Tool: "tool", limit 32;
}

/// The limit of the label above.
pub(super) const TOOL_LIMIT: usize = 32;
pub(super) const TOOLS: usize = 2 * TOOL_LIMIT;
pub(super) const BOUNDS: &[f64] = &[0.5, 2.5];
/// How long things take: numbers whose sums are exact.
pub(super) const TOOK: [f64; 4] = [0.25, 0.75, 2.0, 8.0];

static EVENTS: Instrument<Counter, ()> =
    Instrument::counter("soak.events", Unit::of("{event}"), "Events without labels.");
static ENDED: Instrument<Counter, (Outcome,)> =
    Instrument::counter("soak.ended", Unit::of("{event}"), "Events by outcome.");
static SPENT: Instrument<FloatCounter, ()> =
    Instrument::float_counter("soak.spent.dollars", Unit::of("{USD}"), "Money.");
static OPEN: Instrument<UpDownCounter, ()> =
    Instrument::up_down_counter("soak.open", Unit::of("{event}"), "Goes up and down.");
static TIME: Instrument<Histogram, (Outcome,)> =
    Instrument::histogram("soak.time", Unit::SECONDS, "Durations by outcome.", BOUNDS);
pub(super) static TOOL_CALLS: Instrument<Counter, (Tool,)> =
    Instrument::counter("soak.tool.calls", Unit::of("{call}"), "Calls of tools.");
static TOOL_TIME: Instrument<Histogram, (Tool,)> =
    Instrument::histogram("soak.tool.time", Unit::SECONDS, "Durations by tool.", BOUNDS);

/// The instruments of the run.
pub(super) struct Soak {
    events: Counter,
    ended: Each<Outcome, Counter>,
    spent: FloatCounter,
    open: UpDownCounter,
    time: Each<Outcome, Histogram>,
    tools: Table<(Tool,), ToolRow>,
}

struct ToolRow {
    calls: Counter,
    time: Histogram,
}

impl Domain for Soak {
    const NAME: &'static str = "soak";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self {
            events: EVENTS.bind(meter, ()),
            ended: Each::new(|outcome| ENDED.bind(meter, (outcome,))),
            spent: SPENT.bind(meter, ()),
            open: OPEN.bind(meter, ()),
            time: Each::new(|outcome| TIME.bind(meter, (outcome,))),
            tools: Table::new(meter, &TOOL_CALLS, |meter, tool| ToolRow {
                calls: TOOL_CALLS.bind(meter, tool),
                time: TOOL_TIME.bind(meter, tool),
            }),
        }
    }
}

pub(super) fn tool(number: usize) -> String {
    format!("tool-{number}")
}

/// Records this many events a second, as far as the machine can, and remembers
/// each of them.
pub(super) fn record(soak: &Soak, mut chance: Chance, rate: u64, is_over: &AtomicBool) -> Tally {
    const MOST_AT_ONCE: u64 = 10_000;
    let names: Vec<String> = (0..TOOLS).map(tool).collect();
    let mut tally = Tally::default();
    let started = Instant::now();
    while !is_over.load(Ordering::Relaxed) {
        let due = started.elapsed().as_secs_f64() * rate as f64;
        let before = tally.events();
        while (tally.events() as f64) < due && tally.events() - before < MOST_AT_ONCE {
            one(soak, &mut chance, &names, &mut tally);
        }
        if tally.events() as f64 >= due {
            thread::sleep(Duration::from_millis(1));
        }
    }
    tally
}

fn one(soak: &Soak, chance: &mut Chance, names: &[String], tally: &mut Tally) {
    let outcome = Outcome::ALL[chance.below(2)];
    let took = chance.below(TOOK.len());
    match chance.below(8) {
        0 | 1 => {
            soak.events.add(1);
            tally.plain += 1;
        }
        2 => {
            soak.ended[outcome].add(3);
            tally.ended[outcome.index()] += 1;
        }
        3 => {
            soak.spent.add(0.25);
            tally.spent += 1;
        }
        4 => {
            let step = if chance.below(2) == 0 { 1 } else { -1 };
            soak.open.add(step);
            tally.opened += 1;
            tally.open += step;
        }
        5 | 6 => {
            soak.time[outcome].record(TOOK[took]);
            tally.times[outcome.index()][took] += 1;
        }
        _ => {
            let tool = chance.below(names.len());
            let row = soak.tools.row((&names[tool],));
            row.calls.add(1);
            row.time.record(TOOK[took]);
            tally.tools[tool][took] += 1;
        }
    }
}
