//! One act of a narrative, from its start to its end.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use botmeter_core::observe;

use crate::{
    Status,
    outcome::Outcome,
    row::{ActRow, Row},
};

/// One act of a narrative, timed once, at its end.
///
/// Ends as a [`Run`](crate::Run) does. It is not bound to a run: acts that go
/// on side by side can each move into a task of their own, and one that ends
/// after its run is timed as well.
///
/// An act ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_narrative::{Narratives, core::{Domain, Meter, backend::Discard}};
/// # let narratives = Narratives::register(&Meter::new(Discard));
/// let act = narratives.run("weekly_report").act("outline");
/// act.finish();
/// act.finish();
/// ```
#[derive(Debug)]
#[must_use = "an act that is dropped at once counts as cancelled"]
pub struct Act {
    narrative: Arc<Row>,
    row: Arc<ActRow>,
    started: Instant,
    outcome: Outcome,
}

impl Act {
    pub(crate) fn start(narrative: Arc<Row>, row: Arc<ActRow>) -> Self {
        Self { narrative, row, started: Instant::now(), outcome: Outcome::Open }
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

    /// The act reached its end.
    pub fn finish(mut self) {
        self.outcome = Outcome::Told(Status::Success);
    }

    /// The act failed.
    pub fn fail(mut self) {
        self.outcome = Outcome::Told(Status::Error);
    }

    /// The act ended with this result.
    pub fn end<T, E>(mut self, result: &Result<T, E>) {
        self.outcome = Outcome::of(result);
    }

    /// Ends the act with the result of this future. The act has started
    /// already; a future that is dropped cancels it.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe<T, E, F>(self, work: F) -> impl Future<Output = F::Output> + use<T, E, F>
    where
        F: Future<Output = Result<T, E>>,
    {
        observe(|| (self, work), |guard: Self, result: &F::Output| guard.end(result))
    }

    /// How long the act has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where an act ends.
impl Drop for Act {
    fn drop(&mut self) {
        self.row.ended(self.outcome.at_drop(), self.started.elapsed());
    }
}
