//! What becomes of the samples of one series in a time.

use std::{ops::Range, time::Duration};

use botmeter_board::Function;

use crate::{
    series::{Growth, Sample, Series, Timeline},
    sum::Sum,
};

/// How many average gaps may lie between a sample and the edge of the time
/// before the series is taken to have begun or ended there.
const REACH: f64 = 1.1;

/// A time that a function looks at, in milliseconds: the start is not part of
/// it, the end is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

/// The samples of a series at some of the times of its target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch<'a> {
    pub(crate) series: &'a Series,
    pub(crate) timeline: &'a Timeline,
    pub(crate) numbers: &'a Range<u64>,
}

/// The function's value over the samples, which lie in the span; `at` is when
/// the question is asked, which an offset takes the span away from.
pub(crate) fn value(function: Function, of: Stretch<'_>, span: Span, at: i64) -> Option<f64> {
    let Stretch { series, timeline, numbers } = of;
    let samples = || series.within(timeline, numbers);
    match function {
        Function::Value | Function::Last => samples().next_back().map(|(_, value)| value),
        Function::Rate | Function::Increase => {
            let (growth, falls) = series.growth(timeline, numbers)?;
            let is_rate = function == Function::Rate;
            let per = if is_rate { seconds(span.end - span.start) } else { 1.0 };
            Some(grown(growth, falls, span, per))
        }
        Function::Highest => extreme(samples(), |value, other| value > other),
        Function::Lowest => extreme(samples(), |value, other| value < other),
        Function::Changes => changes(&samples().collect::<Vec<_>>()),
        Function::Forecast(ahead) => forecast(&samples().collect::<Vec<_>>(), at, ahead),
    }
}

pub(crate) fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// How much a counter grew over the whole span, of which the samples cover a
/// part, for one of so many seconds.
fn grown(growth: Growth, falls: impl Iterator<Item = f64>, span: Span, per: f64) -> f64 {
    let Growth { first: (first_at, first), last: (last_at, last), count } = growth;
    // Where it fell, it began again at zero. One after the other, because the
    // last bits depend on it.
    let grown = falls.fold(last - first, |grown, before| grown + before);
    let sampled = seconds(last_at - first_at);
    let gap = sampled / (count - 1) as f64;
    let to_edge = |way: f64| if way >= gap * REACH { gap / 2.0 } else { way };
    let mut to_start = to_edge(seconds(first_at - span.start));
    if grown > 0.0 && first >= 0.0 {
        // A counter is not below zero, so it was there no earlier.
        to_start = to_start.min(sampled * (first / grown));
    }
    let to_end = to_edge(seconds(span.end - last_at));
    let factor = (sampled + to_start + to_end) / sampled;
    grown * (factor / per)
}

/// The value that beats all others; a number beats NaN.
fn extreme(samples: impl Iterator<Item = Sample>, beats: fn(f64, f64) -> bool) -> Option<f64> {
    let values = samples.map(|(_, value)| value);
    values.reduce(|best, value| if beats(value, best) || best.is_nan() { value } else { best })
}

#[expect(clippy::float_cmp, reason = "any change is one")]
fn changes(samples: &[Sample]) -> Option<f64> {
    let pairs = samples.windows(2);
    let changed = pairs.filter(|pair| match pair {
        [(_, before), (_, after)] => after != before && !(after.is_nan() && before.is_nan()),
        _ => false,
    });
    (!samples.is_empty()).then(|| changed.count() as f64)
}

/// The value so long after `at` on the line that fits best (least squares).
#[expect(clippy::float_cmp, reason = "a value that never changed is not an estimate")]
fn forecast(samples: &[Sample], at: i64, ahead: Duration) -> Option<f64> {
    let [(_, first), _, ..] = *samples else { return None };
    if samples.iter().all(|(_, value)| *value == first) {
        return Some(if first.is_infinite() { f64::NAN } else { first });
    }
    let count = samples.len() as f64;
    let [mut x_sum, mut y_sum, mut xy_sum, mut xx_sum] = [Sum::default(); 4];
    for (time, y) in samples {
        let x = seconds(time - at);
        x_sum.add(x);
        y_sum.add(*y);
        xy_sum.add(x * y);
        xx_sum.add(x * x);
    }
    let [x_sum, y_sum] = [x_sum.value(), y_sum.value()];
    let together = xy_sum.value() - x_sum * y_sum / count;
    let spread = xx_sum.value() - x_sum * x_sum / count;
    let slope = together / spread;
    let now = y_sum / count - slope * x_sum / count;
    Some(slope * ahead.as_secs() as f64 + now)
}

#[cfg(test)]
mod tests;
