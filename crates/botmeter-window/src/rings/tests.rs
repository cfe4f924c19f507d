//! What is asked anew, and what is not.

use botmeter_board::Expr;

use super::*;
use crate::{Labels, Row, View};

const STEP: i64 = 10;

fn grid(numbers: Range<i64>) -> Grid {
    let moments: Vec<_> = numbers.map(|number| number * STEP).collect();
    Grid::of(&moments).unwrap()
}

fn asked(expr: f64) -> Asked {
    Asked::of(&Expr::Number(expr), &Place::Rule, &grid(0..2))
}

/// Asks for lines that go up, of which one ends early; returns what had to be
/// found.
fn ask(rings: &Rings, asked: &Asked, numbers: Range<i64>, stands_from: i64) -> Vec<i64> {
    let mut found = Vec::new();
    let tracks = rings.ask(asked.clone(), &grid(numbers.clone()), |ring| {
        found = ring.missing(numbers.clone(), |roots| roots.own >= stands_from);
        for number in &found {
            let row = |name: &str| Row::new(Labels::of(name, []), *number as f64);
            let early = (*number < 5).then(|| row("early"));
            let rows = early.into_iter().chain([row("whole")]);
            ring.put(*number, Roots { own: *number, ..Roots::default() }, rows.collect());
        }
    });
    let is_early = numbers.start < 5;
    let names: Vec<_> = tracks.iter().filter_map(|track| track.labels.name()).collect();
    assert_eq!(names, if is_early { vec!["early", "whole"] } else { vec!["whole"] });
    for track in tracks {
        let ends = if track.labels.name() == Some("early") { 5 } else { i64::MAX };
        let values = numbers.clone().map(|number| (number < ends).then_some(number as f64));
        assert_eq!(track.values, values.collect::<Vec<_>>());
    }
    found
}

fn all(numbers: Range<i64>) -> Vec<i64> {
    numbers.collect()
}

#[test]
fn each_further_page_asks_for_what_is_new() {
    let rings = Rings::new(1 << 20);
    let first = asked(1.0);
    assert_eq!(ask(&rings, &first, 0..10, 0), all(0..10));
    assert_eq!(ask(&rings, &first, 1..11, 0), [10]);
    assert_eq!(ask(&rings, &first, 1..11, 0), Vec::<i64>::new());
    assert_eq!(ask(&rings, &first, -2..6, 0), [-2, -1], "an earlier page");
    assert_eq!(ask(&rings, &first, 3..12, 0), [11]);
    assert_eq!(ask(&rings, &asked(2.0), 3..12, 0), all(3..12), "another question");
    assert_eq!(ask(&rings, &first, 400..410, 0), all(400..410), "elsewhere");
}

#[test]
fn answers_go_that_something_was_told_after_or_forgotten_of() {
    let mut rings = Rings::new(1 << 20);
    let asked = asked(1.0);
    ask(&rings, &asked, 0..20, 0);
    assert_eq!(ask(&rings, &asked, 0..20, 7), all(0..7), "what does not stand");
    assert_eq!(ask(&rings, &asked, 0..20, 0), Vec::<i64>::new());
    rings.cut(20 * STEP);
    assert_eq!(ask(&rings, &asked, 0..20, 0), Vec::<i64>::new(), "what is told is new");
    rings.cut(16 * STEP + 1);
    assert_eq!(ask(&rings, &asked, 0..20, 0), all(17..20));
    rings.cut(16 * STEP);
    assert_eq!(ask(&rings, &asked, 0..20, 0), all(16..20));
    let rings = rings.emptied();
    assert_eq!(ask(&rings, &asked, 0..20, 0), all(0..20));
}

#[test]
fn a_line_is_not_longer_than_what_is_asked_for_or_some_pages() {
    let rings = Rings::new(1 << 20);
    let asked = asked(1.0);
    for start in 0..2000 {
        ask(&rings, &asked, start..start + 10, 0);
    }
    let ring = rings.0.lock().unwrap().ring(&asked);
    let weight = ring.lock().unwrap().weight();
    assert!(weight < 32 << 10, "{weight}");
}

#[test]
fn what_takes_more_room_than_there_is_is_not_kept() {
    let rings = Rings::new(4 << 10);
    for _ in 0..3 {
        assert_eq!(ask(&rings, &asked(1.0), 0..300, 0), all(0..300));
    }
}

#[test]
fn questions_take_room_beside_their_answers() {
    const ROOM: usize = 1 << 20;
    let rings = Rings::new(ROOM);
    let long = "x".repeat(8 << 10);
    for at in 0..500 {
        let chosen = Chosen::default().only("job", [format!("{long}{at}")]);
        let seconds = Duration::from_mins(1);
        let view = View {
            scope: Scope::Job,
            variables: &[],
            chosen: &chosen,
            rate_interval: seconds,
            shown: seconds,
        };
        let asked = Asked::of(&Expr::Number(1.0), &Place::Panel(view), &grid(0..2));
        assert_eq!(ask(&rings, &asked, 0..2, 0), all(0..2));
    }
    let remembered = rings.0.lock().unwrap().rings.iter().count();
    let bytes = remembered * long.len();
    assert!((1..=ROOM).contains(&bytes), "{remembered} questions take {bytes} bytes");
}

#[test]
fn a_grid_is_of_times_that_are_multiples_of_their_distance() {
    assert_eq!(Grid::of(&[-20, -10, 0, 10]), Some(Grid { step: 10, numbers: -2..2 }));
    for moments in [&[][..], &[10], &[15, 25], &[10, 20, 40], &[20, 10], &[10, 10]] {
        assert_eq!(Grid::of(moments), None, "{moments:?}");
    }
}
