//! A backend whose values can be read back, for tests.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Backend, Labels};
use crate::{Bound, Descriptor, Domain, Kind, Registered, Sink, Unit};

/// Keeps everything in memory, to be read back by tests.
///
/// ```
/// use botmeter_core::{Counter, Instrument, Meter, Unit, backend::Memory};
///
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
///
/// let memory = Memory::new();
/// RUNS.bind(&Meter::new(memory.clone()), ()).add(2);
/// assert_eq!(memory.value("bot_runs_total", &[]), Some(2.0));
/// assert_eq!(
///     memory.text(),
///     "# HELP bot_runs_total Runs of bots.\n# TYPE bot_runs_total counter\nbot_runs_total 2\n"
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<BTreeMap<String, Family>>>);

#[derive(Debug)]
struct Family {
    descriptor: &'static Descriptor,
    series: BTreeMap<Vec<(&'static str, String)>, Arc<Series>>,
}

/// Sums for all kinds, buckets for histograms, behind one lock: reading back is
/// worth more here than speed.
#[derive(Debug)]
struct Series {
    buckets: &'static [f64],
    state: Mutex<State>,
}

#[derive(Debug, Default, Clone)]
struct State {
    value: f64,
    per_bucket: Vec<u64>,
}

impl Memory {
    /// An empty memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a series by its Prometheus name, or nothing if there is no
    /// such series. Labels come in any order. A histogram is asked for by
    /// `<name>_count` or `<name>_sum`.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |family: &str, of: fn(&State) -> f64| {
            let series = &families.get(family)?.series;
            let is_asked = |found: &[(&'static str, String)]| {
                found.len() == labels.len()
                    && labels.iter().all(|(k, v)| found.iter().any(|(fk, fv)| fk == k && fv == v))
            };
            let found = series.iter().find(|(found, _)| is_asked(found))?.1;
            Some(of(&found.read()))
        };
        if let Some(family) = name.strip_suffix("_count") {
            read(family, State::count)
        } else {
            read(name.strip_suffix("_sum").unwrap_or(name), |state| state.value)
        }
    }

    /// Everything as a scraper would see it, sorted by name and labels.
    pub fn text(&self) -> String {
        let families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for (name, Family { descriptor, series }) in families.iter() {
            if series.is_empty() {
                continue;
            }
            let kind = descriptor.kind().prometheus();
            write_line(&mut text, format_args!("# HELP {name} {}", descriptor.help()));
            write_line(&mut text, format_args!("# TYPE {name} {kind}"));
            for (labels, series) in series {
                write_series(&mut text, name, labels, series);
            }
        }
        text
    }

    /// Every number that some event moved, one line each as in
    /// [`text`](Self::text), but for what depends on the clock: a duration
    /// counts, and its seconds do not.
    ///
    /// So a test can compare all that an event did, and no more.
    ///
    /// ```
    /// use botmeter_core::{Histogram, Instrument, Meter, Unit, backend::Memory, buckets};
    ///
    /// static DURATION: Instrument<Histogram, ()> =
    ///     Instrument::histogram("bot.duration", Unit::SECONDS, "How long it took.", buckets::WORK);
    ///
    /// let memory = Memory::new();
    /// DURATION.bind(&Meter::new(memory.clone()), ()).record(0.3);
    /// assert_eq!(memory.moved(), ["bot_duration_seconds_count 1"]);
    /// ```
    pub fn moved(&self) -> Vec<String> {
        let families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        let mut line = |name: &str, labels: &str, value: f64| {
            if value != 0.0 {
                lines.push(format!("{name}{labels} {value}"));
            }
        };
        for (name, Family { descriptor, series }) in families.iter() {
            let is_clock = descriptor.unit() == Unit::SECONDS;
            for (labels, series) in series {
                let (labels, state) = (braces(labels, None), series.read());
                match (descriptor.kind(), is_clock) {
                    (Kind::Histogram, false) => {
                        line(&format!("{name}_sum"), &labels, state.value);
                        line(&format!("{name}_count"), &labels, state.count());
                    }
                    (Kind::Histogram, true) => {
                        line(&format!("{name}_count"), &labels, state.count());
                    }
                    (_, false) => line(name, &labels, state.value),
                    (_, true) => {}
                }
            }
        }
        lines
    }

