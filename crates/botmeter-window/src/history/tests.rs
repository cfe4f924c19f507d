//! What a history keeps, and what it lets go.

mod questions;

use super::*;

fn named(name: &str) -> Labels {
    Labels::of("a", [("x", name)])
}

/// The values that are believed at a time, by the label that tells them apart.
fn at(history: &History, at: i64) -> Vec<(String, f64)> {
    let values = history.named("a").filter_map(|(series, timeline)| {
        let name = series.labels.get("x").unwrap_or_default().to_owned();
        Some((name, series.at(timeline, at)?))
    });
    values.collect()
}

/// All values of one series, with their times.
fn values(history: &History, name: &str) -> Vec<(i64, f64)> {
    let mut series = history.named("a").filter(|(series, _)| series.labels == named(name));
    let found = series.next();
    found.map_or(Vec::new(), |(series, timeline)| series.within(timeline, &(0..u64::MAX)).collect())
}

fn history(samples: usize, series: usize) -> (History, Target) {
    let mut history = History::new(Bounds { samples, series });
    let target = history.add_target();
    (history, target)
}

#[test]
fn a_value_is_believed_for_less_than_five_minutes() {
    let (mut history, target) = history(100, 10);
    history.append(target, 1000, [(named("b"), 1.0)]).unwrap();
    assert_eq!(at(&history, 999), []);
    assert_eq!(at(&history, 1000), [("b".to_owned(), 1.0)]);
    assert_eq!(at(&history, 300_999), [("b".to_owned(), 1.0)]);
    assert_eq!(at(&history, 301_000), []);
}

#[test]
fn what_a_page_tells_no_more_has_ended_and_may_come_back() {
    let (mut history, target) = history(100, 10);
    let pages = [(1, true), (2, false), (3, false), (4, true)];
    let told = pages.map(|(time, is_there)| {
        let more = is_there.then_some((named("c"), time as f64));
        let samples = [(named("b"), 0.0)].into_iter().chain(more);
        history.append(target, time, samples).unwrap()
    });
    assert_eq!(told.map(|told| told.ended), [0, 1, 0, 0]);
    assert_eq!(at(&history, 1).len(), 2);
    assert_eq!(at(&history, 3), [("b".to_owned(), 0.0)]);
    assert_eq!(values(&history, "c"), [(1, 1.0), (4, 4.0)]);
    // A page that could not be read ends all.
    assert_eq!(history.append(target, 5, []).unwrap().ended, 2);
    assert_eq!(at(&history, 5), []);
}

#[test]
fn what_one_target_loses_another_keeps() {
    let (mut history, one) = history(100, 10);
    let other = history.add_target();
    history.append(one, 1, [(named("b"), 1.0)]).unwrap();
    history.append(other, 1, [(named("c"), 1.0), (named("b"), 2.0)]).unwrap();
    history.append(one, 2, []).unwrap();
    assert_eq!(at(&history, 2), [("c".to_owned(), 1.0)]);
}

#[test]
fn what_has_no_place_is_refused_and_counted() {
    let (mut history, target) = history(100, 2);
    let samples = [
        (named("b"), 1.0),
        (named("b"), 2.0),
        (Labels::from_pairs([("x", "nameless")]), 1.0),
        (named("c"), 1.0),
        (named("d"), 1.0),
    ];
    let told = history.append(target, 1, samples).unwrap();
    assert_eq!(told, Appended { stored: 2, ended: 0, refused: 3 });
    assert_eq!(values(&history, "b"), [(1, 1.0)]);
    let error = history.append(target, 1, []).unwrap_err();
    assert_eq!(
        error.to_string(),
        "store samples of 1 ms behind those of 1 ms: give times that grow"
    );
    assert_eq!(at(&history, 1).len(), 2);
}

#[test]
fn the_oldest_go_first_whoever_told_them() {
    let (mut history, one) = history(4, 10);
    let other = history.add_target();
    for time in 1..=3 {
        history.append(one, 2 * time, [(named("b"), 0.0)]).unwrap();
        history.append(other, 2 * time + 1, [(named("c"), 0.0)]).unwrap();
        assert!(history.samples() <= 4);
    }
    assert_eq!(history.oldest(), Some(4));
    assert_eq!(values(&history, "b"), [(4, 0.0), (6, 0.0)]);
    assert_eq!(values(&history, "c"), [(5, 0.0), (7, 0.0)]);
}

