//! Shares of what was counted, by the one convention of all boards.

use std::time::Duration;

use botmeter_core::{ClosedLabel, Instrument, Label, LabelSet};

use super::{Query, share};
use crate::{
    Condition, Limit, Line, Text,
    expr::{Fold, Function},
    series::{Counted, Measure, Series},
};

/// The share of the counted events of an instrument that ended in some way,
/// such as those that failed.
///
/// Events that were cancelled are neither good nor bad, so they are not
/// counted; the generator refuses a share in which they are. A share of few
/// events says nothing, so one that is compared says of how many it has to be.
///
/// ```
/// use botmeter_board::{Limit, Trigger, share_of};
/// # use botmeter_core::{Counter, Instrument, Status, Unit, open_label};
/// # use std::time::Duration;
/// # open_label! {
/// #     /// The bot.
/// #     pub struct Bot: "bot", limit 50;
/// # }
/// # static RUNS: Instrument<Counter, (Bot, Status)> =
/// #     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs.");
/// const MANY: Limit = Limit::new(0.1, "those who rely on the bot notice");
/// const ENOUGH: Limit = Limit::new(10.0, "of fewer, one failure would be more than that");
///
/// let failed = share_of(&RUNS).that(Status::Error).not_counting(Status::Cancelled);
/// let when: Trigger = failed
///     .over(Duration::from_hours(1))
///     .by::<(Bot,)>()
///     .above(&MANY)
///     .of_at_least(&ENOUGH)
///     .into();
/// ```
pub fn share_of<H: Counted, L: LabelSet>(instrument: &'static Instrument<H, L>) -> Share<L> {
    let whole = events(instrument);
    Share { part: whole.clone(), whole }
}

/// A share of events, before it is said how they are grouped: those that a
/// counter or a histogram with the labels `P` counts, of those with the labels
/// `L`.
#[derive(Clone, Debug)]
#[must_use = "say how the events are grouped: `by` or `all`"]
pub struct Share<P, L = P> {
    part: Series<P>,
    whole: Series<L>,
}

/// A share of events in each group of the labels `G`.
#[derive(Clone, Debug)]
#[must_use = "a share is drawn in a panel or compared in an alert"]
pub struct ShareBy<G> {
    share: Query<G>,
    events: Query<G>,
}

/// A share that is compared, and is not yet said to be one of enough events.
#[derive(Debug)]
#[must_use = "say of how many events it has to be: `of_at_least`"]
pub struct Compared<G> {
    condition: Condition<G>,
    events: Query<G>,
}

fn events<H: Counted, L: LabelSet>(instrument: &'static Instrument<H, L>) -> Series<L> {
    Series::new(instrument, H::PART, Function::Rate, Measure::Fold(Fold::Sum))
}

impl<P: LabelSet> Share<P> {
    /// Of those that another instrument counts as well, such as failures by
    /// their reason.
    pub fn counted_in<H: Counted, Q: LabelSet>(
        self,
        part: &'static Instrument<H, Q>,
    ) -> Share<Q, P> {
        Share { part: events(part), whole: self.whole }
    }
}

impl<P: LabelSet, L: LabelSet> Share<P, L> {
    /// Of those with this value of a closed label.
    pub fn that<K: ClosedLabel>(self, value: K) -> Self {
        self.that_any_of(&[value])
    }

    /// Of those with one of these values of a closed label.
    pub fn that_any_of<K: ClosedLabel>(mut self, values: &[K]) -> Self {
        self.part = self.part.any_of(values);
        self
    }

    /// Without the events that have this value of a closed label, such as
    /// those that were cancelled.
    pub fn not_counting<K: ClosedLabel>(mut self, value: K) -> Self {
        self.whole = self.whole.except(value);
        self
    }

    /// Of the events with this text of an open label alone, which may come from
    /// data: `share_of(&SENT).that(Status::Error).with::<Queue>(queue)`.
    pub fn with<K: Label>(self, text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        Self { part: self.part.with::<K>(text), whole: self.whole.with::<K>(text) }
    }

    /// Of the events of this time, instead of the shortest that gives a
    /// reliable line.
    pub fn over(self, window: Duration) -> Self {
        let Self { part, whole } = self;
        Self { part: part.growth().over(window), whole: whole.growth().over(window) }
    }

    /// Of the events of all the time that the dashboard shows.
    pub fn shown(self) -> Self {
        Self { part: self.part.shown(), whole: self.whole.shown() }
    }

    /// Grouped by these labels, a tuple of label types.
    pub fn by<G: LabelSet>(self) -> ShareBy<G> {
        let events = self.whole.clone().growth().by();
        ShareBy { share: share(self.part.by(), self.whole.by()), events }
    }

    /// All events as one.
    pub fn all(self) -> ShareBy<()> {
        self.by()
    }

    /// The part and the whole.
    pub(crate) fn into_series(self) -> (Series<P>, Series<L>) {
        (self.part, self.whole)
    }
}

impl<G: LabelSet> ShareBy<G> {
    /// The groups whose share is above the limit.
    pub fn above(self, limit: &Limit) -> Compared<G> {
        Compared { condition: self.share.above(limit), events: self.events }
    }

    /// The groups whose share is below the limit.
    pub fn below(self, limit: &Limit) -> Compared<G> {
        Compared { condition: self.share.below(limit), events: self.events }
    }

    /// The share as a line of a panel that is called so.
    pub fn named(self, name: impl Into<Text>) -> Line {
        self.share.named(name)
    }
}

impl<G: LabelSet> Compared<G> {
    /// Only groups with so many events in the same time.
    pub fn of_at_least(self, floor: &Limit) -> Condition<G> {
        self.condition.and(self.events.at_least(floor))
    }
}

impl<G: LabelSet> From<ShareBy<G>> for Line {
    fn from(by: ShareBy<G>) -> Self {
        by.share.into()
    }
}
