//! A backend whose values can be read back, for tests.

use std::{
    ops::ControlFlow,
    sync::{Arc, OnceLock},
};

use crate::{
    Backend, Descriptor, Domain, Exposition, Format, Registered, Unit,
    store::{self, Family, Labels, Point, Store},
};

/// Keeps everything in memory, to be read back by tests.
///
/// ```
/// use botmeter_core::{Counter, Instrument, Meter, Unit, Memory};
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
pub struct Memory(Arc<OnceLock<Store>>);

impl Memory {
    /// An empty memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a series by its Prometheus name, or nothing if there is no
    /// such series. Labels come in any order. A histogram is asked for by
    /// `<name>_count` or `<name>_sum`.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let (family, part): (&str, fn(Point<'_>) -> f64) = match name.strip_suffix("_count") {
            Some(family) => (family, count),
            None => (name.strip_suffix("_sum").unwrap_or(name), value),
        };
        let mut found = None;
        each(self.0.get()?.family(family)?.as_ref(), |of, point| {
            let is_asked =
                of.len() == labels.len() && store::pairs(of).all(|pair| labels.contains(&pair));
            if is_asked {
                found = Some(part(point));
            }
        });
        found
    }

    /// Everything as a scraper would see it, sorted by name and labels.
    pub fn text(&self) -> String {
        let text = |store: &Store| Exposition::new(store, Format::Prometheus).all();
        self.0.get().map(text).unwrap_or_default()
    }

    /// Every number that some event moved, one line each as in
    /// [`text`](Self::text), but for what depends on the clock: a duration
    /// counts, and its seconds do not.
    ///
    /// So a test can compare all that an event did, and no more.
    ///
    /// ```
    /// use botmeter_core::{Histogram, Instrument, Meter, Unit, Memory, buckets};
    ///
    /// static DURATION: Instrument<Histogram, ()> =
    ///     Instrument::histogram("bot.duration", Unit::SECONDS, "How long it took.", buckets::WORK);
    ///
    /// let memory = Memory::new();
    /// DURATION.bind(&Meter::new(memory.clone()), ()).record(0.3);
    /// assert_eq!(memory.moved(), ["bot_duration_seconds_count 1"]);
    /// ```
    pub fn moved(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for family in self.families() {
            let name = family.identity().prometheus_name();
            let is_clock = family.identity().unit() == Unit::SECONDS.as_str();
            each(&family, |labels, point| {
                let mut line = |suffix: &str, value: f64| {
                    if value != 0.0 {
                        lines.push(format!("{name}{suffix}{} {value}", braces(labels)));
                    }
                };
                match (point, is_clock) {
                    (Point::Histogram { .. }, false) => {
                        line("_sum", value(point));
                        line("_count", count(point));
                    }
                    (Point::Histogram { .. }, true) => line("_count", count(point)),
                    (_, false) => line("", value(point)),
                    (_, true) => {}
                }
            });
        }
        lines
    }

    /// The instruments of a domain that no event has fed: all of their series,
    /// if there are any, are at zero.
    ///
    /// ```
    /// use botmeter_core::{Counter, Domain, Instrument, Memory, Meter, Unit};
    ///
    /// static RUNS: Instrument<Counter, ()> =
    ///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
    ///
    /// struct Bot(Counter);
    ///
    /// impl Domain for Bot {
    ///     const NAME: &'static str = "bot";
    ///     type Config = ();
    ///
    ///     fn register_with(meter: &Meter, (): ()) -> Self {
    ///         Self(RUNS.bind(meter, ()))
    ///     }
    /// }
    ///
    /// let memory = Memory::new();
    /// let bot = Bot::register(&Meter::new(memory.clone()));
    /// assert_eq!(memory.unfed::<Bot>(), ["bot.runs"]);
    /// bot.0.add(1);
    /// assert!(memory.unfed::<Bot>().is_empty());
    /// ```
    pub fn unfed<D: Domain>(&self) -> Vec<&'static str> {
        let mut fed = Vec::new();
        for family in self.families() {
            each(&family, |_, point| {
                if value(point) != 0.0 || count(point) > 0.0 {
                    fed.push(family.identity().name().to_owned());
                }
            });
        }
        let all = Registered::of::<D>().instruments.into_iter().map(Descriptor::name);
        all.filter(|name| !fed.iter().any(|fed| fed == name)).collect()
    }

    fn families(&self) -> Vec<Arc<Family>> {
        self.0.get().map(Store::families).unwrap_or_default()
    }
}

impl Backend for Memory {
    fn open(&self, store: &Store) -> Store {
        self.0.get_or_init(|| store.clone()).clone()
    }
}

fn each(family: &Family, mut see: impl FnMut(&Labels, Point<'_>)) {
    let _all_seen = family.read(None, &mut Vec::new(), |labels, _, point| {
        see(labels, point);
        ControlFlow::Continue(())
    });
}

/// The number of a series; of a histogram the sum.
fn value(point: Point<'_>) -> f64 {
    match point {
        Point::Counter(n) => n as f64,
        Point::UpDownCounter(n) => n as f64,
        Point::FloatCounter(x) | Point::Gauge(x) | Point::Histogram { sum: x, .. } => x,
    }
}

/// How many measurements a histogram has.
fn count(point: Point<'_>) -> f64 {
    match point {
        Point::Histogram { buckets, .. } => buckets.iter().sum::<u64>() as f64,
        _ => 0.0,
    }
}

fn braces(labels: &Labels) -> String {
    let texts: Vec<&str> = labels.iter().map(|label| label.text()).collect();
    if texts.is_empty() { String::new() } else { format!("{{{}}}", texts.join(",")) }
}
