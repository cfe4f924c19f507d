//! Who records into one of our series through the macros of `metrics`, which
//! let any number through, and any kind under any name.

use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::super::series::Series;
use crate::Sink;

impl CounterFn for Series {
    fn increment(&self, n: u64) {
        Sink::<u64>::record(self, n);
    }

    fn absolute(&self, n: u64) {
        if let Self::Count(count) = self {
            count.raise(n);
        }
    }
}

impl GaugeFn for Series {
    fn increment(&self, x: f64) {
        self.step(x);
    }

    fn decrement(&self, x: f64) {
        self.step(-x);
    }

    fn set(&self, x: f64) {
        if let Self::Reading(reading) = self
            && x.is_finite()
        {
            reading.record(x);
        }
    }
}

impl Series {
    #[expect(clippy::cast_possible_truncation, reason = "the steps of such a number are whole")]
    fn step(&self, x: f64) {
        match self {
            Self::Level(level) => level.record(x as i64),
            Self::Reading(reading) if x.is_finite() => reading.step(x),
            Self::Amount(amount) if x.is_finite() && x >= 0.0 => amount.record(x),
            _ => {}
        }
    }
}

impl HistogramFn for Series {
    fn record(&self, x: f64) {
        if let Self::Spread(spread) = self
            && x.is_finite()
            && x >= 0.0
        {
            spread.record(x);
        }
    }
}
