//! Samples made from a seed: what a scraper may meet, and worse.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Result, ensure};
use botmeter_core::{Descriptor, label::Values};
use botmeter_window::{Bounds, History, Labels, Rules, Target};
use fastrand::Rng;
use integration_tests::Stored;

use super::life::{Fate, Manner, life, times};

/// The bits of Prometheus' mark of an end.
pub(super) const ENDED: u64 = 0x7ff0_0000_0000_0002;

/// Times count from here, in milliseconds: a multiple of every step.
pub(super) const START: i64 = 1_800_000_000_000;

/// The same samples for the window and for Prometheus.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) history: History,
    pub(super) stored: Vec<Stored>,
    /// When the last page was read.
    pub(super) end: i64,
    /// The values of each label.
    pub(super) values: BTreeMap<String, Vec<String>>,
}

type Samples = Vec<(Labels, f64)>;

/// Samples by the times, counted from the start, at which they are found.
type Found = BTreeMap<i64, Samples>;

/// What a target told at a time; nothing, where it could not be read.
type Reading = (i64, Target, Samples);

impl Data {
    pub(super) fn random(rng: &mut Rng, manner: Manner) -> Result<Self> {
        let mut history = History::new(Bounds::default());
        let times = times(rng);
        let mut readings: Vec<Reading> = Vec::new();
        let mut read = |target, found: Found| {
            readings.extend(found.into_iter().map(|(at, samples)| (START + at, target, samples)));
        };
        for place in [("mail-bots", "a:1"), ("mail-bots", "b:1"), ("web-bots", "a:1")] {
            let target = history.add_target();
            let mut page: Found = times.iter().map(|at| (*at, Vec::new())).collect();
            for instrument in botmeter_catalogue::catalogue().instruments() {
                for labels in labels(rng, instrument, place, manner) {
                    let fate = Fate::of(rng, instrument);
                    let source = Source { name: instrument.prometheus_name(), labels, fate };
                    // What has times of its own is read late, or by others.
                    if manner == Manner::Hard && rng.bool() {
                        let life = life(rng, &times, manner, true);
                        read(history.add_target(), source.found(rng, &life, manner));
                    } else {
                        let life = life(rng, &times, manner, false);
                        for (at, samples) in source.found(rng, &life, manner) {
                            page.entry(at).or_default().extend(samples);
                        }
                    }
                }
            }
            for samples in page.values_mut() {
                if manner == Manner::Hard && rng.u8(..30) == 0 {
                    samples.clear();
                }
            }
            read(target, page);
        }
        let target_of_new = history.add_target();
        for source in of_rules(rng) {
            let life = life(rng, &times, manner, manner == Manner::Hard);
            read(history.add_target(), source.found(rng, &life, manner));
        }
        // A version that came a moment ago.
        let since = times.last().map_or(0, |last| last - 240_000);
        let new = times.iter().filter(|at| **at > since).map(|at| {
            let labels = [("job", "web-bots"), ("instance", "a:1"), ("version", "new")];
            (START + at, target_of_new, vec![(Labels::of("build_info", labels), 1.0)])
        });
        readings.extend(new);
        readings.sort_by_key(|(at, ..)| *at);
        let end = readings.last().map_or(START, |(at, ..)| *at);
        let stored = stored(&readings);
        for (at, target, samples) in readings {
            let told = history.append(target, at, samples)?;
            ensure!(told.refused == 0, "{} samples were refused", told.refused);
        }
        let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (key, value) in stored.iter().flat_map(|series| &series.labels) {
            values.entry(key.clone()).or_default().insert(value.clone());
        }
        let values = values.into_iter().map(|(key, values)| (key, values.into_iter().collect()));
        Ok(Self { history, end, values: values.collect(), stored })
    }
}

