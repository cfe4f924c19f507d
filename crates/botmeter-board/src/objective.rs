//! Objectives, and how fast their error budgets burn.

use std::{borrow::Cow, time::Duration};

use botmeter_core::LabelSet;

use crate::{
    Limit, Query, Severity, Share, Text,
    expr::{Comparison, Expr, Fold, Function, Part, Sample, Selection, Window},
    ratio, rest,
    series::Series,
    text::{percent, spelt, texts},
};

/// A share of events that are to go well, over a month.
///
/// What may go wrong is the error budget. An alert fires when it is used up
/// faster than the month can bear, in a long window (so that it matters) and
/// in a short one (so that it ends soon after the trouble), if there were
/// enough events to speak of a share.
///
/// All of it is needed but for [`windows`](Self::windows); the generator
/// refuses an objective that lacks a part, and names it.
///
/// ```
/// use botmeter_board::{Limit, Measure, Objective, share_of};
/// # use botmeter_core::{Counter, Instrument, Status, Unit};
/// # static SENT: Instrument<Counter, (Status,)> =
/// #     Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
///
/// const TARGET: Limit = Limit::new(0.99, "one mail in a hundred may get lost");
/// const ENOUGH: Limit = Limit::new(20.0, "of fewer mails, a single one would be a large share");
///
/// let lost = share_of(&SENT).that(Status::Error).not_counting(Status::Cancelled);
/// let objective = Objective::new("mail_lost", &TARGET, Measure::failures(lost))
///     .of_at_least(&ENOUGH)
///     .alert("MailBudgetBurn", "Mail gets lost faster than the month's error budget allows.")
///     .runbook(&["Look at the server's log."])
///     .panel("Error budget");
/// assert_eq!(objective.budget(), 0.01);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an objective belongs into a board"]
#[non_exhaustive]
pub struct Objective {
    /// What the recorded series are called after: `llm_errors` becomes
    /// `job:llm_errors:ratio_rate5m`.
    pub name: Text,
    /// The name of its alerts.
    pub alert: Text,
    /// The share that is to go well, such as 0.99, and why it is this share.
    pub target: Limit,
    /// What goes well or wrong.
    pub measure: Measure,
    /// How fast is too fast.
    pub windows: Cow<'static, [BurnWindow]>,
    /// How many events a long window has to have.
    pub floor: Limit,
    /// What is wrong, in one sentence without the value.
    pub summary: Text,
    /// What to look at and what to do, step by step.
    pub runbook: Vec<Text>,
    /// The title of the panel that shows it, in a dashboard of the same board.
    pub panel: Text,
}

/// What goes wrong, of what.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// Events that are counted as bad, among all.
    Events {
        /// The bad ones.
        bad: Selection,
        /// All.
        all: Selection,
    },
    /// Observations above a bound.
    Latency {
        /// Which.
        of: Selection,
        /// The bound, which is one of the buckets'.
        bound: f64,
    },
}

/// How fast an error budget may burn before somebody is told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BurnWindow {
    /// The window in which it matters.
    pub long: Duration,
    /// The window in which it still goes on.
    pub short: Duration,
    /// How many times faster than the month can bear.
    pub factor: Limit,
    /// For how long it has to be so.
    pub hold: Duration,
    /// How soon somebody should act.
    pub severity: Severity,
}

/// The four windows that are established practice for a month.
pub const FOUR_WINDOWS: &[BurnWindow] = &[
    BurnWindow::new(
        Duration::from_hours(1),
        Duration::from_mins(5),
        Limit::new(14.4, "2 % of the month's error budget is gone in one hour"),
        Severity::Critical,
    )
    .held_for(Duration::from_mins(2)),
    BurnWindow::new(
        Duration::from_hours(6),
        Duration::from_mins(30),
        Limit::new(6.0, "5 % of the month's error budget is gone in six hours"),
        Severity::Critical,
    )
    .held_for(Duration::from_mins(15)),
    BurnWindow::new(
        Duration::from_hours(24),
        Duration::from_hours(2),
        Limit::new(3.0, "10 % of the month's error budget is gone in one day"),
        Severity::Warning,
    )
    .held_for(Duration::from_hours(1)),
    BurnWindow::new(
        Duration::from_hours(72),
        Duration::from_hours(6),
        Limit::new(1.0, "10 % of the month's error budget is gone in three days"),
        Severity::Warning,
    )
    .held_for(Duration::from_hours(3)),
];

