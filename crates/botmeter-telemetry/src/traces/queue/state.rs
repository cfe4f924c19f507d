//! What the queue's thread and its callers tell each other.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use opentelemetry_sdk::trace::SpanData;

use crate::settings::Batching;
use botmeter_core::{Error, Guards};

pub(super) struct Shared {
    /// As messages name it.
    pub(super) destination: String,
    pub(super) batching: Batching,
    /// Not the meter: a subscriber that keeps these for good would keep every
    /// backend.
    pub(super) losses: Guards,
    state: Mutex<State>,
    /// There is something to do for the thread.
    pub(super) work: Condvar,
    /// There is something to know for those who wait for the thread.
    progress: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    /// What waits for its export, the oldest first.
    waiting: VecDeque<SpanData>,
    /// When the oldest has waited long enough; never if nothing waits.
    due: Option<Instant>,
    /// How many spans came in, ever.
    pub(super) taken: u64,
    /// How many of them left, delivered or lost.
    pub(super) left: u64,
    /// How many of those were lost with a failed export.
    pub(super) lost: u64,
    /// How many had been lost when the end began.
    pub(super) lost_before_end: u64,
    /// How many must leave without waiting for others.
    pub(super) hurry: u64,
    /// Whether an export is wanted although nothing may wait.
    pub(super) probes: bool,
    /// How many were dropped since the thread looked last.
    dropped: u64,
    /// Why the last export failed, if it did.
    failure: Option<String>,
    pub(super) life: Life,
    /// Whether nobody waits for the rest.
    pub(super) gives_up: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Life {
    #[default]
    Running,
    Ending,
    Over,
}

impl Shared {
    pub(super) fn new(destination: String, batching: Batching, losses: Guards) -> Self {
        Self {
            destination,
            batching,
            losses,
            state: Mutex::default(),
            work: Condvar::new(),
            progress: Condvar::new(),
        }
    }

    /// Whether the queue takes the span, or it comes after the end, when nobody
    /// counts any more.
    pub(super) fn take(&self, span: SpanData) -> bool {
        let Batching { delay, queue_size, batch_size } = self.batching;
        let mut state = self.lock();
        if state.life != Life::Running {
            return true;
        }
        // Those that are on their way take memory, too.
        if state.unfinished() >= queue_size as u64 {
            state.dropped += 1;
            return false;
        }
        state.taken += 1;
        state.waiting.push_back(span);
        let waiting = state.waiting.len();
        if waiting == 1 {
            state.due = Instant::now().checked_add(delay);
        }
        if waiting == 1 || waiting == batch_size {
            self.work.notify_one();
        }
        true
    }

    /// The next spans to export, as soon as they should be; none any more when
    /// it is over.
    pub(super) fn next(&self) -> Next {
        let Batching { delay, batch_size, .. } = self.batching;
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let is_ending = state.life == Life::Ending;
            if state.gives_up || (is_ending && state.waiting.is_empty()) {
                state.life = Life::Over;
                self.progress.notify_all();
                return Next { spans: None, dropped: state.dropped };
            }
            let probes = std::mem::take(&mut state.probes);
            let is_due = state.due.is_some_and(|due| due <= now)
                || state.waiting.len() >= batch_size
                || state.left < state.hurry;
            if probes || is_due || is_ending {
                let size = state.waiting.len().min(batch_size);
                let spans = state.waiting.drain(..size).collect();
                state.due = if state.waiting.is_empty() { None } else { now.checked_add(delay) };
                let dropped = std::mem::take(&mut state.dropped);
                return Next { spans: Some(spans), dropped };
            }
            state = match state.due {
                Some(due) => {
                    let waited = self.work.wait_timeout(state, due - now);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// An export of so many spans ended.
    pub(super) fn ended(&self, spans: u64, outcome: Result<(), String>) {
        let mut state = self.lock();
        state.left += spans;
        if outcome.is_err() {
            state.lost += spans;
        }
        state.failure = outcome.err();
        self.progress.notify_all();
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.work.notify_all();
    }

    /// Waits until the thread is done, or the time has come.
    pub(super) fn wait_while<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        patience: Patience,
        is_waiting: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        loop {
            let left = patience.left();
            if left.is_zero() || !is_waiting(&state) {
                return state;
            }
            let waited = self.progress.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(super) fn too_late(&self, what: &str, undelivered: u64, state: &State) -> Error {
        let count = match undelivered {
            1 => "1 span is not delivered".to_owned(),
            _ => format!("{undelivered} spans are not delivered"),
        };
        let cause = match &state.failure {
            Some(failure) => format!("{count}: {failure}"),
            None => format!("{count}, without an answer yet"),
        };
        let Self { destination, .. } = self;
        Error::not_delivered(format!("deliver {what} to {destination} in time")).because(cause)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a caller waits in all.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    deadline: Duration,
    begin: Instant,
}

impl Patience {
    pub(super) fn new(deadline: Duration) -> Self {
        Self { deadline, begin: Instant::now() }
    }

    fn left(self) -> Duration {
        self.deadline.saturating_sub(self.begin.elapsed())
    }
}

/// What the thread does next.
pub(super) struct Next {
    /// What to export; nothing when it is over.
    pub(super) spans: Option<Vec<SpanData>>,
    /// How many were dropped since it was asked last.
    pub(super) dropped: u64,
}

impl State {
    /// How many spans wait or are on their way.
    fn unfinished(&self) -> u64 {
        self.taken - self.left
    }

    /// How many did not leave, or were lost at the end.
    pub(super) fn undelivered(&self) -> u64 {
        let lost = match self.life {
            Life::Running => 0,
            Life::Ending | Life::Over => self.lost - self.lost_before_end,
        };
        self.unfinished() + lost
    }

    /// What became of the spans since then.
    pub(super) fn outcome(&self, lost_before: u64) -> Result<(), Error> {
        match (&self.failure, self.lost - lost_before) {
            (_, 0) => Ok(()),
            (Some(failure), lost) => {
                Err(Error::not_delivered(format!("deliver {lost} spans")).because(failure.as_str()))
            }
            // The last export of several succeeded.
            (None, lost) => Err(Error::not_delivered(format!("deliver {lost} spans"))
                .because("an export failed, and its reason was logged; the next one succeeded")),
        }
    }
}
