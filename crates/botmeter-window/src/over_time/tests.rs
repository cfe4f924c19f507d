//! Values that can be computed by hand.

use proptest::prelude::*;

use super::*;
use crate::Labels;

fn ask(function: Function, samples: &[(i64, f64)], span: (i64, i64)) -> Option<f64> {
    let timeline = Timeline::of(samples.iter().map(|(at, _)| at * 1000).collect());
    let values = samples.iter().map(|(_, value)| *value).collect();
    let series = Series::of(Labels::default(), 0, 0, values);
    let span = Span { start: span.0 * 1000, end: span.1 * 1000 };
    let stretch = Stretch { series: &series, timeline: &timeline, numbers: &(0..u64::MAX) };
    value(function, stretch, span, span.end)
}

fn is(value: Option<f64>, expected: f64) {
    let value = value.unwrap();
    assert_eq!(value.to_bits(), expected.to_bits(), "{value} is not {expected}");
}

#[test]
fn growth_goes_on_to_edges_that_are_near() {
    // 20 in the 40 s between the samples; the edges are one gap away each.
    is(ask(Function::Increase, &[(20, 100.0), (40, 110.0), (60, 120.0)], (0, 80)), 40.0);
    is(ask(Function::Rate, &[(20, 100.0), (40, 110.0), (60, 120.0)], (0, 80)), 0.5);
}

#[test]
fn growth_goes_on_half_a_gap_where_edges_are_far() {
    // 22 s are not less than 1.1 gaps.
    is(ask(Function::Increase, &[(22, 100.0), (42, 110.0), (62, 120.0)], (0, 84)), 30.0);
}

#[test]
fn a_counter_was_never_below_zero() {
    // At this rate, it was zero 10 s before the first sample.
    is(ask(Function::Increase, &[(20, 5.0), (40, 15.0), (60, 25.0)], (0, 60)), 25.0);
    // The way to zero counts after the edge is found to be far: 10 s of half a
    // gap are left as they are.
    is(ask(Function::Increase, &[(30, 40.0), (50, 50.0), (70, 60.0)], (0, 70)), 25.0);
}

#[test]
fn the_way_to_zero_is_divided_before_it_is_multiplied() {
    // Prometheus says so; the other order gives 12.
    is(ask(Function::Increase, &[(10, 1.0), (20, 12.0)], (0, 20)), 12.000_000_000_000_002);
}

#[test]
fn a_counter_that_fell_began_again() {
    is(ask(Function::Increase, &[(20, 100.0), (40, 4.0), (60, 120.0)], (20, 60)), 120.0);
}

#[test]
fn one_sample_does_not_grow() {
    assert_eq!(ask(Function::Rate, &[(20, 1.0)], (0, 60)), None);
    assert_eq!(ask(Function::Forecast(Duration::ZERO), &[(20, 1.0)], (0, 60)), None);
    assert_eq!(ask(Function::Changes, &[], (0, 60)), None);
}

#[test]
fn numbers_come_before_nan() {
    let samples = [(1, f64::NAN), (2, 3.0), (3, 1.0), (4, f64::NAN)];
    is(ask(Function::Highest, &samples, (0, 4)), 3.0);
    is(ask(Function::Lowest, &samples, (0, 4)), 1.0);
    assert!(ask(Function::Last, &samples, (0, 4)).unwrap().is_nan());
}

#[test]
fn nan_after_nan_is_no_change() {
    let samples = [(1, f64::NAN), (2, f64::NAN), (3, 1.0), (4, 1.0), (5, 2.0)];
    is(ask(Function::Changes, &samples, (0, 5)), 2.0);
}

#[test]
fn a_line_goes_on_from_the_time_of_the_question() {
    let minute = Function::Forecast(Duration::from_mins(1));
    is(ask(minute, &[(0, 1.0), (10, 2.0), (20, 3.0)], (-1, 30)), 10.0);
    is(ask(minute, &[(0, 7.0), (10, 7.0)], (-1, 30)), 7.0);
    assert!(ask(minute, &[(0, f64::INFINITY), (10, f64::INFINITY)], (-1, 30)).unwrap().is_nan());
}

/// Each sample after the other, as Prometheus goes.
fn walked(samples: &[Sample]) -> Option<(Sample, Sample, u64, Vec<u64>)> {
    let [first, .., last] = *samples else { return None };
    let pairs = samples.windows(2).filter(|pair| pair[1].1 < pair[0].1);
    let falls = pairs.map(|pair| pair[0].1.to_bits()).collect();
    Some((first, last, samples.len() as u64, falls))
}

proptest! {
    #[test]
    fn growth_is_found_without_looking_at_each_sample(
        steps in proptest::collection::vec((0_u8..8, 0_i32..20), 0..60),
        forgotten in 0_usize..30,
        window in (0_i64..70, 0_i64..70),
    ) {
        let mut timeline = Timeline::default();
        let mut series = Series::new(Labels::default(), 0, 0);
        for (at, (kind, value)) in (0..).zip(&steps) {
            let number = timeline.push(at);
            match kind {
                0 => {}
                1 if series.end() <= number && series.len() > 0 => drop(series.finish(number)),
                2 => drop(series.push(number, f64::NAN)),
                _ => drop(series.push(number, f64::from(*value))),
            }
        }
        for _ in 0..forgotten {
            timeline.shorten();
            series.shorten(timeline.first());
        }
        let numbers = timeline.numbers(window.0, window.1);
        let samples: Vec<_> = series.within(&timeline, &numbers).collect();
        let bits = |(at, value): Sample| (at, value.to_bits());
        let found = series.growth(&timeline, &numbers).map(|(growth, falls)| {
            let falls: Vec<_> = falls.map(f64::to_bits).collect();
            (bits(growth.first), bits(growth.last), growth.count, falls)
        });
        let walked = walked(&samples);
        let walked = walked.map(|(first, last, count, falls)| (bits(first), bits(last), count, falls));
        prop_assert_eq!(found, walked);
    }
}
