//! Examples that show when an alert fires: they become tests of the rules.

use std::time::Duration;

use botmeter_core::{Descriptor, Gauge, Histogram, Instrument, LabelSet, label::Clean};

use crate::{
    expr::Labels,
    series::{Cumulative, Level},
};

/// What instruments did until some moment, in one process.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Example {
    /// When the alert is looked at, from the start.
    pub after: Duration,
    /// What was recorded.
    pub feeds: Vec<Feed>,
}

/// What one series did.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Feed {
    /// Whose series.
    pub instrument: &'static Descriptor,
    /// Its labels.
    pub labels: Vec<(&'static str, String)>,
    /// What it did.
    pub behavior: Behavior,
    /// When it began.
    pub from: Duration,
    /// When it ended, if it did.
    pub until: Option<Duration>,
}

/// What one series does while it is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Behavior {
    /// Grows from zero by so much each minute.
    Grows(f64),
    /// Stays at this value.
    Holds(f64),
    /// Is the time.
    Ticks,
    /// Gets so many observations of this value each minute.
    Observes {
        /// What is observed.
        value: f64,
        /// How often.
        per_minute: f64,
    },
}

/// An example after which an alert fires, and what the alert then says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Firing {
    /// What was recorded.
    pub example: Example,
    /// Which group it fires for.
    pub labels: Vec<(&'static str, String)>,
    /// The labels of the group as types; those of the alert's condition.
    pub keys: Labels,
    /// The value as the description shows it.
    pub shown: String,
}

impl Example {
    /// Looked at after so much time.
    #[must_use]
    pub fn after(after: Duration) -> Self {
        Self { after, feeds: Vec::new() }
    }

    /// A counter that grows from zero.
    #[must_use]
    pub fn grows<H: Cumulative, L: LabelSet>(
        self,
        instrument: &'static Instrument<H, L>,
        values: L::Values<'_>,
        per_minute: f64,
    ) -> Self {
        self.fed(instrument, values, Behavior::Grows(per_minute))
    }

    /// A gauge or up-down counter that stays where it is.
    #[must_use]
    pub fn holds<H: Level, L: LabelSet>(
        self,
        instrument: &'static Instrument<H, L>,
        values: L::Values<'_>,
        value: f64,
    ) -> Self {
        self.fed(instrument, values, Behavior::Holds(value))
    }

    /// A gauge that is set to the time again and again.
    #[must_use]
    pub fn ticks<L: LabelSet>(
        self,
        instrument: &'static Instrument<Gauge, L>,
        values: L::Values<'_>,
    ) -> Self {
        self.fed(instrument, values, Behavior::Ticks)
    }

    /// A histogram that gets the same observation again and again.
    #[must_use]
    pub fn observes<L: LabelSet>(
        self,
        instrument: &'static Instrument<Histogram, L>,
        values: L::Values<'_>,
        value: f64,
        per_minute: f64,
    ) -> Self {
        self.fed(instrument, values, Behavior::Observes { value, per_minute })
    }

    /// The series added last begins only then.
    #[must_use]
    pub fn from(mut self, from: Duration) -> Self {
        if let Some(feed) = self.feeds.last_mut() {
            feed.from = from;
        }
        self
    }

    /// The series added last ends then.
    #[must_use]
    pub fn until(mut self, until: Duration) -> Self {
        if let Some(feed) = self.feeds.last_mut() {
            feed.until = Some(until);
        }
        self
    }

    /// The alert fires for this group, and shows the value so.
    pub fn fires<G: LabelSet>(self, group: G::Values<'_>, shown: impl Into<String>) -> Firing {
        let (labels, keys) = (texts::<G>(group), G::LABELS);
        Firing { example: self, labels, keys, shown: shown.into() }
    }

    fn fed<H, L: LabelSet>(
        mut self,
        instrument: &'static Instrument<H, L>,
        values: L::Values<'_>,
        behavior: Behavior,
    ) -> Self {
        self.feeds.push(Feed {
            instrument: instrument.descriptor(),
            labels: texts::<L>(values),
            behavior,
            from: Duration::ZERO,
            until: None,
        });
        self
    }
}

fn texts<L: LabelSet>(values: L::Values<'_>) -> Vec<(&'static str, String)> {
    // As they are recorded.
    let clean = |value: &str| Clean::of(value).as_str().to_owned();
    L::pairs(values, |pairs| pairs.iter().map(|(key, value)| (*key, clean(value))).collect())
}
