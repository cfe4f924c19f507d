//! Quantiles of histograms.

/// Counts that differ relatively by less than this are equal: it is what
/// adding up rates leaves.
const SAME: f64 = 1e-12;

/// A bucket: its upper bound, and how much lies at or below it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) bound: f64,
    pub(crate) count: f64,
}

/// The value that this share of the observations does not exceed, taking those
/// of one bucket to lie evenly; NaN where that makes no sense.
pub(crate) fn quantile(share: f64, mut buckets: Vec<Bucket>) -> f64 {
    if share.is_nan() {
        return f64::NAN;
    }
    if share < 0.0 {
        return f64::NEG_INFINITY;
    }
    if share > 1.0 {
        return f64::INFINITY;
    }
    buckets.sort_by(|a, b| a.bound.total_cmp(&b.bound));
    merge(&mut buckets);
    straighten(&mut buckets);
    let [inner @ .., last] = buckets.as_slice() else { return f64::NAN };
    let Some(highest) = inner.last() else { return f64::NAN };
    if last.bound != f64::INFINITY || last.count == 0.0 {
        return f64::NAN;
    }
    let rank = share * last.count;
    let at = inner.partition_point(|bucket| bucket.count < rank);
    let Some(bucket) = inner.get(at) else { return highest.bound };
    let below = match at.checked_sub(1).and_then(|before| inner.get(before)) {
        Some(before) => *before,
        None if bucket.bound <= 0.0 => return bucket.bound,
        None => Bucket { bound: 0.0, count: 0.0 },
    };
    let part = (rank - below.count) / (bucket.count - below.count);
    below.bound + (bucket.bound - below.bound) * part
}

/// Adds up buckets whose bounds are spelt differently and equal.
#[expect(clippy::float_cmp, reason = "bounds are not computed")]
fn merge(buckets: &mut Vec<Bucket>) {
    buckets.dedup_by(|next, kept| {
        let is_same = next.bound == kept.bound;
        if is_same {
            kept.count += next.count;
        }
        is_same
    });
}

/// A bucket holds at least what the one before holds. Where it does not, the
/// two were read at different times, or rounding made the difference.
fn straighten(buckets: &mut [Bucket]) {
    let Some(first) = buckets.first() else { return };
    let mut before = first.count;
    for bucket in buckets {
        if bucket.count < before || is_same(bucket.count, before) {
            bucket.count = before;
        } else {
            before = bucket.count;
        }
    }
}

#[expect(clippy::float_cmp, reason = "what is equal is the same")]
fn is_same(a: f64, b: f64) -> bool {
    let (sum, difference) = (a.abs() + b.abs(), (a - b).abs());
    if a == b {
        true
    } else if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        difference < SAME * f64::MIN_POSITIVE
    } else {
        difference / sum.min(f64::MAX) < SAME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(share: f64, buckets: &[(f64, f64)]) -> f64 {
        let buckets = buckets.iter().map(|(bound, count)| Bucket { bound: *bound, count: *count });
        quantile(share, buckets.collect())
    }

    fn is(value: f64, expected: f64) {
        assert_eq!(value.to_bits(), expected.to_bits(), "{value} is not {expected}");
    }

    const INFINITE: f64 = f64::INFINITY;

    #[test]
    fn observations_lie_evenly_in_their_bucket() {
        // The third of four is the first of two in the bucket from 1 to 2.
        is(of(0.75, &[(INFINITE, 4.0), (1.0, 2.0), (2.0, 4.0)]), 1.5);
        // The lowest bucket begins at zero, unless it ends there.
        is(of(0.25, &[(1.0, 2.0), (INFINITE, 4.0)]), 0.5);
        is(of(0.25, &[(-1.0, 2.0), (INFINITE, 4.0)]), -1.0);
        // What lies beyond the highest bound is only known to lie there.
        is(of(0.9, &[(1.0, 2.0), (INFINITE, 4.0)]), 1.0);
    }

    #[test]
    fn buckets_that_fall_are_raised() {
        is(of(1.0, &[(1.0, 4.0), (2.0, 3.0), (INFINITE, 4.0)]), 1.0);
        // 4 and this differ by rounding alone, so the bucket before has all.
        let rounded = 4.0 + 4.0 * f64::EPSILON;
        is(of(1.0, &[(1.0, 4.0), (2.0, rounded), (INFINITE, rounded)]), 1.0);
    }

    #[test]
    fn bounds_that_are_equal_are_one_bucket() {
        is(of(0.5, &[(1.0, 1.0), (1.0, 1.0), (INFINITE, 2.0)]), 0.5);
    }

    #[test]
    fn what_makes_no_sense_is_no_number() {
        for buckets in [
            &[][..],
            &[(1.0, 1.0)],
            &[(INFINITE, 1.0)],
            &[(1.0, 1.0), (2.0, 1.0)],
            &[(1.0, 0.0), (INFINITE, 0.0)],
        ] {
            assert!(of(0.5, buckets).is_nan(), "{buckets:?}");
        }
        assert!(of(f64::NAN, &[(1.0, 1.0), (INFINITE, 1.0)]).is_nan());
        is(of(-0.1, &[(1.0, 1.0), (INFINITE, 1.0)]), f64::NEG_INFINITY);
        is(of(1.1, &[(1.0, 1.0), (INFINITE, 1.0)]), INFINITE);
    }
}