/// The time that an error budget is for.
const MONTH: Duration = Duration::from_hours(30 * 24);

/// What is counted for the budget that is left: few enough numbers to add up
/// those of a month each time that somebody looks.
const HOUR: Duration = Duration::from_hours(1);

impl Measure {
    /// Counted events that are bad, such as
    /// `share_of(&REQUESTS).that(Status::Error).not_counting(Status::Cancelled)`.
    pub fn failures<B: LabelSet, A: LabelSet>(bad: Share<B, A>) -> Self {
        let (bad, all) = bad.into_series();
        Self::Events { bad: bad.into_selection(), all: all.into_selection() }
    }

    /// Observations of a histogram that are above one of its bounds. Built
    /// like a query: `observations(&DURATION).only(Status::Success)`.
    pub fn slower<L: LabelSet>(of: Series<L>, bound: f64) -> Self {
        Self::Latency { of: of.into_selection(), bound }
    }

    /// The share that went wrong.
    pub fn bad_share(&self, function: Function, window: Window) -> Expr {
        let sum = |selection: &Selection| sum(selection.clone(), function, window);
        match self {
            Self::Events { .. } => {
                let [bad, all] = self.counts(function, window);
                Expr::Divide(bad.into(), all.into())
            }
            Self::Latency { of, bound } => {
                let fast = Expr::Divide(sum(&within(of, *bound)).into(), sum(of).into());
                Expr::Subtract(Expr::Number(1.0).into(), fast.into())
            }
        }
    }

    /// How many went wrong, and how many there were.
    pub fn counts(&self, function: Function, window: Window) -> [Expr; 2] {
        let sum = |selection: &Selection| sum(selection.clone(), function, window);
        match self {
            Self::Events { bad, all } => {
                let bad = Expr::OrZero(sum(bad).into(), sum(all).into());
                [bad, sum(all)]
            }
            Self::Latency { of, bound } => {
                let slow = Expr::Subtract(sum(of).into(), sum(&within(of, *bound)).into());
                [slow, sum(of)]
            }
        }
    }

    /// All events.
    pub fn all(&self) -> &Selection {
        match self {
            Self::Events { all, .. } => all,
            Self::Latency { of, .. } => of,
        }
    }
}

fn sum(selection: Selection, function: Function, window: Window) -> Expr {
    let of = Sample { selection, function, window, offset: None };
    Expr::Fold { fold: Fold::Sum, by: &[], of }
}

/// The observations up to a bound.
fn within(of: &Selection, bound: f64) -> Selection {
    Selection { part: Part::Bucket(bound), ..of.clone() }
}

impl BurnWindow {
    /// Somebody is told when the budget burns so many times faster than the
    /// month can bear, within the long window and still within the short one.
    pub const fn new(long: Duration, short: Duration, factor: Limit, severity: Severity) -> Self {
        Self { long, short, factor, hold: Duration::ZERO, severity }
    }

    /// Only once that has been so for this long.
    #[must_use]
    pub const fn held_for(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }
}

impl Objective {
    /// A share of events that is to go well, such as 0.99, and why it is this
    /// share. The recorded series are called after the name, which is made of
    /// small letters and underscores: `llm_errors`.
    pub fn new(name: impl Into<Text>, target: &Limit, measure: Measure) -> Self {
        Self {
            name: name.into(),
            alert: Text::default(),
            target: target.clone(),
            measure,
            windows: FOUR_WINDOWS.into(),
            // Not said yet, which the generator refuses.
            floor: Limit::new(0.0, ""),
            summary: Text::default(),
            runbook: Vec::new(),
            panel: Text::default(),
        }
    }

