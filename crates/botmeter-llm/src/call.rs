//! One call, from its start to its end.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{ErrorKind, Status, Usage, row::Row};

/// One call to a model, counted once, at its end.
///
/// Ends with [`finish`](Self::finish) or [`fail`](Self::fail). Dropped without
/// a word, as a future is when its caller goes away, it ends as `cancelled`;
/// dropped by a panic, as an `unknown` error. A call that is retried is one
/// call: its duration spans all attempts.
#[derive(Debug)]
#[must_use = "a call that is dropped at once counts as cancelled"]
pub struct Call {
    row: Arc<Row>,
    started: Instant,
    first_token: Option<Instant>,
    consumed: Option<Usage>,
    outcome: Outcome,
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Open,
    Finished,
    Failed(ErrorKind),
}

impl Call {
    pub(crate) fn start(row: Arc<Row>) -> Self {
        row.in_flight.add(1);
        Self {
            row,
            started: Instant::now(),
            first_token: None,
            consumed: None,
            outcome: Outcome::Open,
        }
    }

    /// The first token of a streamed reply is here. Later ones change nothing.
    pub fn first_token(&mut self) {
        if self.first_token.is_none() {
            let now = Instant::now();
            self.first_token = Some(now);
            self.row.first_token.record((now - self.started).as_secs_f64());
        }
    }

    /// An attempt failed for this reason and another one follows.
    pub fn retry(&mut self, because: impl Into<ErrorKind>) {
        self.row.retried(because.into());
    }

    /// What the provider bills so far, for a call that may yet be cut off or
    /// fail: it is recorded however the call ends. [`finish`](Self::finish)
    /// replaces it.
    pub fn consumed(&mut self, usage: &Usage) {
        self.consumed = Some(*usage);
    }

    /// The reply is there, and this is what it consumed.
    pub fn finish(mut self, usage: &Usage) {
        self.consumed = Some(*usage);
        self.outcome = Outcome::Finished;
    }

    /// The call failed.
    pub fn fail(mut self, because: impl Into<ErrorKind>) {
        self.outcome = Outcome::Failed(because.into());
    }

    /// How long the call has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where a call ends.
impl Drop for Call {
    fn drop(&mut self) {
        let ended = Instant::now();
        let status = match self.outcome {
            Outcome::Finished => Status::Success,
            Outcome::Failed(kind) => {
                self.row.failed(kind);
                Status::Error
            }
            Outcome::Open if thread::panicking() => {
                self.row.failed(ErrorKind::Unknown);
                Status::Error
            }
            Outcome::Open => Status::Cancelled,
        };
        self.row.ended(status, ended - self.started);
        if let Some(usage) = &self.consumed {
            self.row.consumed(usage);
            if let Some(first_token) = self.first_token {
                self.row.streamed(ended - first_token, usage);
            }
        }
    }
}
