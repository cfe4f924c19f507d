//! One act of a narrative, from its start to its end.

use std::{sync::Arc, time::Duration};

use botmeter_core::{Event, Guard, Outcome};

use crate::row::{ActRow, Row};

/// One act of a narrative, timed once, at its end.
///
/// Ends as a [`Run`](crate::Run) does. It is not bound to a run: acts that go
/// on side by side can each move into a task of their own, and one that ends
/// after its run is timed as well.
pub type Act = Guard<Acting>;

/// What can be told of an [`Act`] while it goes on.
#[derive(Debug)]
pub struct Acting {
    narrative: Arc<Row>,
    row: Arc<ActRow>,
}

impl Acting {
    pub(crate) fn new(narrative: Arc<Row>, row: Arc<ActRow>) -> Self {
        Self { narrative, row }
    }

    /// Counts whether the JSON that was wanted could be extracted from a
    /// model's reply, and gives the result back; see
    /// [`Narrative::json`](crate::Narrative::json).
    ///
    /// # Errors
    ///
    /// The result's own.
    pub fn json<T, E>(&self, extracted: Result<T, E>) -> Result<T, E> {
        self.narrative.json(extracted.is_ok());
        extracted
    }
}

impl Event for Acting {
    fn ended(&mut self, outcome: Outcome, took: Duration) {
        self.row.ended(outcome.status(), took);
    }
}
