//! Alerts.

use std::time::Duration;

use crate::{Example, Firing, Show, Trigger};

/// Something that somebody should be told.
///
/// Every field is needed: an alert that does not say what to do is noise.
/// Texts may name the labels of the condition in braces, `{model}`, and
/// `{job}`; the description shows the value as `{value}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// One word in capitals and small letters, unique in all domains.
    pub name: &'static str,
    /// Who is to be told, and how soon.
    pub severity: Severity,
    /// When it is so.
    pub when: Trigger,
    /// For how long it has to be so.
    pub hold: Duration,
    /// What is wrong, in one sentence without the value, so that one text
    /// stands for all occasions.
    pub summary: &'static str,
    /// What is wrong, with the value and the labels.
    pub description: &'static str,
    /// How the value is shown in the description.
    pub show: Show,
    /// What to look at and what to do, step by step.
    pub runbook: &'static [&'static str],
    /// The title of the panel that shows it, in a dashboard of the same board.
    pub panel: &'static str,
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

impl Severity {
    /// The value of the label `severity`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}
