//! One pass through a stage, from its start to its end.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{Stage, row::Row};

/// One pass through a stage, over one piece or a batch, timed once, at its end.
///
/// Ends with [`finish`](Self::finish), [`fail`](Self::fail) or
/// [`end`](Self::end). Dropped without a word, as a future is when its caller
/// goes away, it was called off, which is no failure; dropped by a panic, it
/// failed.
///
/// It can be sent to another thread. One that ends after the shutdown of its
/// telemetry is not exported but counted as dropped, with a warning in the log.
///
/// A pass ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_pipeline::{Pipelines, Stage, core::{Domain, Meter, backend::Discard}};
/// # let pipelines = Pipelines::register(&Meter::new(Discard));
/// let pass = pipelines.pipeline("blog").start(Stage::Curation);
/// pass.finish();
/// pass.finish();
/// ```
#[derive(Debug)]
#[must_use = "a pass that is dropped at once counts as called off"]
pub struct Pass {
    row: Arc<Row>,
    stage: Stage,
    started: Instant,
    outcome: Outcome,
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Open,
    Finished,
    Failed,
}

impl Pass {
    pub(crate) fn start(row: Arc<Row>, stage: Stage) -> Self {
        Self { row, stage, started: Instant::now(), outcome: Outcome::Open }
    }

    /// The stage did its work. That it rejected everything is no failure.
    pub fn finish(mut self) {
        self.outcome = Outcome::Finished;
    }

    /// The stage failed.
    pub fn fail(mut self) {
        self.outcome = Outcome::Failed;
    }

    /// The pass ended with this result.
    pub fn end<T, E>(self, result: &Result<T, E>) {
        if result.is_ok() {
            self.finish();
        } else {
            self.fail();
        }
    }

    /// How long the pass has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where a pass ends.
impl Drop for Pass {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        let has_failed = match self.outcome {
            Outcome::Finished => false,
            Outcome::Failed => true,
            Outcome::Open => thread::panicking(),
        };
        self.row.passed(self.stage, has_failed, took);
    }
}
