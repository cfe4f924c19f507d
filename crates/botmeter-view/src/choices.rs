//! What can be chosen on a page.

use std::{collections::BTreeSet, time::Duration};

use botmeter_board::{
    Dashboard, Expr, Fold, Function, Part, Sample, Scope, Selection, Window, last,
};
use botmeter_core::{Descriptor, Kind, process::BUILD};
use botmeter_window::{Chosen, Row};
use serde::Serialize;

use crate::{Answers, Frame, clock::length_of_duration};

/// What can be chosen on a page, with what is chosen.
///
/// In the address of a page, `range` is a number of seconds, and each label
/// has its own key: `?range=3600&job=mail&model=large&model=small`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Choices {
    /// How much is shown.
    pub ranges: Vec<Range>,
    /// Labels and their values.
    pub labels: Vec<Choice>,
}

/// A time that can be shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Range {
    /// How long it is.
    pub seconds: u64,
    /// The same as text.
    pub text: String,
    /// Whether it is what is shown.
    pub is_chosen: bool,
}

/// A label whose values can be chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// The label.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// Its values, and whether each is chosen. Where none is, all are.
    pub values: Vec<(String, bool)>,
}

/// Times that people ask for, in minutes.
const RANGES: [u64; 9] = [5, 15, 30, 60, 180, 360, 720, 1440, 4320];

/// How many values of one label are offered.
const MOST_VALUES: usize = 200;

pub(crate) fn choices(
    answers: &dyn Answers,
    dashboards: &[&Dashboard],
    frame: &Frame,
    covered: Duration,
) -> Result<Choices, String> {
    // What is chosen must not narrow what can be.
    let all = Frame { chosen: Chosen::default(), ..frame.clone() };
    let bots = botmeter_board::Line::from(last(&BUILD).all());
    let bots = answers.at(&bots.expr, all.end, &all.place(Scope::Instance, &[]))?;
    let mut labels = Vec::new();
    let mut offer = |key: &str, title: &str, rows: &[Row]| {
        let values: BTreeSet<_> = rows.iter().filter_map(|row| row.labels.get(key)).collect();
        let values = values.into_iter().take(MOST_VALUES);
        let is_chosen = |value: &str| frame.chosen.has(key, value);
        let values: Vec<_> = values.map(|value| (value.to_owned(), is_chosen(value))).collect();
        if !values.is_empty() {
            labels.push(Choice { key: key.to_owned(), title: title.to_owned(), values });
        }
    };
    offer("job", "Job", &bots);
    offer("instance", "Instance", &bots);
    let variables = dashboards.iter().flat_map(|dashboard| &dashboard.variables);
    let mut seen = BTreeSet::new();
    for variable in variables.filter(|variable| seen.insert(variable.label.key())) {
        let rows = answers.at(&all_of(variable.of), all.end, &all.place(Scope::Fleet, &[]))?;
        offer(variable.label.key(), &variable.title, &rows);
    }
    Ok(Choices { ranges: ranges(frame.shown, covered), labels })
}

/// All series of an instrument, by all of its labels.
fn all_of(instrument: &'static Descriptor) -> Expr {
    let part = match instrument.kind() {
        Kind::Histogram => Part::Count,
        Kind::Counter | Kind::FloatCounter | Kind::Gauge | Kind::UpDownCounter => Part::Value,
    };
    let selection = Selection { instrument, part, matchers: Vec::new() };
    let (function, window, offset) = (Function::Value, Window::Auto, None);
    let of = Sample { selection, function, window, offset };
    Expr::Fold { fold: Fold::Max, by: instrument.labels(), of }
}

/// What is known, the next longer time, and what is shown.
fn ranges(shown: Duration, covered: Duration) -> Vec<Range> {
    let mut lengths: BTreeSet<_> = BTreeSet::from([shown]);
    for minutes in RANGES {
        let length = Duration::from_mins(minutes);
        lengths.insert(length);
        if length >= covered {
            break;
        }
    }
    let ranges = lengths.into_iter().map(|length| Range {
        seconds: length.as_secs(),
        text: length_of_duration(length),
        is_chosen: length == shown,
    });
    ranges.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_can_be_shown_whole() {
        let texts = |shown, covered| {
            let ranges = ranges(Duration::from_mins(shown), Duration::from_mins(covered));
            let texts = ranges
                .iter()
                .map(|range| format!("{}{}", range.text, if range.is_chosen { "*" } else { "" }));
            texts.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(texts(15, 0), "5 min, 15 min*");
        assert_eq!(texts(20, 41), "5 min, 15 min, 20 min*, 30 min, 1 h");
        assert_eq!(texts(60, 100_000).split(", ").count(), RANGES.len());
    }
}
