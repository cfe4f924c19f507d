//! One ticket, from the question to its end.

use std::{sync::Arc, thread, time::Instant};

use crate::{Outcome, Reason, desk::Row};

/// One ticket, counted once, at its end.
///
/// Dropped without a word it ends as `abandoned`, dropped by a panic as
/// `failed`.
#[derive(Debug)]
#[must_use = "a ticket that is dropped at once counts as abandoned"]
pub struct Ticket {
    row: Arc<Row>,
    opened: Instant,
    outcome: Option<Outcome>,
}

impl Ticket {
    pub(crate) fn open(row: Arc<Row>) -> Self {
        row.opened();
        Self { row, opened: Instant::now(), outcome: None }
    }

    /// The bot's answer was enough.
    pub fn solve(mut self) {
        self.outcome = Some(Outcome::Solved);
    }

    /// A person takes over.
    pub fn hand_over(mut self, because: Reason) {
        self.row.handed_over(because);
        self.outcome = Some(Outcome::HandedOver);
    }

    /// The bot broke down.
    pub fn fail(mut self) {
        self.outcome = Some(Outcome::Failed);
    }
}

/// The one place where a ticket ends.
impl Drop for Ticket {
    fn drop(&mut self) {
        let unsaid = if thread::panicking() { Outcome::Failed } else { Outcome::Abandoned };
        self.row.ended(self.outcome.unwrap_or(unsaid), self.opened.elapsed());
    }
}
