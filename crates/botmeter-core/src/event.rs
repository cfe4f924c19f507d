//! Events that take time: guards, and the one rule of how they end.

mod cause;

use std::{
    error::Error,
    fmt::Debug,
    future::Future,
    ops::Deref,
    thread,
    time::{Duration, Instant},
};

pub use self::cause::Cause;
use crate::{ClosedLabel, closed_label, observe};

/// What is recorded of an event that takes time.
///
/// Implemented by what belongs to one event: the handles that it touches, and
/// what is learnt of it until its end. A [`Guard`] keeps it meanwhile, and
/// decides how it ended. `K` is [why](Reason) such events fail.
///
/// Neither method may panic: guards end in destructors.
pub trait Event<K = ()> {
    /// It starts, as when it is counted among those under way.
    fn started(&self) {}

    /// It has ended: the one place where it is recorded.
    fn ended(&mut self, outcome: Outcome<K>, took: Duration);
}

/// Why an event fails: a label, or `()` where nobody tells failures apart.
pub trait Reason: Copy + Debug {
    /// What a panic is.
    const PANIC: Self;

    /// What this error is.
    fn of(error: &(dyn Error + 'static)) -> Self;
}

impl Reason for () {
    const PANIC: Self = ();

    fn of(_: &(dyn Error + 'static)) -> Self {}
}

/// How an event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<K = ()> {
    /// It did what it was for.
    Finished,
    /// It failed, for this reason.
    Failed(K),
    /// It was called off before its end.
    Cancelled,
}

impl<K: Reason> Outcome<K> {
    /// How an event ended of which nobody said it: a panic goes through it, or
    /// it was dropped.
    pub fn unsaid() -> Self {
        if thread::panicking() { Self::Failed(K::PANIC) } else { Self::Cancelled }
    }
}

impl<K> Outcome<K> {
    /// The outcome as a label.
    pub fn status(&self) -> Status {
        match self {
            Self::Finished => Status::Success,
            Self::Failed(_) => Status::Error,
            Self::Cancelled => Status::Cancelled,
        }
    }
}

closed_label! {
    /// How an event ended.
    pub enum Status: "status" {
        /// It did what it was for.
        Success => "success",
        /// It failed.
        Error => "error",
        /// It was called off before its end.
        Cancelled => "cancelled",
    }
}

/// An event that takes time, recorded once, at its end.
///
/// It ends with [`finish`](Self::finish), `fail` or [`end`](Self::end). Dropped
/// without a word, as a future is when its caller goes away, it was cancelled;
/// dropped by a panic, it failed.
///
/// It can be sent to another thread. One that ends after the shutdown of its
/// telemetry is not exported but counted as dropped, with a warning in the log.
///
/// ```
/// use botmeter_core::{Counter, Event, Guard, Histogram, Instrument, Outcome, Unit, buckets};
/// # use botmeter_core::{Memory, Meter};
/// use std::time::Duration;
///
/// static FAILURES: Instrument<Counter, ()> =
///     Instrument::counter("door.failures", Unit::of("{try}"), "Tries to open it that failed.");
/// static DURATION: Instrument<Histogram, ()> =
///     Instrument::histogram("door.duration", Unit::SECONDS, "Time of a try.", buckets::FAST);
///
/// #[derive(Clone)]
/// struct Door {
///     failures: Counter,
///     duration: Histogram,
/// }
///
/// impl Event for Door {
///     fn ended(&mut self, outcome: Outcome, took: Duration) {
///         self.duration.took(took);
///         if outcome == Outcome::Failed(()) {
///             self.failures.add(1);
///         }
///     }
/// }
///
/// # let memory = Memory::new();
/// # let meter = Meter::new(memory.clone());
/// let door = Door { failures: FAILURES.bind(&meter, ()), duration: DURATION.bind(&meter, ()) };
/// Guard::start(door.clone()).finish();
/// Guard::start(door.clone()).fail();
/// drop(Guard::start(door));
/// assert_eq!(memory.value("door_duration_seconds_count", &[]), Some(3.0));
/// assert_eq!(memory.value("door_failures_total", &[]), Some(1.0));
/// ```
///
/// An event ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_core::{Event, Guard, Outcome};
/// # struct Door;
/// # impl Event for Door {
/// #     fn ended(&mut self, _: Outcome, _: std::time::Duration) {}
/// # }
/// let opening = Guard::start(Door);
/// opening.finish();
/// opening.fail();
/// ```
#[derive(Debug)]
#[must_use = "an event that is dropped at once counts as cancelled"]
pub struct Guard<E: Event<K>, K: Reason = ()> {
    event: E,
    started: Instant,
    told: Option<Outcome<K>>,
}

impl<E: Event> Guard<E> {
    /// It failed.
    pub fn fail(self) {
        self.failed(());
    }
}

impl<E: Event<K>, K: Reason + ClosedLabel> Guard<E, K> {
    /// It failed, for this reason.
    pub fn fail(self, because: impl Into<K>) {
        self.failed(because.into());
    }
}

impl<E: Event<K>, K: Reason> Guard<E, K> {
    /// The event starts.
    pub fn start(event: E) -> Self {
        event.started();
        Self { started: Instant::now(), event, told: None }
    }

    /// It did what it was for.
    pub fn finish(mut self) {
        self.told = Some(Outcome::Finished);
    }

    /// It ended with this result, whose error tells [why](Reason::of).
    pub fn end<T, X: Cause<M>, M>(self, result: &Result<T, X>) {
        self.end_with(result, of_error::<K, X, M>);
    }

    /// The same for errors of any type, about which the function tells.
    pub fn end_with<T, X>(self, result: &Result<T, X>, classify: impl FnOnce(&X) -> K) {
        match result {
            Ok(_) => self.finish(),
            Err(error) => self.failed(classify(error)),
        }
    }

    /// Ends the event, which has started already, with the result of this
    /// future. A future that is dropped cancels it.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe<T, X, M, F>(
        self,
        future: F,
    ) -> impl Future<Output = F::Output> + use<E, K, T, X, M, F>
    where
        F: Future<Output = Result<T, X>>,
        X: Cause<M>,
    {
        Self::of_future(|| self, future)
    }

    /// The same for errors of any type, about which the function tells.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe_with<T, X, F, C>(
        self,
        future: F,
        classify: C,
    ) -> impl Future<Output = F::Output> + use<E, K, T, X, F, C>
    where
        F: Future<Output = Result<T, X>>,
        C: FnOnce(&X) -> K,
    {
        Self::of_future_with(|| self, future, classify)
    }

    /// The event that this future is: it starts when the future is first
    /// polled, and ends with its result. For the `observe` methods of domains.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn of_future<T, X, M, F, S>(
        start: S,
        future: F,
    ) -> impl Future<Output = F::Output> + use<E, K, T, X, M, F, S>
    where
        F: Future<Output = Result<T, X>>,
        X: Cause<M>,
        S: FnOnce() -> Self,
    {
        Self::of_future_with(start, future, of_error::<K, X, M>)
    }

