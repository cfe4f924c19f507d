//! One pass through a stage, from its start to its end.

use std::{sync::Arc, time::Duration};

use botmeter_core::{Event, Guard, Outcome};

use crate::{Stage, row::Row};

/// One pass through a stage, over one piece or a batch, timed once, at its end.
///
/// Ends with `finish`, `fail` or `end`; that a stage rejects everything is no
/// failure. Dropped without a word, as a future is when its caller goes away,
/// it was called off, which is no failure; dropped by a panic, it failed.
pub type Pass = Guard<Passing>;

/// What a [`Pass`] goes through.
#[derive(Debug)]
pub struct Passing {
    row: Arc<Row>,
    stage: Stage,
}

impl Passing {
    pub(crate) fn new(row: Arc<Row>, stage: Stage) -> Self {
        Self { row, stage }
    }
}

impl Event for Passing {
    fn ended(&mut self, outcome: Outcome, took: Duration) {
        self.row.passed(self.stage, outcome == Outcome::Failed(()), took);
    }
}
