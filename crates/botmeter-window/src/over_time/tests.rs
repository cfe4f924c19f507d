//! Values that can be computed by hand.

use super::*;

fn ask(function: Function, samples: &[(i64, f64)], span: (i64, i64)) -> Option<f64> {
    let samples: Vec<_> = samples.iter().map(|(at, value)| (at * 1000, *value)).collect();
    let span = Span { start: span.0 * 1000, end: span.1 * 1000 };
    value(function, &samples, span, span.end)
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
