//! Examples of alerts, played.

use std::time::Duration;

use botmeter_board::{Board, Example, Played, pace, played};

use crate::{Bounds, History, Labels, OutOfOrder, Rules, milliseconds::milliseconds};

/// What there would be if the example of an alert had happened.
///
/// Its time begins at zero, and each step is one reading of everything, as in
/// the tests of the generated rules.
#[derive(Debug)]
pub struct Play {
    /// All samples, those that rules made included.
    pub history: History,
    /// The rules of the board, as they stand at the end.
    pub rules: Rules,
    /// When the example ends, in milliseconds.
    pub end: i64,
    /// How long a step is.
    pub pace: Duration,
}

impl Play {
    /// Plays the example to its end, with all rules of the board.
    ///
    /// # Errors
    ///
    /// Never with an example whose times are those of a century.
    pub fn of(board: &Board, example: &Example) -> Result<Self, OutOfOrder> {
        let mut history = History::new(Bounds::default());
        let mut rules = Rules::of(board, &mut history);
        let pace = pace(&example.feeds, example.after);
        let series = played(&example.feeds);
        // Each series has a target of its own, because an end without a mark
        // is what promtool plays.
        let series: Vec<_> =
            series.iter().map(|series| (series, labels(series), history.add_target())).collect();
        let (mut at, end) = (0, milliseconds(example.after));
        while at <= end {
            for (series, labels, target) in &series {
                if let Some(value) = value(series, at, pace) {
                    history.append(*target, at, [(labels.clone(), value)])?;
                }
            }
            rules.evaluate(&mut history, at)?;
            at += milliseconds(pace);
        }
        Ok(Self { history, rules, end, pace })
    }
}

fn labels(series: &Played) -> Labels {
    Labels::of(&series.name, series.labels.iter().map(|(key, value)| (*key, value.as_str())))
}

fn value(series: &Played, at: i64, pace: Duration) -> Option<f64> {
    let (from, until) = (milliseconds(series.from), series.until.map(milliseconds));
    let is_there = at >= from && until.is_none_or(|until| at <= until);
    // A step at a time, as promtool adds up.
    let steps = ((at - from) / milliseconds(pace).max(1)) as f64;
    let step = series.per_minute * pace.as_secs_f64() / 60.0;
    is_there.then_some(series.start + step * steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AlertState;

    #[test]
    fn the_examples_of_a_board_end_as_it_says() {
        let board = botmeter_telemetry::board();
        assert!(!board.alerts.is_empty());
        for alert in &board.alerts {
            let firing = |example: &Example| {
                let play = Play::of(&board, example).unwrap();
                let fires = play.rules.alerts().filter(|found| {
                    found.name == alert.name && matches!(found.state, AlertState::Firing { .. })
                });
                fires.count()
            };
            assert_eq!(firing(&alert.fires.example), 1, "{}", alert.name);
            assert_eq!(firing(&alert.is_quiet), 0, "{}", alert.name);
        }
    }
}