#[test]
fn series_without_samples_are_forgotten() {
    let (mut history, target) = history(3, 3);
    for time in 0..100 {
        let told = history.append(target, time, [(named(&time.to_string()), 0.0)]).unwrap();
        // The mark of the series before is kept, and what came before that is
        // gone.
        assert_eq!(told.refused, 0, "{time}");
        assert!(history.samples() <= 3 && history.series() <= 3, "{history:?}");
    }
}

#[test]
fn a_value_from_outside_is_never_taken_for_a_mark() {
    let (mut history, target) = history(100, 10);
    for (time, bits) in [(1, 0x7ff0_0000_0000_0002), (2, 0x7ff0_0000_0000_0003)] {
        history.append(target, time, [(named("b"), f64::from_bits(bits))]).unwrap();
    }
    assert_eq!(values(&history, "b").len(), 2);
    assert!(at(&history, 2)[0].1.is_nan());
}

#[test]
fn readings_of_nothing_take_no_room() {
    let (mut history, target) = history(100, 10);
    history.append(target, 0, [(named("b"), 1.0)]).unwrap();
    for time in 1..1000 {
        history.append(target, time, []).unwrap();
    }
    // The value and the mark of its end have times of their own.
    assert_eq!(history.times(), 2);
    assert!(history.append(target, 999, []).is_err());
    history.append(target, 1000, [(named("b"), 2.0)]).unwrap();
    assert_eq!(values(&history, "b"), [(0, 1.0), (1000, 2.0)]);
}

