//! Where the measurements of one series go, unless it is a histogram's: the
//! handles of `metrics`, as they are, so that a held handle costs what theirs
//! costs.

use crate::Sink;

/// Counts up.
#[derive(Debug)]
pub(super) struct Add(pub(super) metrics::Counter);

impl Sink<u64> for Add {
    #[inline]
    fn record(&self, n: u64) {
        self.0.increment(n);
    }
}

/// Moves by steps, with fractions or down.
#[derive(Debug)]
pub(super) struct Move(pub(super) metrics::Gauge);

impl Sink<f64> for Move {
    #[inline]
    fn record(&self, x: f64) {
        self.0.increment(x);
    }
}

impl Sink<i64> for Move {
    #[inline]
    fn record(&self, n: i64) {
        self.0.increment(n as f64);
    }
}

/// Has the last value.
#[derive(Debug)]
pub(super) struct Set(pub(super) metrics::Gauge);

impl Sink<f64> for Set {
    #[inline]
    fn record(&self, x: f64) {
        self.0.set(x);
    }
}
