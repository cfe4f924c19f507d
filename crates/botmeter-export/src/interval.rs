//! A route that hands over the store at an interval, when asked, and at its
//! end, from one thread of its own.
//!
//! Whoever waits for it gives up at a deadline and learns what is not
//! delivered; the thread goes on.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
    time::{Duration, Instant},
};

use botmeter_core::{Error, Store};

use crate::{Exports, failure::Failure, quiet::quietly};

/// Hands over what there is.
pub(crate) trait Deliver: Send + 'static {
    /// Hands it over, or says why it did not arrive and what to do about it.
    ///
    /// Called on a thread that may block.
    fn deliver(&mut self, store: &Store) -> Result<(), Failure>;
}

/// What is needed to start.
pub(crate) struct Start<D> {
    pub(crate) deliver: D,
    /// Of the thread.
    pub(crate) name: &'static str,
    /// Where it goes, for messages.
    pub(crate) destination: String,
    pub(crate) interval: Duration,
    pub(crate) exports: Exports,
}

/// Ends, with a last export, when the last clone is dropped, which waits for it.
#[derive(Clone)]
pub(crate) struct Interval(Arc<Owner>);

struct Owner(Arc<Shared>);

struct Shared {
    store: OnceLock<Store>,
    destination: String,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// How many exports were asked for by those who wait.
    asked: u64,
    /// Up to which of them the export that runs, or ran last, answers.
    begun: u64,
    /// Up to which of them there is an answer.
    done: u64,
    /// Series of the export that runs, or those of the last one that did not
    /// arrive.
    undelivered: u64,
    /// Why the last export failed, if it did.
    failure: Option<String>,
    life: Life,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Life {
    #[default]
    Running,
    Ending,
    Over,
}

impl Interval {
    /// Hands over at each interval from now on; the first time after one.
    pub(crate) fn start<D: Deliver>(start: Start<D>) -> Result<Self, Error> {
        let Start { deliver, name, destination, interval, exports } = start;
        if interval.is_zero() {
            return Err(Error::bad_setting(format!(
                "hand over metrics to {destination} every {interval:?}: the interval must be \
                 longer than zero"
            )));
        }
        let shared = Arc::new(Shared {
            store: OnceLock::new(),
            destination,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let work = Work { shared: Arc::clone(&shared), deliver, interval, exports };
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || quietly(|| work.run()))
            .map_err(|error| Error::new("start a thread that exports").because(error))?;
        Ok(Self(Arc::new(Owner(shared))))
    }

    /// Reads this store, unless it was given one before; returns that.
    pub(crate) fn open(&self, store: &Store) -> Store {
        self.shared().store.get_or_init(|| store.clone()).clone()
    }

    pub(crate) fn destination(&self) -> &str {
        &self.shared().destination
    }

    /// Exports what was recorded so far.
    pub(crate) fn flush(&self, deadline: Duration) -> Result<(), Error> {
        let mut state = self.shared().lock();
        if state.life != Life::Running {
            let destination = self.destination();
            return Err(Error::not_delivered(format!(
                "deliver metrics to {destination}: it was shut down"
            )));
        }
        state.asked += 1;
        let asked = state.asked;
        self.shared().changed.notify_all();
        self.wait_for("the metrics", state, deadline, |state| {
            state.done >= asked || state.life == Life::Over
        })
    }

    /// Exports what was recorded and ends the thread. A second call waits for
    /// what the first began, and has the same outcome.
    pub(crate) fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        let mut state = self.shared().lock();
        if state.life == Life::Running {
            state.end();
            self.shared().changed.notify_all();
        }
        self.wait_for("the last metrics", state, deadline, |state| state.life == Life::Over)
    }

    /// How many data points would be lost if nobody waited any longer.
    pub(crate) fn undelivered(&self) -> u64 {
        let state = self.shared().lock();
        match state.life {
            Life::Over => state.failure.as_ref().map_or(0, |_| state.undelivered),
            Life::Running | Life::Ending => self.shared().awaited(&state),
        }
    }