    /// How many events a long window has to have before a share of them says
    /// something.
    pub fn of_at_least(mut self, floor: &Limit) -> Self {
        self.floor = floor.clone();
        self
    }

    /// The name of its alerts, one word in capitals and small letters, and
    /// what is wrong when they fire, in one sentence without the value.
    pub fn alert(mut self, name: impl Into<Text>, summary: impl Into<Text>) -> Self {
        (self.alert, self.summary) = (name.into(), summary.into());
        self
    }

    /// What to look at and what to do, step by step.
    pub fn runbook(mut self, steps: &[impl AsRef<str>]) -> Self {
        self.runbook = texts(steps);
        self
    }

    /// The title of the panel that shows it, in a dashboard of the same board.
    pub fn panel(mut self, title: impl Into<Text>) -> Self {
        self.panel = title.into();
        self
    }

    /// How fast is too fast, where it is not as in [`FOUR_WINDOWS`].
    pub fn windows(mut self, windows: impl Into<Cow<'static, [BurnWindow]>>) -> Self {
        self.windows = windows.into();
        self
    }

    /// The share that may go wrong.
    pub fn budget(&self) -> f64 {
        rest(self.target.value)
    }

    /// How many events there were in this time, of the whole scope.
    pub fn events(&self, window: Duration) -> Expr {
        sum(self.measure.all().clone(), Function::Increase, Window::Of(window))
    }

    /// The name of the series that holds what went wrong within the window.
    pub fn recorded(&self, window: Duration) -> String {
        format!("job:{}:ratio_rate{}", self.name, spelt(window))
    }

    /// What an alert on the window says of this job and this share.
    pub fn description(&self, window: &BurnWindow, job: &str, share: &str) -> String {
        format!(
            "{share} went wrong in {job} within {long}, and {budget} may: the error budget burns \
             at over {factor}× the pace that the month allows.",
            long = spelt(window.long),
            budget = percent(self.budget()),
            factor = window.factor.value,
        )
    }

    /// That the budget burns too fast in both of these windows, and that there
    /// was something to burn. The long one comes first, because its share is
    /// what the alert shows.
    pub fn burns(&self, window: &BurnWindow) -> Expr {
        let too_fast = |window_of: Duration| {
            let name = self.recorded(window_of);
            let share = Expr::Recorded { name, by: &[], offset: None };
            let factor = Expr::Number(window.factor.value);
            let threshold = Expr::Multiply(factor.into(), Expr::Number(self.budget()).into());
            Box::new(Expr::Compare(share.into(), Comparison::Above, threshold.into()))
        };
        let events = self.events(window.long);
        let floor = Expr::Number(self.floor.value);
        let enough = Expr::Compare(events.into(), Comparison::AtLeast, floor.into());
        let both = Expr::And(too_fast(window.long), too_fast(window.short));
        Expr::And(both.into(), enough.into())
    }

    /// What is recorded of each hour, and under which names: how many events
    /// went wrong, and how many there were.
    pub fn hourly(&self) -> [(String, Expr); 2] {
        let [bad, all] = self.measure.counts(Function::Increase, Window::Of(HOUR));
        [(self.hourly_name("bad"), bad), (self.hourly_name("all"), all)]
    }

    fn hourly_name(&self, what: &str) -> String {
        format!("job:{}:{what}_increase{}", self.name, spelt(HOUR))
    }

    /// Which part of the last 30 days' error budget is left, of the hours that
    /// were recorded: 1 while nothing went wrong, below 0 once more did than
    /// may. Counts of several jobs add up, which shares would not.
    pub fn budget_left(&self) -> Query<()> {
        let tally = |what| {
            let (name, over, step) = (self.hourly_name(what), MONTH, HOUR);
            Query::new(Expr::Tallied { name, by: &[], over, step })
        };
        ratio(tally("bad"), tally("all") * self.budget()).complement()
    }

    /// How many times faster than the month can bear the budget burns.
    pub fn burn(&self, window: Duration) -> Query<()> {
        Query::new(self.measure.bad_share(Function::Increase, Window::Of(window))) / self.budget()
    }
}
