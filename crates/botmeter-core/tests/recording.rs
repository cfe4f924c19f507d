//! What the page says of what was recorded.

#![cfg(test)]

use std::thread;

use botmeter_core::{Discard, Exposition, Format, Histogram, Instrument, Meter, Unit};

static WAITS: Instrument<Histogram, ()> =
    Instrument::histogram("test.waits", Unit::SECONDS, "Waits.", &[0.5, 1.0]);

fn text(meter: &Meter) -> String {
    Exposition::new(meter.store(), Format::Prometheus).all()
}

fn value<'a>(text: &'a str, name: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim()
}

#[test]
fn a_bound_belongs_to_the_bucket_below_it() {
    let meter = Meter::new(Discard);
    let waits = WAITS.bind(&meter, ());
    for x in [0.0, 0.5, 0.75, 1.0, 1.25, f64::MAX] {
        waits.record(x);
    }
    let text = text(&meter);
    let buckets = "test_waits_seconds_bucket{le=\"0.5\"} 2\ntest_waits_seconds_bucket{le=\"1\"} \
                   4\ntest_waits_seconds_bucket{le=\"+Inf\"} 6\n";
    let rest = format!("test_waits_seconds_sum {}\ntest_waits_seconds_count 6\n", f64::MAX);
    assert!(text.ends_with(&(buckets.to_owned() + &rest)), "{text}");
}

#[test]
fn nothing_is_lost_while_it_is_read() {
    let meter = Meter::new(Discard);
    let waits = WAITS.bind(&meter, ());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100_000 {
                    waits.record(0.75);
                }
            });
        }
        for _ in 0..200 {
            let text = text(&meter);
            let all = value(&text, "test_waits_seconds_bucket{le=\"+Inf\"}");
            assert_eq!(all, value(&text, "test_waits_seconds_count"));
        }
    });
    let text = text(&meter);
    let end = "test_waits_seconds_sum 300000\ntest_waits_seconds_count 400000\n";
    assert!(text.ends_with(end), "{text}");
}
