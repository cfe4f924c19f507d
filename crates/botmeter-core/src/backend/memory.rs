//! A backend whose values can be read back, for tests.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Backend, Labels,
    series::{self, Series},
};
use crate::{Bound, Descriptor, Domain, Kind, Registered, Unit};

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
        let read = |family: &str, of: fn(&Series) -> f64| {
            let series = &families.get(family)?.series;
            let is_asked = |found: &[(&'static str, String)]| {
                found.len() == labels.len()
                    && labels.iter().all(|(k, v)| found.iter().any(|(fk, fv)| fk == k && fv == v))
            };
            let found = series.iter().find(|(found, _)| is_asked(found))?.1;
            Some(of(found))
        };
        if let Some(family) = name.strip_suffix("_count") {
            read(family, |series| series.count() as f64)
        } else {
            read(name.strip_suffix("_sum").unwrap_or(name), Series::value)
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
            let bounds = series::bounds(descriptor);
            for (labels, series) in series {
                series.write(&mut text, name, &pairs(labels), &bounds);
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
                let (open, close) = if labels.is_empty() { ("", "") } else { ("{", "}") };
                lines.push(format!("{name}{open}{labels}{close} {value}"));
            }
        };
        for (name, Family { descriptor, series }) in families.iter() {
            let is_clock = descriptor.unit() == Unit::SECONDS;
            for (labels, series) in series {
                let (labels, count) = (pairs(labels), series.count() as f64);
                match (descriptor.kind(), is_clock) {
                    (Kind::Histogram, false) => {
                        line(&format!("{name}_sum"), &labels, series.value());
                        line(&format!("{name}_count"), &labels, count);
                    }
                    (Kind::Histogram, true) => {
                        line(&format!("{name}_count"), &labels, count);
                    }
                    (_, false) => line(name, &labels, series.value()),
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
            series.any(|series| series.value() != 0.0 || series.count() > 0)
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
        let fresh = || Arc::new(Series::new(descriptor));
        Arc::clone(family.series.entry(labels).or_insert_with(fresh))
    }
}

impl Backend for Memory {
    fn counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<u64> {
        Bound::shared(self.series(descriptor, labels))
    }

    fn float_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        Bound::shared(self.series(descriptor, labels))
    }

    fn up_down_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<i64> {
        Bound::shared(self.series(descriptor, labels))
    }

    fn gauge(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        Bound::shared(self.series(descriptor, labels))
    }

    fn histogram(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        Bound::shared(self.series(descriptor, labels))
    }
}

fn pairs(labels: &[(&'static str, String)]) -> String {
    let written = |(key, value): &(_, String)| format!("{key}=\"{}\"", value.replace('"', "\\\""));
    labels.iter().map(written).collect::<Vec<_>>().join(",")
}

fn write_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}
