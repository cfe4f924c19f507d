//! What a domain has to show as a whole.

use botmeter_core::{Descriptor, Instrument};

use crate::{Alert, Dashboard, Objective, Recording, Text};

/// What a domain has to show.
///
/// ```
/// use botmeter_board::{Board, Dashboard, Panel, Row, Show, Undrawn, rate};
/// # use botmeter_core::{Counter, Instrument, Unit, UpDownCounter};
/// # static SENT: Instrument<Counter, ()> =
/// #     Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
/// # static OPEN: Instrument<UpDownCounter, ()> =
/// #     Instrument::up_down_counter("mail.connections", Unit::of("{connection}"), "Open ones.");
///
/// let sent = Panel::time_series(
///     "Mails",
///     "Mails sent per second. A sudden silence means that the queue is stuck.",
///     Show::PerSecond,
/// )
/// .draw(rate(&SENT).all());
/// let board = Board::new()
///     .dashboard(
///         Dashboard::new("mail-out", "Mail", "Does mail get out?")
///             .rows([Row::open("Overview", [sent])]),
///     )
///     .undrawn([Undrawn::new(&OPEN, "the server limits connections by itself")]);
/// assert_eq!(board.dashboards[0].rows[0].panels.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a board belongs into a catalogue"]
#[non_exhaustive]
pub struct Board {
    /// Its dashboards.
    pub dashboards: Vec<Dashboard>,
    /// Queries whose results are kept.
    pub recordings: Vec<Recording>,
    /// What somebody should be told.
    pub alerts: Vec<Alert>,
    /// What is to go well, and how often.
    pub objectives: Vec<Objective>,
    /// Instruments that are in no panel.
    pub undrawn: Vec<Undrawn>,
}

/// An instrument that is in no panel, and why.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it belongs into a board"]
#[non_exhaustive]
pub struct Undrawn {
    /// The instrument.
    pub instrument: &'static Descriptor,
    /// Why it is in no panel.
    pub because: Text,
}

impl Board {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more page of panels.
    pub fn dashboard(mut self, dashboard: Dashboard) -> Self {
        self.dashboards.push(dashboard);
        self
    }

    /// Queries whose results are kept, [`Recorded`](crate::Recorded) ones.
    pub fn recordings<R: Into<Recording>>(
        mut self,
        recordings: impl IntoIterator<Item = R>,
    ) -> Self {
        self.recordings.extend(recordings.into_iter().map(Into::into));
        self
    }

    /// What somebody should be told.
    pub fn alerts(mut self, alerts: impl IntoIterator<Item = Alert>) -> Self {
        self.alerts.extend(alerts);
        self
    }

    /// What is to go well, and how often.
    pub fn objectives(mut self, objectives: impl IntoIterator<Item = Objective>) -> Self {
        self.objectives.extend(objectives);
        self
    }

    /// Instruments that are in no panel.
    pub fn undrawn(mut self, undrawn: impl IntoIterator<Item = Undrawn>) -> Self {
        self.undrawn.extend(undrawn);
        self
    }
}

impl Undrawn {
    /// An instrument that is in no panel, and why.
    pub fn new<H, L>(instrument: &'static Instrument<H, L>, because: impl Into<Text>) -> Self {
        Self { instrument: instrument.descriptor(), because: because.into() }
    }
}