#[test]
fn series_that_come_and_go_are_found_whatever_was_asked_before() {
    use botmeter_board::{Expr, Panel, Show, last};
    use botmeter_core::{Gauge, Instrument, Unit, open_label};

    use crate::Place;

    open_label! {
        /// Which.
        pub struct X: "x", limit 10;
    }
    static A: Instrument<Gauge, (X,)> = Instrument::gauge("a", Unit::NONE, "What there is.");
    let (mut history, target) = history(4, 10);
    let panel = Panel::stat("Stat", "A stat.", Show::Count).draw(last(&A).by::<(X,)>());
    let ask = |history: &History, expr: &Expr, at: i64| {
        let rows = history.ask(expr, at, &Place::Rule).into_iter();
        rows.map(|row| row.labels.get("x").unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let expr = &panel.lines[0].expr;
    assert!(ask(&history, expr, 0).is_empty());
    for (time, names) in [(1, &["b"][..]), (2, &["b", "c"]), (3, &["c"]), (4, &["d"]), (5, &["b"])]
    {
        let samples = names.iter().map(|name| (named(name), 1.0));
        history.append(target, time, samples.collect::<Vec<_>>()).unwrap();
        assert_eq!(ask(&history, expr, time), names, "{time}");
    }
}

#[test]
fn what_is_forgotten_is_remembered_at_fewer_moments() {
    use std::time::Duration;

    use botmeter_board::{Expr, Panel, Show, increase, last};
    use botmeter_core::{Counter, Gauge, Instrument, Unit};

    use crate::Place;

    static RUNS: Instrument<Counter, ()> =
        Instrument::counter("runs", Unit::of("{run}"), "Runs of bots.");
    static QUEUE: Instrument<Gauge, ()> =
        Instrument::gauge("queue", Unit::of("{item}"), "What waits.");
    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60;

    // Two hours of everything, of three series.
    let few = Bounds { samples: 3 * 120, series: 10 };
    let plain = History::new(few);
    let long = History::new(few).with_past(Duration::from_mins(4), 10_000);
    let [plain, long] = [plain, long].map(|mut history| {
        let target = history.add_target();
        for minute in 0..=2 * DAY {
            let runs = Labels::of("runs_total", [("job", "a")]);
            let mut samples = vec![(runs, 7.0 * minute as f64)];
            samples.push((Labels::of("queue", [("job", "a")]), minute as f64));
            if minute % 2 == 0 {
                samples.push((Labels::of("queue", [("job", "b")]), 0.0));
            }
            history.append(target, minute * MINUTE, samples).unwrap();
        }
        history
    });
    let ask = |history: &History, expr: &Expr, minute: i64| {
        let rows = history.ask(expr, minute * MINUTE, &Place::Rule);
        rows.iter().find(|row| row.labels.get("job") == Some("a")).map(|row| row.value)
    };
    let expr = |panel: Panel| panel.lines[0].expr.clone();
    let stat = || Panel::stat("Stat", "A stat.", Show::Count);
    let grown = |hours| expr(stat().draw(increase(&RUNS).over(Duration::from_hours(hours)).all()));
    // A day of growth, which the plain one has forgotten most of.
    let day = ask(&long, &grown(24), 2 * DAY).unwrap();
    assert!((day / (7.0 * DAY as f64) - 1.0).abs() < 0.005, "{day}");
    assert!(ask(&plain, &grown(24), 2 * DAY).unwrap() < day / 2.0);
    // What is within is the same in every bit.
    assert_eq!(ask(&long, &grown(1), 2 * DAY), ask(&plain, &grown(1), 2 * DAY));
    // Values of yesterday are there, and no hole between two moments.
    let queue = expr(stat().draw(last(&QUEUE).all()));
    assert_eq!(ask(&plain, &queue, DAY), None);
    for minute in DAY..DAY + 12 {
        let value = ask(&long, &queue, minute).unwrap();
        assert!((0.0..4.0).contains(&(minute as f64 - value)), "{minute}: {value}");
    }
    assert_eq!(ask(&long, &queue, 2 * DAY), Some(2.0 * DAY as f64));
    assert_eq!(long.oldest(), Some(0));
    assert!(long.samples() < 3 * 120 + 10_000);
}

/// What a reading tells of so many series.
fn reading(from: usize, count: usize) -> impl Iterator<Item = (Labels, f64)> {
    (from..from + count).map(|number| (named(&format!("{number:04}")), 1.0))
}

#[test]
fn of_more_series_than_there_is_room_for_some_are_refused_and_the_others_stay() {
    // Room for 30 series with their labels, or for some that are read again
    // and again.
    let bounds = Bounds { samples: 3000, series: 10 };
    let mut history = History::new(bounds).weighing_series(100);
    let target = history.add_target();
    for time in 0..100 {
        let told = history.append(target, time, reading(0, 50)).unwrap();
        assert_eq!((told.stored, told.refused), (10, 40), "{time}");
        assert_eq!(at(&history, time).len(), 10, "{time}");
    }
    assert_eq!(history.oldest(), Some(0));
    // Those that have ended make room at once, and go with their samples.
    for time in 100..200 {
        let from = usize::try_from(time).unwrap() / 10 * 10;
        history.append(target, 10 * time, reading(from, 10)).unwrap();
        let told = history.append(target, 10 * time + 1, reading(from, 10)).unwrap();
        assert_eq!((told.stored, told.refused), (10, 0), "{time}");
        assert!(history.series() <= 30 && history.samples() <= 3000, "{history:?}");
    }
    // One that comes back needs its room again.
    history.append(target, 9000, reading(0, 10)).unwrap();
    let told = history.append(target, 9001, reading(0, 11)).unwrap();
    assert_eq!((told.stored, told.refused), (10, 1));
    history.append(target, 9002, []).unwrap();
    let both = reading(20, 5).chain(reading(0, 10));
    let told = history.append(target, 9003, both).unwrap();
    assert_eq!((told.stored, told.refused), (10, 5));
}

#[test]
fn a_past_that_cannot_hold_one_moment_is_not_asked() {
    use std::time::Duration;

    const MINUTE: i64 = 60_000;
    // An hour of 30 series, with their labels.
    let own = Bounds { samples: 30 * (100 + 60), series: 30 };
    for (samples, oldest) in [(30 * 100, 180), (30 * 200, 0)] {
        let mut history =
            History::new(own).weighing_series(100).with_past(Duration::from_mins(4), samples);
        let [one, other] = [history.add_target(), history.add_target()];
        for minute in 0..240 {
            history.append(one, minute * MINUTE, reading(0, 15)).unwrap();
            history.append(other, minute * MINUTE, reading(15, 15)).unwrap();
        }
        let asked = history.back_to(0);
        assert_eq!(asked.own_oldest(), Some(oldest * MINUTE), "{samples}");
        assert_eq!(at(asked, 239 * MINUTE).len(), 30, "{samples}");
        assert_eq!(history.oldest(), asked.own_oldest());
    }
}
