//! Ends of events, and what they can fail with.

use std::{
    error::Error,
    future::{pending, ready},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    task::{Context, Waker},
    thread,
    time::{Duration, Instant},
};

use futures_executor::block_on;

use super::*;

closed_label! {
    /// Why it failed.
    enum Why: "why" {
        /// It was full.
        Full => "full",
        /// Something was wrong in the program.
        Bug => "bug",
    }
}

impl Reason for Why {
    const PANIC: Self = Self::Bug;

    fn of(error: &(dyn Error + 'static)) -> Self {
        let full = |error: &io::Error| error.kind() == io::ErrorKind::StorageFull;
        if error.downcast_ref().is_some_and(full) { Self::Full } else { Self::Bug }
    }
}

#[derive(Clone, Debug, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn start(&self) -> Guard<Self, Why> {
        Guard::start(self.clone())
    }

    fn note(&self, what: impl Debug) {
        self.0.lock().unwrap().push(format!("{what:?}"));
    }

    #[track_caller]
    fn check(&self, expected: &[&str]) {
        assert_eq!(*self.0.lock().unwrap(), expected);
    }
}

impl Event<Why> for Diary {
    fn started(&self) {
        self.note("started");
    }

    fn ended(&mut self, outcome: Outcome<Why>, _: Duration) {
        self.note(outcome);
    }
}

fn full() -> io::Error {
    io::Error::from(io::ErrorKind::StorageFull)
}

#[test]
fn what_was_told_is_how_it_ended_and_silence_is_a_cancellation() {
    let diary = Diary::default();
    diary.start().finish();
    diary.start().fail(Why::Full);
    drop(diary.start());
    diary.check(&[
        "\"started\"",
        "Finished",
        "\"started\"",
        "Failed(Full)",
        "\"started\"",
        "Cancelled",
    ]);
}

#[test]
fn a_panic_is_a_failure_unless_the_end_was_told_before() {
    let diary = Diary::default();
    let panics = |told: bool| {
        let event = diary.start();
        let result = catch_unwind(AssertUnwindSafe(move || {
            let event = event;
            if told {
                event.finish();
            }
            panic!("on purpose");
        }));
        assert!(result.is_err());
    };
    panics(false);
    panics(true);
    diary.check(&["\"started\"", "Failed(Bug)", "\"started\"", "Finished"]);
}

/// The same word for every kind of error, and each tells its reason.
#[test]
fn errors_of_every_kind_tell_why() {
    fn ends<X: Cause<M>, M>(error: X) {
        let diary = Diary::default();
        diary.start().end(&Err::<(), _>(error));
        diary.check(&["\"started\"", "Failed(Full)"]);
    }
    ends(full());
    ends(anyhow::Error::new(full()));
    ends::<Box<dyn Error>, _>(full().into());
    ends::<Box<dyn Error + Send>, _>(Box::new(full()));
    ends::<Box<dyn Error + Send + Sync>, _>(full().into());
}

/// These are two things at once: an error, and a reference to one.
#[test]
fn shared_errors_are_errors() {
    let diary = Diary::default();
    diary.start().end(&Err::<(), Arc<dyn Error + Send + Sync>>(Arc::new(full())));
    diary.start().end(&Err::<(), Arc<dyn Error>>(Arc::new(full())));
    diary.check(&["\"started\"", "Failed(Bug)", "\"started\"", "Failed(Bug)"]);
}

#[test]
fn of_an_error_of_any_other_type_a_function_tells_why() {
    let diary = Diary::default();
    diary.start().end_with(&Err::<(), _>("no room"), |_| Why::Full);
    diary.start().end_with(&Ok::<_, &str>(()), |_| Why::Full);
    let refused = block_on(diary.start().observe_with(ready(Err::<(), _>(507)), |_| Why::Full));
    assert_eq!(refused, Err(507));
    diary.check(&[
        "\"started\"",
        "Failed(Full)",
        "\"started\"",
        "Finished",
        "\"started\"",
        "Failed(Full)",
    ]);
}

#[test]
fn a_future_starts_its_event_when_it_is_polled_and_ends_it_with_its_result() {
    let diary = Diary::default();
    let event = || diary.start();
    drop(Guard::of_future(event, ready(Ok::<_, io::Error>(()))));
    diary.check(&[]);
    let failed = Guard::of_future(event, ready(Err::<(), _>(anyhow::Error::new(full()))));
    diary.check(&[]);
    assert!(block_on(failed).is_err());
    let mut waits = Box::pin(Guard::of_future(event, pending::<Result<(), io::Error>>()));
    assert!(waits.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(waits);
    diary.check(&["\"started\"", "Failed(Full)", "\"started\"", "Cancelled"]);
}

#[test]
fn a_future_that_is_never_polled_cancels_the_event_that_had_started() {
    let diary = Diary::default();
    drop(diary.start().observe(pending::<Result<(), io::Error>>()));
    diary.check(&["\"started\"", "Cancelled"]);
}

/// An event that keeps how long it took.
struct Timed(Arc<Mutex<Option<Duration>>>);

impl Event for Timed {
    fn ended(&mut self, _: Outcome, took: Duration) {
        *self.0.lock().unwrap() = Some(took);
    }
}

#[test]
fn an_event_takes_as_long_as_it_goes_on() {
    let (seen, begin) = (Arc::default(), Instant::now());
    let event = Guard::start(Timed(Arc::clone(&seen)));
    while event.elapsed().is_zero() {
        thread::yield_now();
    }
    let before = event.elapsed();
    event.finish();
    let took = seen.lock().unwrap().unwrap();
    assert!(before <= took && took <= begin.elapsed(), "{before:?} {took:?}");
}
