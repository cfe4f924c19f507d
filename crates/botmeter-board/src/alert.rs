//! Alerts.

use std::time::Duration;

use crate::{Example, Firing, Show, Text, Trigger, text::texts};

/// Something that somebody should be told.
///
/// An alert that does not say what to do is noise, so all of it is needed but
/// for [`held_for`](Self::held_for); the generator refuses one that lacks a
/// part, and names it. Texts may name the labels of the condition in braces,
/// `{model}`, and `{job}`; the description shows the value as `{value}`.
///
/// ```
/// use std::time::Duration;
///
/// use botmeter_board::{Alert, Example, Limit, Severity, Show, last};
/// # use botmeter_core::{Gauge, Instrument, Unit, open_label};
/// # open_label! {
/// #     /// Which queue.
/// #     pub struct Queue: "queue", limit 10;
/// # }
/// # static WAITING: Instrument<Gauge, (Queue,)> =
/// #     Instrument::gauge("mail.waiting", Unit::of("{mail}"), "Mails that wait.");
///
/// const MANY: Limit = Limit::new(100.0, "the server sends as many in ten minutes");
///
/// let when = last(&WAITING).by::<(Queue,)>().above(&MANY);
/// let waits = |mails| Example::after(Duration::from_mins(20)).holds(&WAITING, ("out",), mails);
/// let alert = Alert::new("MailWaits", Severity::Warning, when)
///     .held_for(Duration::from_mins(10))
///     .says("Mail waits in {queue}.", "{value} mails of {job} wait in {queue}.", Show::Count)
///     .runbook(&["Look at the server's log.", "Restart it if it says nothing."])
///     .panel("Waiting")
///     .tested(waits(101.0).fires::<(Queue,)>(("out",), "101"), waits(100.0));
/// assert_eq!(alert.when.limits[0].1, MANY);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an alert belongs into a board"]
#[non_exhaustive]
pub struct Alert {
    /// One word in capitals and small letters, unique in all domains.
    pub name: Text,
    /// Who is to be told, and how soon.
    pub severity: Severity,
    /// When it is so.
    pub when: Trigger,
    /// For how long it has to be so.
    pub hold: Duration,
    /// What is wrong, in one sentence without the value, so that one text
    /// stands for all occasions.
    pub summary: Text,
    /// What is wrong, with the value and the labels.
    pub description: Text,
    /// How the value is shown in the description.
    pub show: Show,
    /// What to look at and what to do, step by step.
    pub runbook: Vec<Text>,
    /// The title of the panel that shows it, in a dashboard of the same board.
    pub panel: Text,
    /// Something after which it fires.
    pub fires: Firing,
    /// Something after which it does not, as close to the limit as is worth a
    /// test.
    pub is_quiet: Example,
}

/// How soon somebody should act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Within the day.
    Warning,
    /// Now.
    Critical,
}

impl Alert {
    /// An alert of this name, one word in capitals and small letters, that
    /// fires as soon as the condition holds.
    pub fn new(name: impl Into<Text>, severity: Severity, when: impl Into<Trigger>) -> Self {
        // Without an example yet, which the generator refuses.
        let nothing = Example::after(Duration::ZERO);
        Self {
            name: name.into(),
            severity,
            when: when.into(),
            hold: Duration::ZERO,
            summary: Text::default(),
            description: Text::default(),
            show: Show::Count,
            runbook: Vec::new(),
            panel: Text::default(),
            fires: nothing.clone().fires::<()>((), ""),
            is_quiet: nothing,
        }
    }

    /// Fires only once the condition has held for so long.
    pub fn held_for(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// What is wrong: a summary, one sentence without the value, so that one
    /// text stands for all occasions; and a description with the `{value}`,
    /// which is shown so.
    pub fn says(
        mut self,
        summary: impl Into<Text>,
        description: impl Into<Text>,
        show: Show,
    ) -> Self {
        (self.summary, self.description, self.show) = (summary.into(), description.into(), show);
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

    /// Something after which it fires, and something after which it does not,
    /// as close to the limit as is worth a test.
    pub fn tested(mut self, fires: Firing, is_quiet: Example) -> Self {
        (self.fires, self.is_quiet) = (fires, is_quiet);
        self
    }
}

impl Severity {
    /// All of them, the most severe first.
    pub const ALL: [Self; 3] = [Self::Critical, Self::Warning, Self::Info];

    /// The value of the label `severity`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}
