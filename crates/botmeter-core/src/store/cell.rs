//! Cells: the number, or the numbers, of one series.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use super::series::Point;

/// What one series is at.
pub(crate) trait Cell: Send + Sync + 'static {
    /// What is recorded.
    type Number: Copy + Send + Sync + 'static;

    /// Adds, sets or observes, as the kind has it: one atomic operation, two
    /// for a histogram.
    fn record(&self, n: Self::Number);

    /// What it is at; `scratch` has room for buckets.
    fn read<'a>(&self, scratch: &'a mut Vec<u64>) -> Point<'a>;
}

/// A whole number that grows, up to `i64::MAX`: OTLP has no more, and a counter
/// that began again would be a loss that nobody sees.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

/// The most that a [`Count`] takes at once and shows.
pub(crate) const MOST: u64 = i64::MAX.cast_unsigned();

impl Cell for Count {
    type Number = u64;

    #[inline]
    fn record(&self, n: u64) {
        // Two numbers of at most `MOST` do not go round.
        if self.0.fetch_add(n, Ordering::Relaxed).wrapping_add(n) > MOST {
            self.stop();
        }
    }

    fn read<'a>(&self, _: &'a mut Vec<u64>) -> Point<'a> {
        Point::Counter(self.0.load(Ordering::Relaxed).min(MOST))
    }
}

impl Count {
    /// Sets the number if that lets it grow; by how much it did.
    pub(crate) fn at_least(&self, n: u64) -> u64 {
        let n = n.min(MOST);
        n.saturating_sub(self.0.fetch_max(n, Ordering::Relaxed))
    }

    #[cold]
    fn stop(&self) {
        self.0.store(MOST, Ordering::Relaxed);
    }
}

/// A whole number that grows and shrinks. Beyond its ends it goes round, so
/// that it is right again once the mistake is taken back.
#[derive(Debug, Default)]
pub(crate) struct Level(AtomicI64);

impl Cell for Level {
    type Number = i64;

    #[inline]
    fn record(&self, n: i64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    fn read<'a>(&self, _: &'a mut Vec<u64>) -> Point<'a> {
        Point::UpDownCounter(self.0.load(Ordering::Relaxed))
    }
}

/// A number with fractions that grows, up to `f64::MAX`: the rate of what is
/// infinite is no number.
#[derive(Debug, Default)]
pub(crate) struct Amount(AtomicU64);

impl Cell for Amount {
    type Number = f64;

    #[inline]
    fn record(&self, x: f64) {
        add_to(&self.0, x);
    }

    fn read<'a>(&self, _: &'a mut Vec<u64>) -> Point<'a> {
        Point::FloatCounter(f64::from_bits(self.0.load(Ordering::Relaxed)))
    }
}

/// A number that is set.
#[derive(Debug, Default)]
pub(crate) struct Reading(AtomicU64);

impl Cell for Reading {
    type Number = f64;

    #[inline]
    fn record(&self, x: f64) {
        self.0.store(x.to_bits(), Ordering::Relaxed);
    }

    fn read<'a>(&self, _: &'a mut Vec<u64>) -> Point<'a> {
        Point::Gauge(self.get())
    }
}

impl Reading {
    /// Where it stands.
    pub(crate) fn get(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }

    /// Moves the number; where it is now.
    pub(crate) fn step(&self, by: f64) -> f64 {
        let moved = |bits| (f64::from_bits(bits) + by).clamp(f64::MIN, f64::MAX);
        let step = |bits| Some(moved(bits).to_bits());
        let before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        before.map_or(by, moved)
    }

    /// Sets the number if it is higher than what stands there; whether it was.
    /// Neither may be below zero: then the bits are in the order of the numbers.
    pub(crate) fn raise(&self, x: f64) -> bool {
        self.0.fetch_max(x.to_bits(), Ordering::Relaxed) < x.to_bits()
    }
}

/// A number for each bucket, and the sum.
#[derive(Debug)]
pub(crate) struct Spread {
    bounds: Arc<[f64]>,
    /// One for each bound, and one for what is above the last.
    counts: Box<[AtomicU64]>,
    /// The bits of an `f64`.
    sum: AtomicU64,
}

impl Spread {
    pub(super) fn new(bounds: &Arc<[f64]>) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds: Arc::clone(bounds), counts, sum: AtomicU64::new(0) }
    }

    /// Which bucket the number belongs to: a bound is in the one below it.
    #[inline]
    pub(crate) fn bucket(&self, x: f64) -> usize {
        self.bounds.partition_point(|bound| *bound < x)
    }
}

impl Cell for Spread {
    type Number = f64;

    #[inline]
    fn record(&self, x: f64) {
        self.counts[self.bucket(x)].fetch_add(1, Ordering::Relaxed);
        add_to(&self.sum, x);
    }

    /// The count is that of the buckets, whatever is recorded meanwhile.
    fn read<'a>(&self, scratch: &'a mut Vec<u64>) -> Point<'a> {
        scratch.clear();
        scratch.extend(self.counts.iter().map(|count| count.load(Ordering::Relaxed)));
        Point::Histogram { buckets: scratch, sum: f64::from_bits(self.sum.load(Ordering::Relaxed)) }
    }
}

#[inline]
fn add_to(bits: &AtomicU64, x: f64) {
    let add = |bits| Some((f64::from_bits(bits) + x).min(f64::MAX).to_bits());
    // The closure always gives a number, so this always succeeds.
    let _before = bits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
}