    fn wait_for(
        &self,
        what: &str,
        state: MutexGuard<'_, State>,
        deadline: Duration,
        is_done: impl Fn(&State) -> bool,
    ) -> Result<(), Error> {
        let (begin, mut state) = (Instant::now(), state);
        while !is_done(&state) {
            let left = deadline.saturating_sub(begin.elapsed());
            if left.is_zero() {
                return Err(self.too_late(what, &state));
            }
            let waited = self.shared().changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let Some(failure) = &state.failure else { return Ok(()) };
        let count = not_delivered(state.undelivered);
        Err(Error::not_delivered(format!("deliver {what}")).because(format!("{count}: {failure}")))
    }

    fn too_late(&self, what: &str, state: &State) -> Error {
        let cause = match (&state.failure, self.shared().awaited(state)) {
            (Some(failure), points) => format!("{}: {failure}", not_delivered(points)),
            (None, 0) => "nothing was answered yet".to_owned(),
            (None, points) => format!("{}, without an answer yet", not_delivered(points)),
        };
        let destination = self.destination();
        Error::not_delivered(format!("deliver {what} to {destination} in time")).because(cause)
    }

    fn shared(&self) -> &Shared {
        &self.0.0
    }
}

/// How long the last clone waits for the last export.
const AFTER_DROP: Duration = Duration::from_secs(5);

impl Drop for Owner {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        if state.life == Life::Running {
            state.end();
            self.0.changed.notify_all();
            let is_going_on = |state: &mut State| state.life != Life::Over;
            let _outcome = self.0.changed.wait_timeout_while(state, AFTER_DROP, is_going_on);
        }
    }
}

impl State {
    fn end(&mut self) {
        self.life = Life::Ending;
        self.asked += 1;
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is not delivered of the export that somebody waits for: all that
    /// there is, as long as it has not begun.
    fn awaited(&self, state: &State) -> u64 {
        if state.begun == state.asked && state.begun > state.done {
            return state.undelivered;
        }
        self.store.get().map_or(0, |store| store.len() as u64)
    }
}

/// What the thread does.
struct Work<D> {
    shared: Arc<Shared>,
    deliver: D,
    interval: Duration,
    exports: Exports,
}

impl<D: Deliver> Work<D> {
    fn run(mut self) {
        let mut next = Instant::now() + self.interval;
        while self.wait_until(next) {
            let begin = Instant::now();
            self.export();
            next = begin + self.interval;
        }
        self.export();
        let Self { shared, deliver, .. } = self;
        // With its connections and threads, before anybody is told.
        drop(deliver);
        shared.lock().life = Life::Over;
        shared.changed.notify_all();
    }

    /// Whether to export and go on; if not, there is one last export.
    fn wait_until(&self, next: Instant) -> bool {
        let mut state = self.shared.lock();
        loop {
            if state.life != Life::Running {
                return false;
            }
            let left = next.saturating_duration_since(Instant::now());
            if left.is_zero() || state.asked > state.done {
                return true;
            }
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn export(&mut self) {
        let store = self.shared.store.get();
        let asked = {
            let mut state = self.shared.lock();
            state.undelivered = store.map_or(0, |store| store.len() as u64);
            state.begun = state.asked;
            state.asked
        };
        let outcome = store.map_or(Ok(()), |store| {
            let begin = Instant::now();
            let outcome = caught(|| self.deliver.deliver(store));
            let took = begin.elapsed();
            match &outcome {
                Ok(()) => self.exports.succeeded(took),
                Err(failure) => self.exports.failed(took, &failure.reason),
            }
            outcome
        });
        let mut state = self.shared.lock();
        state.done = asked;
        match outcome {
            Ok(()) => {
                state.undelivered = 0;
                state.failure = None;
            }
            Err(Failure { reason, lost, .. }) => {
                state.undelivered = lost.unwrap_or(state.undelivered);
                state.failure = Some(reason);
            }
        }
        drop(state);
        self.shared.changed.notify_all();
    }
}

/// A panic would end the thread, and with it every later export.
fn caught(deliver: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    catch_unwind(AssertUnwindSafe(deliver)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Err(format!("the exporter panicked, which is a bug: {message}").into())
    })
}

fn not_delivered(points: u64) -> String {
    match points {
        1 => "1 data point is not delivered".to_owned(),
        _ => format!("{points} data points are not delivered"),
    }
}