    /// The same for errors of any type, about which the function tells.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn of_future_with<T, X, F, S, C>(
        start: S,
        future: F,
        classify: C,
    ) -> impl Future<Output = F::Output> + use<E, K, T, X, F, S, C>
    where
        F: Future<Output = Result<T, X>>,
        S: FnOnce() -> Self,
        C: FnOnce(&X) -> K,
    {
        observe(
            move || (start(), future),
            move |guard: Self, result: &F::Output| guard.end_with(result, classify),
        )
    }

    /// How long it has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// What is learnt of the event until its end, for guards that are built
    /// around this one.
    pub fn event_mut(&mut self) -> &mut E {
        &mut self.event
    }

    fn failed(mut self, because: K) {
        self.told = Some(Outcome::Failed(because));
    }
}

fn of_error<K: Reason, X: Cause<M>, M>(error: &X) -> K {
    K::of(error.error())
}

/// What can be asked and told of the event while it goes on.
impl<E: Event<K>, K: Reason> Deref for Guard<E, K> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.event
    }
}

/// The one place where an event ends.
impl<E: Event<K>, K: Reason> Drop for Guard<E, K> {
    fn drop(&mut self) {
        let took = self.elapsed();
        self.event.ended(self.told.unwrap_or_else(Outcome::unsaid), took);
    }
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "a macro writes the labels, whoever uses them")]
mod tests;
