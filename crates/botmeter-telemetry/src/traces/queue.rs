//! Spans that wait for their export, and the thread that exports them.
//!
//! This stands where the SDK has its batch processor, which neither counts what
//! it drops where anybody sees it nor keeps a deadline of its callers.

mod state;
mod worker;

use std::{fmt, sync::Arc, thread, time::Duration};

use opentelemetry_sdk::trace::SpanData;

use botmeter_core::{Backend, DropReason, Error, Guards};
use botmeter_export::Exports;

use crate::settings::Batching;
use state::{Life, Patience, Shared};
use worker::Worker;

/// Where spans go when they leave the queue.
pub(super) trait Destination: fmt::Display + Send + 'static {
    /// Hands these spans over, or says why they did not arrive and what to do
    /// about it. None at all finds out whether any would arrive.
    fn export(&self, spans: Vec<SpanData>) -> Result<(), String>;
}

/// Spans that wait; cheap to clone, and clones are the same queue.
#[derive(Clone)]
pub(super) struct Queue(Arc<Shared>);

impl Queue {
    /// A queue whose thread exports to this destination.
    pub(super) fn start(
        destination: Box<dyn Destination>,
        batching: Batching,
        exports: Exports,
        losses: Guards,
    ) -> Result<Self, Error> {
        let shared = Arc::new(Shared::new(destination.to_string(), batching, losses));
        let worker = Worker::new(Arc::clone(&shared), destination, exports);
        thread::Builder::new()
            .name("botmeter-spans".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| Error::new("start the thread that exports spans").because(error))?;
        Ok(Self(shared))
    }

    /// Takes a span that ended, unless the queue is full.
    pub(super) fn push(&self, mut span: SpanData) {
        // The clock may have been set back since it began.
        span.end_time = span.end_time.max(span.start_time);
        if span.span_context.is_sampled() && !self.0.take(span) {
            self.0.losses.dropped(DropReason::SpanQueueFull);
        }
    }

    /// Exports at once, even if there is nothing to export.
    pub(super) fn probe(&self) {
        self.0.change(|state| state.probes = true);
    }
}

impl Backend for Queue {
    /// Exports what ended so far.
    fn flush(&self, deadline: Duration) -> Result<(), Error> {
        let patience = Patience::new(deadline);
        let mut state = self.0.lock();
        if state.life != Life::Running {
            return Err(Error::not_delivered(format!(
                "deliver spans to {}: it was shut down",
                self.0.destination
            )));
        }
        let (target, lost_before) = (state.taken, state.lost);
        state.hurry = target;
        self.0.work.notify_all();
        state = self.0.wait_while(state, patience, |state| state.left < target);
        if state.left < target {
            return Err(self.0.too_late("the spans", target - state.left, &state));
        }
        state.outcome(lost_before)
    }

    /// Exports what ended so far and ends the thread. What ends later is not
    /// exported.
    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        let patience = Patience::new(deadline);
        let mut state = self.0.lock();
        if state.life == Life::Running {
            state.life = Life::Ending;
            state.lost_before_end = state.lost;
        }
        let lost_before = state.lost_before_end;
        self.0.work.notify_all();
        state = self.0.wait_while(state, patience, |state| state.life != Life::Over);
        if state.life == Life::Over {
            return state.outcome(lost_before);
        }
        // Nobody waits for the rest, and its batches could take long, one
        // timeout each.
        state.gives_up = true;
        let undelivered = state.taken - state.left;
        Err(self.0.too_late("the last spans", undelivered, &state))
    }

    fn undelivered(&self) -> u64 {
        self.0.lock().undelivered()
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("destination", &self.0.destination).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
