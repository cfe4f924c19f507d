//! What a history remembers of what it was asked.

use std::time::Duration;

use botmeter_board::{Expr, Panel, Scope, Show, last};
use botmeter_core::{Gauge, Instrument, Unit};

use super::*;
use crate::{Chosen, Place, View};

static QUEUE: Instrument<Gauge, ()> = Instrument::gauge("queue", Unit::of("{item}"), "What waits.");

fn waiting() -> Expr {
    Panel::stat("Stat", "A stat.", Show::Count).draw(last(&QUEUE).all()).lines[0].expr.clone()
}

fn page(chosen: &Chosen) -> Place<'_> {
    Place::Panel(View {
        scope: Scope::Job,
        variables: &[],
        chosen,
        rate_interval: Duration::from_mins(1),
        shown: Duration::from_mins(15),
    })
}

#[test]
fn an_answer_that_was_given_is_not_found_again() {
    let (history, target) = history(100, 10);
    let mut history = history.with_answers(1 << 20);
    for at in [1000, 2000, 3000] {
        let queue = Labels::of("queue", [("job", "a")]);
        history.append(target, at, [(queue, at as f64)]).unwrap();
    }
    let asked = |history: &History, moments: &[i64]| {
        let tracks = history.tracks(&waiting(), moments, &Place::Rule);
        tracks.into_iter().map(|track| track.values).collect::<Vec<_>>()
    };
    assert_eq!(asked(&history, &[1000, 2000]), [[Some(1000.0), Some(2000.0)]]);
    // Whoever looks for an answer from here on finds nothing.
    history.series.clear();
    assert_eq!(asked(&history, &[1000, 2000, 3000]), [[Some(1000.0), Some(2000.0), None]]);
}

#[test]
fn any_number_of_choices_is_remembered_in_the_same_room() {
    let most = 4 << 20;
    let history = History::new(Bounds { samples: 2 * most, ..Bounds::default() });
    let long = "x".repeat(8 << 10);
    for at in 0..1000 {
        let chosen = Chosen::default().only("job", [format!("{long}{at}")]);
        assert_eq!(history.ask(&waiting(), 1000, &page(&chosen)), []);
    }
    let remembered = history.selected.lock().unwrap().iter().count();
    let bytes = remembered * long.len();
    assert!((1..=most).contains(&bytes), "{remembered} choices take {bytes} bytes");
}
