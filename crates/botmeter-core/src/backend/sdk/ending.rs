//! Flush and shutdown that end by their deadline.
//!
//! The SDK's flush waits without a timeout, and its shutdown for five seconds
//! whatever it was told. Both run on a thread that nobody joins, and what the
//! exporter notes down tells how it went.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use opentelemetry_sdk::{
    error::{OTelSdkError, OTelSdkResult},
    metrics::SdkMeterProvider,
};

use super::delivery::Failure;
use crate::Error;

/// Ends the SDK's part.
pub(in crate::backend) struct Ending {
    provider: SdkMeterProvider,
    progress: Arc<Progress>,
    destination: String,
    /// How many series there are: what an export carries that has not begun.
    series: Arc<AtomicU64>,
}

/// What the exporter notes down for whoever waits for it.
#[derive(Default)]
pub(super) struct Progress {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Data points of the export that runs, or those of the last one that did
    /// not arrive.
    undelivered: u64,
    /// Whether an export began since somebody waits for one.
    has_begun: bool,
    /// Why the last export failed, if it did.
    failure: Option<String>,
    is_flushing: bool,
    life: Life,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Life {
    #[default]
    Running,
    Ending,
    Over,
}

impl Ending {
    pub(super) fn new(
        provider: SdkMeterProvider,
        progress: Arc<Progress>,
        destination: String,
        series: Arc<AtomicU64>,
    ) -> Self {
        Self { provider, progress, destination, series }
    }

    pub(super) fn destination(&self) -> &str {
        &self.destination
    }

    /// Exports what was recorded so far.
    ///
    /// At most one flush runs at a time: a second one waits for it, so that
    /// callers who give up and come back do not pile up threads.
    pub(in crate::backend) fn flush(&self, deadline: Duration) -> Result<(), Error> {
        let patience = Patience::new(deadline);
        let mut state = self.progress.wait_while(patience, |state| state.is_flushing);
        if state.life != Life::Running {
            return Err(Error::new(format!(
                "deliver metrics to {}: it was shut down",
                self.destination
            )));
        }
        if state.is_flushing {
            return Err(self.too_late("the metrics", &state));
        }
        state.is_flushing = true;
        state.has_begun = false;
        state.failure = None;
        drop(state);
        let (provider, progress) = (self.provider.clone(), Arc::clone(&self.progress));
        let work = move || {
            let result = caught(|| provider.force_flush());
            // Before the caller goes on, who may hold the last one: dropping
            // that one pushes, and must not happen on a thread nobody joins.
            drop(provider);
            progress.change(|state| {
                state.is_flushing = false;
                // A shutdown may have come first, and hands over the same.
                if state.life == Life::Running {
                    state.note(result);
                }
            });
        };
        if let Err(error) = on_a_thread(work) {
            self.progress.change(|state| state.is_flushing = false);
            return Err(error);
        }
        let state = self.progress.wait_while(patience, |state| state.is_flushing);
        if state.is_flushing {
            return Err(self.too_late("the metrics", &state));
        }
        self.outcome("the metrics", &state)
    }

    /// Exports what was recorded and ends the SDK's thread. A second call waits
    /// for what the first began, and has the same outcome.
    pub(in crate::backend) fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        let patience = Patience::new(deadline);
        let mut state = self.progress.lock();
        let is_first = state.life == Life::Running;
        if is_first {
            state.life = Life::Ending;
            state.has_begun = false;
            state.failure = None;
        }
        drop(state);
        if is_first {
            let (provider, progress) = (self.provider.clone(), Arc::clone(&self.progress));
            let work = move || match caught(|| provider.shutdown()) {
                Err(error) if !is_timeout(&error) => progress.change(|state| {
                    state.life = Life::Over;
                    state.note(Err(error));
                }),
                // The exporter tells when it is over, which may be later than
                // the SDK cares to wait.
                Ok(()) | Err(_) => {}
            };
            if let Err(error) = on_a_thread(work) {
                self.progress.change(|state| state.life = Life::Running);
                return Err(error);
            }
        }
        let state = self.progress.wait_while(patience, |state| state.life != Life::Over);
        if state.life != Life::Over {
            return Err(self.too_late("the last metrics", &state));
        }
        self.outcome("the last metrics", &state)
    }