/// The series of one instrument, or of a rule, for one set of labels.
struct Source {
    name: String,
    labels: Vec<(&'static str, String)>,
    fate: Fate,
}

impl Source {
    fn found(mut self, rng: &mut Rng, life: &[(i64, bool)], manner: Manner) -> Found {
        let mut found = Found::new();
        // A process that begins late begins at zero.
        let begin = life.iter().position(|(_, is_there)| *is_there).unwrap_or(life.len());
        for (at, is_there) in &life[begin..] {
            let values = self.fate.next(rng, *at, manner);
            let samples = values.into_iter().map(|(ending, bound, value)| {
                let bound = bound.map(|bound| match bound {
                    f64::INFINITY => "+Inf".to_owned(),
                    bound => bound.to_string(),
                });
                let pairs = self.labels.iter().map(|(key, value)| (*key, value.as_str()));
                let pairs = pairs.chain(bound.as_deref().map(|bound| ("le", bound)));
                (Labels::of(&format!("{}{ending}", self.name), pairs), value)
            });
            found.insert(*at, if *is_there { samples.collect() } else { Vec::new() });
        }
        found
    }
}

/// Some sets of labels of an instrument.
fn labels(
    rng: &mut Rng,
    instrument: &'static Descriptor,
    (job, instance): (&str, &str),
    manner: Manner,
) -> BTreeSet<Vec<(&'static str, String)>> {
    let closed = instrument.labels().iter().filter_map(|label| match label.values() {
        Values::Closed(values) => Some(values.len()),
        Values::Open { .. } => None,
    });
    // A query for one value is to be answered somewhere: where all is plain,
    // every value is there.
    let every = closed.max().filter(|_| manner == Manner::Plain);
    let mut sets = BTreeSet::new();
    for number in 0..every.unwrap_or_else(|| rng.usize(1..=3)) {
        let mut set = vec![("job", job.to_owned()), ("instance", instance.to_owned())];
        for label in instrument.labels() {
            let values = match label.values() {
                Values::Closed(values) => values,
                Values::Open { .. } => &["alpha", "beta", "wei\"rd\\ grü\n\u{df}e"],
            };
            let is_every = every.is_some() && matches!(label.values(), Values::Closed(_));
            let at = if is_every { number % values.len() } else { rng.usize(..values.len()) };
            set.push((label.key(), values[at].to_owned()));
        }
        sets.insert(set);
    }
    sets
}

/// What rules would have recorded, and alerts.
fn of_rules(rng: &mut Rng) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut add = |name: &str, labels, fate| {
        sources.push(Source { name: name.to_owned(), labels, fate });
    };
    for job in ["mail-bots", "web-bots"] {
        let job = ("job", job.to_owned());
        for (_, board) in botmeter_catalogue::catalogue().boards() {
            for (name, ..) in Rules::of(board, &mut History::new(Bounds::default())).questions() {
                let recorded = board.recordings.iter().find(|recording| recording.name == name);
                let mut labels = vec![job.clone()];
                for label in recorded.map_or(&[][..], |recording| recording.labels) {
                    labels.push((label.key(), "alpha".to_owned()));
                }
                // The names of alerts have no colon.
                if name.starts_with("job") && name.contains(':') {
                    let value = rng.f64();
                    // Counts are never below zero.
                    let is_count = name.ends_with("increase1h");
                    let count = Fate::Grows { value, is_whole: rng.bool() };
                    add(name, labels, if is_count { count } else { Fate::Moves { value } });
                }
            }
        }
        for name in ["First", "Second"] {
            for severity in ["critical", "warning", "info"] {
                let state = if rng.bool() { "firing" } else { "pending" };
                let own = [("alertname", name), ("severity", severity), ("alertstate", state)];
                let own = own.map(|(key, value)| (key, value.to_owned()));
                let labels: Vec<_> = [job.clone()].into_iter().chain(own).collect();
                // Since when it is so is told beside the state.
                let since = Fate::Stays { value: 1_790_000_000.0 + name.len() as f64 };
                add("ALERTS_FOR_STATE", labels[..3].to_vec(), since);
                add("ALERTS", labels, Fate::Stays { value: 1.0 });
            }
        }
    }
    sources
}

/// The readings as series with marks, the first that came first.
fn stored(readings: &[Reading]) -> Vec<Stored> {
    let mut stored: Vec<Stored> = Vec::new();
    let mut places: HashMap<&Labels, usize> = HashMap::new();
    let mut last: HashMap<Target, BTreeSet<usize>> = HashMap::new();
    for (at, target, samples) in readings {
        let mut there = BTreeSet::new();
        let push = |place: usize, stored: &mut Vec<Stored>, bits| {
            stored[place].times.push(*at);
            stored[place].bits.push(bits);
        };
        for (labels, value) in samples {
            let place = *places.entry(labels).or_insert_with(|| {
                let labels = labels.pairs().map(|(key, value)| (key.to_owned(), value.to_owned()));
                stored.push(Stored {
                    labels: labels.collect(),
                    times: Vec::new(),
                    bits: Vec::new(),
                });
                stored.len() - 1
            });
            push(place, &mut stored, value.to_bits());
            there.insert(place);
        }
        for gone in last.get(target).into_iter().flatten().filter(|place| !there.contains(place)) {
            push(*gone, &mut stored, ENDED);
        }
        last.insert(*target, there);
    }
    stored
}
