//! Work that may block, with an end.
//!
//! The SDK below has waits without a timeout, and a program may have any
//! runtime or none. So the work runs on threads of its own, and whoever waits
//! gives up at the deadline: the thread may go on, the caller does not.

use std::{
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use botmeter_core::{Backend, Error, problem};

use crate::answer::in_background;

/// A part of the work, and what does it.
pub(crate) type Job = (&'static str, Arc<dyn Backend>);

/// How all the work went; the text says what went wrong in each part.
pub(crate) type Outcome = Result<(), String>;

/// Jobs that run at the same time.
pub(crate) struct Work {
    what: &'static str,
    deadline: Duration,
    /// Never, if the clock cannot tell the deadline.
    end: Option<Instant>,
    open: Vec<(usize, Job)>,
    ended: mpsc::Receiver<(usize, Result<(), Error>)>,
    failures: Vec<String>,
}

impl Work {
    /// Begins all jobs, each on a thread of its own.
    pub(crate) fn begin(
        jobs: impl Iterator<Item = Job>,
        deadline: Duration,
        what: &'static str,
        work: fn(&dyn Backend, Duration) -> Result<(), Error>,
    ) -> Self {
        let (done, ended) = mpsc::channel();
        let end = Instant::now().checked_add(deadline);
        let for_work = deadline.saturating_sub(for_words(deadline));
        let mut open = Vec::new();
        let mut failures = Vec::new();
        for (number, (name, backend)) in jobs.enumerate() {
            let (done, works) = (done.clone(), Arc::clone(&backend));
            let spawned = in_background("botmeter-end", move || {
                let result = work(works.as_ref(), for_work);
                // Let go of first: whoever hears of the end may count on it.
                drop(works);
                // Nobody listens any more once the deadline has passed.
                let _late = done.send((number, result));
            });
            if spawned {
                open.push((number, (name, backend)));
            } else {
                failures.push(format!("{name}: no thread to be had"));
            }
        }
        Self { what, deadline, end, open, ended, failures }
    }

    /// How it went: known when each has ended, or at the deadline.
    pub(crate) fn outcome(self) -> Outcome {
        let Self { what, deadline, end, mut open, ended, mut failures } = self;
        let left =
            || end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        while !open.is_empty() {
            match ended.recv_timeout(left()) {
                Ok((number, result)) => {
                    let at = open.iter().position(|(waiting, _)| *waiting == number);
                    let name = at.map_or("", |at| open.swap_remove(at).1.0);
                    failures.extend(result.err().map(|error| format!("{name}: {}", error.chain())));
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    failures.extend(open.drain(..).map(|(_, job)| too_late(&job, deadline)));
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    let died = |(_, (name, _)): (usize, Job)| format!("{name}: its thread died");
                    failures.extend(open.drain(..).map(died));
                }
            }
        }
        if failures.is_empty() {
            Ok(())
        } else {
            Err(format!("{what} telemetry: {}", failures.join("; ")))
        }
    }
}

/// How it went, also if nobody can tell any more.
pub(crate) fn known(outcome: Option<Outcome>) -> Outcome {
    outcome.unwrap_or_else(|| {
        let error = "wait for telemetry: the thread for it could not be had or ended early";
        problem!(error, "failed to {error}");
        Err(error.to_owned())
    })
}

/// What the caller is told of it.
pub(crate) fn told(outcome: Option<Outcome>) -> Result<(), Error> {
    known(outcome).map_err(Error::not_delivered)
}

/// What is kept of a deadline for whoever gives up to say what it knows.
fn for_words(deadline: Duration) -> Duration {
    (deadline / 10).min(Duration::from_millis(50))
}

/// The words for one that did not find any itself.
fn too_late((name, backend): &Job, deadline: Duration) -> String {
    let within = format!("within {:.1} s", deadline.as_secs_f64());
    match backend.undelivered() {
        0 => format!("{name}: not done {within}"),
        count => format!("{name}: {count} not delivered {within}"),
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// Does what it is told.
    #[derive(Debug)]
    struct Works(fn());

    impl Backend for Works {
        fn flush(&self, _: Duration) -> Result<(), Error> {
            (self.0)();
            Ok(())
        }

        fn undelivered(&self) -> u64 {
            12
        }
    }

    fn flush(work: fn(), deadline: Duration) -> Outcome {
        let job: Job = ("slow", Arc::new(Works(work)));
        Work::begin([job].into_iter(), deadline, "flush", Backend::flush).outcome()
    }

    #[test]
    fn a_deadline_that_never_comes_is_waited_for() {
        assert_eq!(flush(|| thread::sleep(Duration::from_millis(50)), Duration::MAX), Ok(()));
    }

    #[test]
    fn a_deadline_of_zero_has_passed() {
        let begin = Instant::now();
        let told = "flush telemetry: slow: 12 not delivered within 0.0 s";
        assert_eq!(flush(thread::park, Duration::ZERO), Err(told.to_owned()));
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }

    #[test]
    fn what_hangs_without_a_word_is_asked_what_it_holds() {
        let told = "flush telemetry: slow: 12 not delivered within 0.1 s";
        assert_eq!(flush(thread::park, Duration::from_millis(100)), Err(told.to_owned()));
    }
}
