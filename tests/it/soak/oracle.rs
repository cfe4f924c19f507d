//! What the recorders remember, and what follows for the series.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use botmeter_core::ClosedLabel as _;
use integration_tests::{Families, Labels};

use super::load::{BOUNDS, Outcome, TOOK, TOOL_CALLS, TOOL_LIMIT, TOOLS, tool};

/// How often each thing was recorded.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub(super) plain: u64,
    pub(super) ended: [u64; 2],
    pub(super) spent: u64,
    pub(super) opened: u64,
    pub(super) open: i64,
    pub(super) times: [Took; 2],
    pub(super) tools: [Took; TOOLS],
}

/// How often it took how long.
type Took = [u64; TOOK.len()];

/// The values of samples, by their own name and their labels.
type Samples = BTreeMap<(String, Labels), f64>;

impl Default for Tally {
    fn default() -> Self {
        Self {
            plain: 0,
            ended: [0; 2],
            spent: 0,
            opened: 0,
            open: 0,
            times: [[0; TOOK.len()]; 2],
            tools: [[0; TOOK.len()]; TOOLS],
        }
    }
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.plain += other.plain;
        self.spent += other.spent;
        self.opened += other.opened;
        self.open += other.open;
        for (mine, other) in self.ended.iter_mut().zip(&other.ended) {
            *mine += other;
        }
        let mine = self.times.iter_mut().chain(&mut self.tools).flatten();
        for (mine, other) in mine.zip(other.times.iter().chain(&other.tools).flatten()) {
            *mine += other;
        }
    }

    /// How many events there were.
    pub(super) fn events(&self) -> u64 {
        self.plain
            + self.ended.iter().sum::<u64>()
            + self.spent
            + self.opened
            + self.times.iter().chain(&self.tools).flatten().sum::<u64>()
    }

    /// Every sample that there must be if these tools have series of their
    /// own: which ones were first is up to the threads.
    pub(super) fn expected(&self, own: &BTreeSet<String>) -> Result<Samples> {
        ensure!(own.len() == TOOL_LIMIT, "{} tools have series: {own:?}", own.len());
        let mut samples = Samples::new();
        let mut put = |name: &str, labels: &[(&str, &str)], value: f64| {
            samples.insert((name.to_owned(), labels_of(labels)), value);
        };
        put("soak_events_total", &[], self.plain as f64);
        put("soak_spent_dollars_total", &[], self.spent as f64 / 4.0);
        put("soak_open", &[], self.open as f64);
        let mut surplus = [0; TOOK.len()];
        let mut rows = Vec::new();
        for (number, took) in self.tools.iter().enumerate() {
            let name = tool(number);
            if own.contains(&name) {
                rows.push((name, *took));
            } else {
                surplus.iter_mut().zip(took).for_each(|(sum, count)| *sum += count);
            }
        }
        let surplus_count = surplus.iter().sum::<u64>() as f64;
        let instrument = [("instrument", TOOL_CALLS.descriptor().name())];
        put("telemetry_overflow_total", &instrument, surplus_count);
        rows.push(("other".to_owned(), surplus));
        for (name, took) in &rows {
            let labels = [("tool", name.as_str())];
            put("soak_tool_calls_total", &labels, took.iter().sum::<u64>() as f64);
        }
        for outcome in Outcome::ALL {
            let labels = [("outcome", outcome.as_str())];
            put("soak_ended_total", &labels, 3.0 * self.ended[outcome.index()] as f64);
        }
        for outcome in Outcome::ALL {
            let labels = [("outcome", outcome.as_str())];
            distribution(&mut samples, "soak_time_seconds", &labels, &self.times[outcome.index()]);
        }
        for (name, took) in &rows {
            distribution(&mut samples, "soak_tool_time_seconds", &[("tool", name)], took);
        }
        Ok(samples)
    }
}

fn distribution(samples: &mut Samples, name: &str, labels: &[(&str, &str)], took: &Took) {
    let below = |bound: f64| -> u64 {
        TOOK.iter().zip(took).filter(|(seconds, _)| **seconds <= bound).map(|(_, n)| n).sum()
    };
    let texts = BOUNDS.iter().map(|bound| (*bound, bound.to_string()));
    for (bound, text) in texts.chain([(f64::INFINITY, "+Inf".to_owned())]) {
        let mut labels = labels_of(labels);
        labels.insert("le".to_owned(), text);
        samples.insert((format!("{name}_bucket"), labels), below(bound) as f64);
    }
    let sum: f64 = TOOK.iter().zip(took).map(|(seconds, count)| seconds * *count as f64).sum();
    samples.insert((format!("{name}_sum"), labels_of(labels)), sum);
    samples.insert((format!("{name}_count"), labels_of(labels)), below(f64::INFINITY) as f64);
}

fn labels_of(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The tools that have series of their own.
pub(super) fn tools_of(families: &Families) -> Result<BTreeSet<String>> {
    let calls = families.get("soak_tool_calls_total").context("no tool was called")?;
    let names = calls.samples.keys().filter_map(|(_, labels)| labels.get("tool"));
    Ok(names.filter(|name| *name != "other").cloned().collect())
}

/// The samples of the run, and what was counted as past the limit.
pub(super) fn samples_of(families: &Families) -> Samples {
    let is_overflow = |(name, labels): &(String, Labels)| {
        name == "telemetry_overflow_total"
            && labels.get("instrument").is_some_and(|it| it == TOOL_CALLS.descriptor().name())
    };
    let all = families.values().flat_map(|family| &family.samples);
    all.filter(|(key, _)| key.0.starts_with("soak_") || is_overflow(key))
        .map(|(key, value)| (key.clone(), *value))
        .collect()
}
