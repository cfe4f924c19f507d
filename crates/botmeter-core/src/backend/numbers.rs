//! The number of one series, the same whoever reads it.

use std::{
    fmt,
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
};

use crate::Sink;

/// A number of one series.
pub(super) trait Cell: fmt::Debug + Default + Send + Sync + 'static {
    /// What is read of it.
    type Number: Copy;

    fn read(&self) -> Self::Number;
}

/// A whole number that grows, up to `i64::MAX`: OTLP has no more, and a counter
/// that began again would be a loss that nobody sees.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Cell for Count {
    type Number = u64;

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed).min(MOST)
    }
}

impl Sink<u64> for Count {
    #[inline]
    fn record(&self, n: u64) {
        let before = self.0.fetch_add(n, Ordering::Relaxed);
        if before.checked_add(n).is_none_or(|sum| sum > MOST) {
            self.stop();
        }
    }
}

const MOST: u64 = i64::MAX.cast_unsigned();

impl Count {
    /// Grows to this number if it is below it.
    #[cfg(feature = "scrape")]
    pub(super) fn raise(&self, n: u64) {
        self.0.fetch_max(n, Ordering::Relaxed);
    }

    #[cold]
    fn stop(&self) {
        self.0.store(MOST, Ordering::Relaxed);
    }
}

/// A whole number that grows and shrinks. Beyond its ends it goes round, so
/// that it is right again once the mistake is taken back.
#[derive(Debug, Default)]
pub(super) struct Level(AtomicI64);

impl Cell for Level {
    type Number = i64;

    fn read(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Sink<i64> for Level {
    #[inline]
    fn record(&self, n: i64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }
}

/// A number with fractions that grows, up to `f64::MAX`: OTLP exports no
/// infinity.
#[derive(Debug, Default)]
pub(super) struct Amount(AtomicU64);

impl Cell for Amount {
    type Number = f64;

    fn read(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

impl Sink<f64> for Amount {
    #[inline]
    fn record(&self, x: f64) {
        let add = |bits| Some((f64::from_bits(bits) + x).min(f64::MAX).to_bits());
        // The closure always gives a number, so this always succeeds.
        let _before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

/// A number that is set.
#[derive(Debug, Default)]
pub(super) struct Reading(AtomicU64);

impl Cell for Reading {
    type Number = f64;

    fn read(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

#[cfg(feature = "scrape")]
impl Reading {
    /// Moves by a step.
    pub(super) fn step(&self, x: f64) {
        let add = |bits| Some((f64::from_bits(bits) + x).to_bits());
        // The closure always gives a number, so this always succeeds.
        let _before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

impl Sink<f64> for Reading {
    #[inline]
    fn record(&self, x: f64) {
        self.0.store(x.to_bits(), Ordering::Relaxed);
    }
}
