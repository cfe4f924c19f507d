//! What is looked at, and who answers.

use std::{fmt, time::Duration};

use botmeter_board::{Expr, Scope, Variable};
use botmeter_window::{Chosen, History, Place, Row, Track, View, rate_interval};

use crate::Clock;

/// Which time is shown, and how.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The end of what is shown, in milliseconds since 1970.
    pub end: i64,
    /// How much is shown.
    pub shown: Duration,
    /// How often the samples come.
    pub scrape: Duration,
    /// Which label values are chosen.
    pub chosen: Chosen,
    /// How times are written.
    pub clock: Clock,
}

/// Who answers the queries of boards: a history, or a Prometheus.
pub trait Answers: fmt::Debug {
    /// The rows of a query at a time in milliseconds.
    ///
    /// # Errors
    ///
    /// Why there is no answer, as a sentence for the page.
    fn at(&self, expr: &Expr, at: i64, place: &Place<'_>) -> Result<Vec<Row>, String>;

    /// The same at each of these times, which are equally far apart, group by
    /// group in the order of their labels.
    ///
    /// # Errors
    ///
    /// Why there is no answer, as a sentence for the page.
    fn tracks(
        &self,
        expr: &Expr,
        moments: &[i64],
        place: &Place<'_>,
    ) -> Result<Vec<Track>, String> {
        let rows = moments.iter().map(|at| self.at(expr, *at, place));
        Ok(Track::of(rows.collect::<Result<_, _>>()?))
    }

    /// What whoever answers knows of how the bots are read at a time, if
    /// others read them.
    ///
    /// # Errors
    ///
    /// Why there is no answer, as a sentence for the page.
    fn readings(&self, _at: i64) -> Result<Vec<Reading>, String> {
        Ok(Vec::new())
    }

    /// Whether PromQL can be asked, and not only what boards ask for.
    fn reads_promql(&self) -> bool {
        false
    }

    /// Who answers, and what is doubtful about it, as sentences for the page.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// How a bot is read by whoever answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the bot is called.
    pub job: String,
    /// Which process of it this is.
    pub instance: String,
    /// When it was last read, in milliseconds.
    pub last: Option<i64>,
    /// Why it cannot be read now.
    pub failure: Option<String>,
}

impl Answers for History {
    fn at(&self, expr: &Expr, at: i64, place: &Place<'_>) -> Result<Vec<Row>, String> {
        Ok(self.ask(expr, at, place))
    }

    fn tracks(
        &self,
        expr: &Expr,
        moments: &[i64],
        place: &Place<'_>,
    ) -> Result<Vec<Track>, String> {
        Ok(Self::tracks(self, expr, moments, place))
    }
}

/// How many moments a line has at most.
const MOMENTS: u128 = 180;

/// Lengths between two moments that times of the clock are multiples of, in
/// seconds.
const STEPS: [u64; 16] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];

impl Frame {
    /// The beginning of what is shown.
    pub fn start(&self) -> i64 {
        self.end - milliseconds(self.shown)
    }

    /// How far apart the moments of a line are: a round length, and no shorter
    /// than the samples are apart.
    pub fn step(&self) -> Duration {
        let least = (self.shown.as_millis() / MOMENTS).max(self.scrape.as_millis());
        let steps = STEPS.map(Duration::from_secs);
        let round = steps.into_iter().find(|step| step.as_millis() >= least);
        round.unwrap_or(Duration::from_hours(24 * 7))
    }

    /// The moments of a line, at multiples of the step as Grafana takes them,
    /// so that a line does not change its form while time goes on.
    pub fn moments(&self) -> Vec<i64> {
        let step = milliseconds(self.step()).max(1);
        let (first, last) = (self.start().div_euclid(step) + 1, self.end.div_euclid(step));
        (first..=last).map(|count| count * step).collect()
    }

    /// Where a panel's query stands.
    pub(crate) fn place<'a>(&'a self, scope: Scope, variables: &'a [Variable]) -> Place<'a> {
        Place::Panel(View {
            scope,
            variables,
            chosen: &self.chosen,
            rate_interval: rate_interval(self.step(), self.scrape),
            shown: self.shown,
        })
    }
}

pub(crate) fn milliseconds(of: Duration) -> i64 {
    i64::try_from(of.as_millis()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_round_and_no_denser_than_samples() {
        let frame = |shown: Duration, scrape: u64| Frame {
            end: 1_795_271_405_123,
            shown,
            scrape: Duration::from_secs(scrape),
            chosen: Chosen::default(),
            clock: Clock::Elapsed,
        };
        let cases = [
            (Duration::from_mins(5), 5, 5, 60),
            (Duration::from_mins(5), 15, 15, 20),
            (Duration::from_hours(1), 5, 30, 120),
            (Duration::from_hours(24), 15, 600, 144),
        ];
        for (shown, scrape, step, count) in cases {
            let frame = frame(shown, scrape);
            let moments = frame.moments();
            assert_eq!((frame.step().as_secs(), moments.len()), (step, count), "{shown:?}");
            assert!(moments.iter().all(|at| *at > frame.start() && *at <= frame.end));
        }
    }
}
