//! Where the measurements of one series of a histogram go.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::Sink;

/// A number for each bucket, and the sum.
///
/// A measurement is counted where it is made, so nothing waits, nothing takes
/// memory, and nothing can be lost on the way.
#[derive(Debug)]
pub(super) struct Spread {
    bounds: &'static [f64],
    /// One for each bound, and one for what is above the last.
    counts: Box<[AtomicU64]>,
    /// The bits of an `f64`.
    sum: AtomicU64,
}

impl Spread {
    /// Nothing was measured yet.
    pub(super) fn new(bounds: &'static [f64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    #[inline]
    fn put(&self, x: f64) {
        let bucket = self.bounds.partition_point(|bound| *bound < x);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        let add = |bits| Some((f64::from_bits(bits) + x).to_bits());
        // The closure always gives a number, so this always succeeds.
        let _before = self.sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// How many measurements there were, and their sum.
    pub(super) fn read(&self) -> (u64, f64) {
        let count = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        (count, f64::from_bits(self.sum.load(Ordering::Relaxed)))
    }

    /// Writes a line for each bucket, the sum and the count. The count is that
    /// of the buckets, whatever is recorded meanwhile.
    pub(super) fn write(&self, page: &mut String, family: &str, labels: &str, bounds: &[String]) {
        let comma = if labels.is_empty() { "" } else { "," };
        let mut below = 0;
        for (bound, count) in bounds.iter().zip(&self.counts) {
            below += count.load(Ordering::Relaxed);
            // Writing to a string cannot fail.
            let _written =
                writeln!(page, "{family}_bucket{{{labels}{comma}le=\"{bound}\"}} {below}");
        }
        let sum = f64::from_bits(self.sum.load(Ordering::Relaxed));
        let (open, close) = if labels.is_empty() { ("", "") } else { ("{", "}") };
        let _written = writeln!(page, "{family}_sum{open}{labels}{close} {sum}");
        let _written = writeln!(page, "{family}_count{open}{labels}{close} {below}");
    }
}

impl Sink<f64> for Spread {
    #[inline]
    fn record(&self, x: f64) {
        self.put(x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spread: &Spread) -> String {
        let mut page = String::new();
        let bounds = ["0.5", "1", "+Inf"].map(str::to_owned);
        spread.write(&mut page, "x", "", &bounds);
        page
    }

    #[test]
    fn a_bound_belongs_to_the_bucket_below_it() {
        let spread = Spread::new(&[0.5, 1.0]);
        for x in [-1.0, 0.5, 0.75, 1.0, 1.25, f64::MAX] {
            Sink::record(&spread, x);
        }
        let buckets = "x_bucket{le=\"0.5\"} 2\nx_bucket{le=\"1\"} 4\nx_bucket{le=\"+Inf\"} 6\n";
        assert_eq!(text(&spread), format!("{buckets}x_sum {}\nx_count 6\n", f64::MAX));
    }

    #[test]
    fn nothing_is_lost_while_it_is_read() {
        let spread = Spread::new(&[0.5, 1.0]);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100_000 {
                        Sink::record(&spread, 0.75);
                    }
                });
            }
            for _ in 0..200 {
                let text = text(&spread);
                let value = |name: &str| {
                    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
                    line.trim().to_owned()
                };
                assert_eq!(value("x_bucket{le=\"+Inf\"}"), value("x_count"));
            }
        });
        assert!(text(&spread).ends_with("x_sum 300000\nx_count 400000\n"), "{}", text(&spread));
    }
}
