//! What a handle of `metrics` records into. Its macros let any number through,
//! and any kind under any name.

use std::sync::Arc;

use botmeter_core::{
    Counter, DropReason, Error, FloatCounter, Gauge, Histogram, Kind, Meter, UpDownCounter,
    problem, store::Identity,
};
use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::known::Once;

/// One series, of the kind that its name has.
pub(super) enum Series {
    Counter(Counter),
    FloatCounter(FloatCounter),
    UpDownCounter(UpDownCounter),
    Gauge(Gauge),
    Histogram(Histogram),
    /// There is none, which was said.
    Lost,
}

impl Series {
    /// The series of these labels for a macro of kind `asked`.
    pub(super) fn bind<'a>(
        meter: &Meter,
        identity: Identity,
        labels: impl Iterator<Item = (&'a str, &'a str)>,
        asked: Kind,
    ) -> Result<Self, Error> {
        use Kind::{Counter, FloatCounter, Gauge, Histogram, UpDownCounter};
        Ok(match (asked, identity.kind()) {
            (Counter, Counter) => Self::Counter(meter.foreign_within_limits(identity, labels)?),
            (Counter | Gauge, FloatCounter) => {
                Self::FloatCounter(meter.foreign_within_limits(identity, labels)?)
            }
            (Gauge, UpDownCounter) => {
                Self::UpDownCounter(meter.foreign_within_limits(identity, labels)?)
            }
            (Gauge, Gauge) => Self::Gauge(meter.foreign_within_limits(identity, labels)?),
            (Histogram, Histogram) => {
                Self::Histogram(meter.foreign_within_limits(identity, labels)?)
            }
            (_, known) => {
                return Err(Error::new(format!(
                    "record {:?} as a {}: it is a {} already; rename one of them",
                    identity.name(),
                    asked.word(),
                    known.word(),
                )));
            }
        })
    }
}

/// What the macros of one key record with.
pub(super) struct Foreign {
    name: Box<str>,
    series: Series,
    meter: Meter,
    once: Arc<Once>,
}

impl Foreign {
    pub(super) fn new(name: &str, series: Series, meter: &Meter, once: &Arc<Once>) -> Self {
        Self { name: name.into(), series, meter: meter.clone(), once: Arc::clone(once) }
    }

    /// Counts what the series cannot take.
    #[cold]
    fn dropped(&self, what: &str) {
        self.meter.dropped(DropReason::Implausible);
        if !matches!(self.series, Series::Lost) {
            self.once.tell(&self.name, || {
                problem!(
                    warn,
                    name = &*self.name,
                    "a name of botmeter is recorded through `metrics` by {what}, which its kind \
                     cannot do: it is dropped"
                );
            });
        }
    }

    fn step(&self, x: f64) {
        match &self.series {
            Series::Gauge(gauge) => gauge.step(x),
            Series::FloatCounter(counter) => counter.add(x),
            Series::UpDownCounter(counter) => match whole(x) {
                Some(n) => counter.add(n),
                None => self.dropped("a step that is no whole number"),
            },
            Series::Counter(_) | Series::Histogram(_) | Series::Lost => self.dropped("steps"),
        }
    }
}

/// Up to where every whole number is an `f64` as well.
const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;

#[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
fn whole(x: f64) -> Option<i64> {
    (x.fract() == 0.0 && x.abs() <= MOST_WHOLE).then_some(x as i64)
}

impl CounterFn for Foreign {
    fn increment(&self, n: u64) {
        match &self.series {
            Series::Counter(counter) => counter.add(n),
            Series::FloatCounter(counter) => counter.add(n as f64),
            _ => self.dropped("steps"),
        }
    }

    fn absolute(&self, n: u64) {
        match &self.series {
            Series::Counter(counter) => counter.at_least(n),
            _ => self.dropped("a total"),
        }
    }
}

impl GaugeFn for Foreign {
    fn increment(&self, x: f64) {
        self.step(x);
    }

    fn decrement(&self, x: f64) {
        self.step(-x);
    }

    fn set(&self, x: f64) {
        match &self.series {
            Series::Gauge(gauge) => gauge.set(x),
            _ => self.dropped("a value that is set"),
        }
    }
}

impl HistogramFn for Foreign {
    fn record(&self, x: f64) {
        match &self.series {
            Series::Histogram(histogram) => histogram.record(x),
            _ => self.dropped("observations"),
        }
    }
}