    /// How many data points would be lost if nobody waited any longer.
    pub(in crate::backend) fn undelivered(&self) -> u64 {
        let state = self.progress.lock();
        match state.life {
            Life::Running if !state.is_flushing => self.series.load(Ordering::Relaxed),
            Life::Over if state.failure.is_none() => 0,
            Life::Running | Life::Ending | Life::Over => self.awaited(&state),
        }
    }

    /// What is not delivered of the export that somebody waits for: all that
    /// there is, as long as it has not begun.
    fn awaited(&self, state: &State) -> u64 {
        if state.has_begun { state.undelivered } else { self.series.load(Ordering::Relaxed) }
    }

    fn too_late(&self, what: &str, state: &State) -> Error {
        let cause = match (&state.failure, self.awaited(state)) {
            (Some(failure), points) => format!("{}: {failure}", not_delivered(points)),
            (None, 0) => "nothing was answered yet".to_owned(),
            (None, points) => format!("{}, without an answer yet", not_delivered(points)),
        };
        let Self { destination, .. } = self;
        Error::new(format!("deliver {what} to {destination} in time")).because(cause)
    }

    fn outcome(&self, what: &str, state: &State) -> Result<(), Error> {
        let Some(failure) = &state.failure else { return Ok(()) };
        let count = not_delivered(self.awaited(state));
        Err(Error::new(format!("deliver {what}")).because(format!("{count}: {failure}")))
    }
}

impl Progress {
    pub(super) fn export_begins(&self, points: u64) {
        self.change(|state| {
            state.undelivered = points;
            state.has_begun = true;
        });
    }

    pub(super) fn export_ended(&self, outcome: Result<(), Failure>) {
        self.change(|state| match outcome {
            Ok(()) => {
                state.undelivered = 0;
                state.failure = None;
            }
            Err(Failure { reason, rejected, .. }) => {
                state.undelivered = rejected.unwrap_or(state.undelivered);
                state.failure = Some(reason);
            }
        });
    }

    /// There will be no further export.
    pub(super) fn is_over(&self) {
        self.change(|state| state.life = Life::Over);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    fn wait_while(
        &self,
        patience: Patience,
        is_waiting: impl Fn(&State) -> bool,
    ) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        loop {
            let left = patience.left();
            if left.is_zero() || !is_waiting(&state) {
                return state;
            }
            state =
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The exporter noted down why an export failed; this is for the SDK's own
    /// trouble, such as a thread that died.
    fn note(&mut self, result: Result<(), OTelSdkError>) {
        if let Err(error) = result
            && self.failure.is_none()
        {
            self.failure = Some(format!("the SDK's thread cannot export: {error}"));
        }
    }
}

fn not_delivered(points: u64) -> String {
    match points {
        1 => "1 data point is not delivered".to_owned(),
        _ => format!("{points} data points are not delivered"),
    }
}

/// How long a caller waits in all.
#[derive(Clone, Copy)]
struct Patience {
    deadline: Duration,
    begin: Instant,
}

impl Patience {
    fn new(deadline: Duration) -> Self {
        Self { deadline, begin: Instant::now() }
    }

    fn left(self) -> Duration {
        self.deadline.saturating_sub(self.begin.elapsed())
    }
}

/// The SDK hides it in the text of another error.
fn is_timeout(error: &OTelSdkError) -> bool {
    matches!(error, OTelSdkError::Timeout(_)) || error.to_string().contains("Timeout(")
}

/// A panic would leave those who wait for this thread waiting.
fn caught(work: impl FnOnce() -> OTelSdkResult) -> OTelSdkResult {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(OTelSdkError::InternalFailure("it panicked; its message was printed".to_owned()))
    })
}

fn on_a_thread(work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    match thread::Builder::new().name("botmeter-ending".to_owned()).spawn(work) {
        Ok(_detached) => Ok(()),
        Err(error) => Err(Error::new("start a thread to deliver metrics").because(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_sdk_is_why_nothing_was_delivered() {
        let mut state = State::default();
        state.note(caught(|| panic!("out of luck")));
        let told = "the SDK's thread cannot export: Operation failed: it panicked; its message \
                    was printed";
        assert_eq!(state.failure.as_deref(), Some(told));
    }
}
