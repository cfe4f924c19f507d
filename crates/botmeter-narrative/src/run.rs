//! One run of a narrative, from its start to its end.

use std::time::{Duration, Instant};

use crate::{Act, Narrative, Status, outcome::Outcome};

/// One run of a narrative, counted once, at its end.
///
/// Ends with [`finish`](Self::finish), [`fail`](Self::fail) or
/// [`end`](Self::end). Dropped without a word, as a future is when its caller
/// goes away, it ends as `cancelled`; dropped by a panic, as an error.
///
/// It can be sent to another thread. One that ends after the shutdown of its
/// telemetry is not exported but counted as dropped, with a warning in the log.
///
/// A run ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_narrative::{Narratives, core::{Domain, Meter, backend::Discard}};
/// # let narratives = Narratives::register(&Meter::new(Discard));
/// let run = narratives.run("weekly_report");
/// run.finish();
/// run.finish();
/// ```
#[derive(Debug)]
#[must_use = "a run that is dropped at once counts as cancelled"]
pub struct Run {
    narrative: Narrative,
    started: Instant,
    outcome: Outcome,
}

impl Run {
    pub(crate) fn start(narrative: Narrative) -> Self {
        narrative.row().started();
        Self { narrative, started: Instant::now(), outcome: Outcome::Open }
    }

    /// An act of the run starts.
    #[inline]
    pub fn act(&self, name: &str) -> Act {
        self.narrative.act(name)
    }

    /// Counts whether the JSON that was wanted could be extracted from a
    /// model's reply, and gives the result back; see [`Narrative::json`].
    ///
    /// # Errors
    ///
    /// The result's own.
    pub fn json<T, E>(&self, extracted: Result<T, E>) -> Result<T, E> {
        self.narrative.json(extracted)
    }

    /// The narrative reached its end.
    pub fn finish(mut self) {
        self.outcome = Outcome::Told(Status::Success);
    }

    /// The narrative failed.
    pub fn fail(mut self) {
        self.outcome = Outcome::Told(Status::Error);
    }

    /// The narrative ended with this result.
    pub fn end<T, E>(mut self, result: &Result<T, E>) {
        self.outcome = Outcome::of(result);
    }

    /// How long the run has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where a run ends.
impl Drop for Run {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        self.narrative.row().ended(self.outcome.at_drop(), took);
    }
}
