//! What instruments did, as series in promtool's notation.

use std::time::Duration;

use botmeter_board::{Behavior, Feed, Played, played};

use super::Place;
use crate::{promql, yaml::Yaml};

/// The series of the feeds in all of these places, step by step, until this
/// time.
pub(super) fn inputs(feeds: &[Feed], places: &[Place], pace: Duration, end: Duration) -> Vec<Yaml> {
    let played = played(feeds);
    let inputs = places
        .iter()
        .flat_map(|place| played.iter().map(move |series| input(series, place, pace, end)));
    inputs.collect()
}

/// Why a series cannot do what the example says.
pub(super) fn objection(feed: &Feed) -> Option<String> {
    let name = feed.instrument.name();
    match feed.behavior {
        Behavior::Ticks if feed.instrument.unit().as_str() != "s" => {
            Some(format!("the example ticks {name}, which holds no time: its unit is not s"))
        }
        Behavior::Grows(by) | Behavior::Observes { per_minute: by, .. } if by < 0.0 => {
            Some(format!("the example takes {by} from {name}, which only grows"))
        }
        _ => None,
    }
}

fn input(series: &Played, place: &Place, pace: Duration, end: Duration) -> Yaml {
    let Played { name, labels, start, per_minute, from, until } = series;
    let own = labels.iter().map(|(key, value)| (*key, value.as_str()));
    let labels: Vec<_> = own
        .chain(place.pairs())
        .map(|(key, value)| format!("{key}={}", promql::quoted(value)))
        .collect();
    let seconds = pace.as_secs();
    let from = from.as_secs() / seconds;
    let until = until.unwrap_or(end).as_secs() / seconds;
    let step = per_minute * pace.as_secs_f64() / 60.0;
    let absent = if from > 0 { format!("_x{from} ") } else { String::new() };
    let steps = until.saturating_sub(from);
    Yaml::map([
        ("series", Yaml::text(format!("{name}{{{}}}", labels.join(", ")))),
        ("values", Yaml::text(format!("{absent}{start}+{step}x{steps}"))),
    ])
}
