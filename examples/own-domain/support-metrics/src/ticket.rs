//! One ticket, from the question to its end.

use std::{sync::Arc, time::Duration};

use botmeter_core::{Event, Guard, Outcome as Ended};

use crate::{Outcome, Reason, desk::Row};

/// One ticket, counted once, at its end.
///
/// Dropped without a word it ends as `abandoned`, dropped by a panic as
/// `failed`.
#[derive(Debug)]
#[must_use = "a ticket that is dropped at once counts as abandoned"]
pub struct Ticket(Guard<Question>);

#[derive(Debug)]
struct Question {
    row: Arc<Row>,
    handed_over: Option<Reason>,
}

impl Ticket {
    pub(crate) fn open(row: Arc<Row>) -> Self {
        Self(Guard::start(Question { row, handed_over: None }))
    }

    /// The bot's answer was enough.
    pub fn solve(self) {
        self.0.finish();
    }

    /// A person takes over.
    pub fn hand_over(mut self, because: Reason) {
        self.0.event_mut().handed_over = Some(because);
        self.0.finish();
    }

    /// The bot broke down.
    pub fn fail(self) {
        self.0.fail();
    }
}

impl Event for Question {
    fn started(&self) {
        self.row.opened();
    }

    fn ended(&mut self, outcome: Ended, took: Duration) {
        if let Some(reason) = self.handed_over {
            self.row.handed_over(reason);
        }
        let outcome = match outcome {
            Ended::Finished if self.handed_over.is_some() => Outcome::HandedOver,
            Ended::Finished => Outcome::Solved,
            Ended::Failed(()) => Outcome::Failed,
            Ended::Cancelled => Outcome::Abandoned,
        };
        self.row.ended(outcome, took);
    }
}