    /// The instruments of a domain that no event has fed: all of their series,
    /// if there are any, are at zero.
    ///
    /// ```
    /// use botmeter_core::{SelfObservation, Domain, Meter, backend::Memory};
    ///
    /// let memory = Memory::new();
    /// SelfObservation::register(&Meter::new(memory.clone()));
    /// assert!(memory.unfed::<SelfObservation>().contains(&"telemetry.startup"));
    /// ```
    pub fn unfed<D: Domain>(&self) -> Vec<&'static str> {
        let families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fed = |descriptor: &Descriptor| {
            let family = families.get(&descriptor.prometheus_name());
            let mut series = family.iter().flat_map(|family| family.series.values());
            series.any(|series| {
                let state = series.read();
                state.value != 0.0 || state.count() > 0.0
            })
        };
        let all = Registered::of::<D>().instruments.into_iter();
        all.filter(|descriptor| !is_fed(descriptor)).map(Descriptor::name).collect()
    }

    fn series(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Arc<Series> {
        let mut families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let family = families
            .entry(descriptor.prometheus_name())
            .or_insert_with(|| Family { descriptor, series: BTreeMap::new() });
        let labels = labels.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        let series = family.series.entry(labels).or_insert_with(|| {
            let buckets = descriptor.buckets();
            let per_bucket = match descriptor.kind() {
                Kind::Histogram => vec![0; buckets.len() + 1],
                _ => Vec::new(),
            };
            Arc::new(Series { buckets, state: Mutex::new(State { value: 0.0, per_bucket }) })
        });
        Arc::clone(series)
    }
}

impl State {
    /// How many measurements a histogram has.
    fn count(&self) -> f64 {
        self.per_bucket.iter().sum::<u64>() as f64
    }
}

impl Backend for Memory {
    fn counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<u64> {
        Bound::to(Step(self.series(descriptor, labels)))
    }

    fn float_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        Bound::to(Step(self.series(descriptor, labels)))
    }

    fn up_down_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<i64> {
        Bound::to(Step(self.series(descriptor, labels)))
    }

    fn gauge(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        Bound::to(Set(self.series(descriptor, labels)))
    }

    fn histogram(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        Bound::to(Observe(self.series(descriptor, labels)))
    }
}

impl Series {
    fn read(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[derive(Debug)]
struct Step(Arc<Series>);

impl Sink<u64> for Step {
    fn record(&self, n: u64) {
        self.0.change(|state| state.value += n as f64);
    }
}

impl Sink<i64> for Step {
    fn record(&self, n: i64) {
        self.0.change(|state| state.value += n as f64);
    }
}

impl Sink<f64> for Step {
    fn record(&self, x: f64) {
        self.0.change(|state| state.value += x);
    }
}

#[derive(Debug)]
struct Set(Arc<Series>);

impl Sink<f64> for Set {
    fn record(&self, x: f64) {
        self.0.change(|state| state.value = x);
    }
}

#[derive(Debug)]
struct Observe(Arc<Series>);

impl Sink<f64> for Observe {
    fn record(&self, x: f64) {
        let bucket = self.0.buckets.partition_point(|bound| *bound < x);
        self.0.change(|state| {
            state.value += x;
            state.per_bucket[bucket] += 1;
        });
    }
}

fn write_series(text: &mut String, name: &str, labels: &[(&'static str, String)], series: &Series) {
    let State { value, per_bucket } = series.read();
    if per_bucket.is_empty() {
        write_line(text, format_args!("{name}{} {value}", braces(labels, None)));
        return;
    }
    let mut below = 0;
    for (at, count) in per_bucket.iter().enumerate() {
        below += count;
        let bound = series.buckets.get(at).map_or_else(|| "+Inf".to_owned(), f64::to_string);
        let labels = braces(labels, Some(&bound));
        write_line(text, format_args!("{name}_bucket{labels} {below}"));
    }
    let labels = braces(labels, None);
    write_line(text, format_args!("{name}_sum{labels} {value}"));
    write_line(text, format_args!("{name}_count{labels} {below}"));
}

fn braces(labels: &[(&'static str, String)], bound: Option<&str>) -> String {
    let mut pairs: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}=\"{}\"", value.replace('"', "\\\"")))
        .collect();
    pairs.extend(bound.map(|bound| format!("le=\"{bound}\"")));
    if pairs.is_empty() { String::new() } else { format!("{{{}}}", pairs.join(",")) }
}

fn write_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}
