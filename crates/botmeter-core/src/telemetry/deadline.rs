//! Work that may block, with an end.
//!
//! The SDK below has waits without a timeout, and a program may have any
//! runtime or none. So the work runs on threads of its own, and whoever waits
//! gives up at the deadline: the thread may go on, the caller does not.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, mpsc},
    task::{Context, Poll},
    thread,
    time::{Duration, Instant},
};

use futures_channel::oneshot;

use crate::{Backend, Error};

/// The outcome of all the work, to be awaited or waited for.
#[derive(Debug)]
pub(super) struct Answer(oneshot::Receiver<Result<(), Error>>);

impl Answer {
    /// Blocks until the work is done or its deadline has passed.
    pub(super) fn wait(self) -> Result<(), Error> {
        // Resolved at the deadline at the latest, so this cannot hang.
        futures_executor::block_on(self)
    }
}

impl Future for Answer {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| {
            answer.unwrap_or_else(|_| Err(Error::new("wait for telemetry: its thread ended early")))
        })
    }
}

/// A part of the work, and what does it.
pub(super) type Job = (&'static str, Arc<dyn Backend>);

/// Runs all jobs at the same time. The answer comes when each has ended, or at
/// the deadline, with what went wrong in each.
pub(super) fn run_all(
    jobs: impl Iterator<Item = Job>,
    deadline: Duration,
    what: &'static str,
    work: fn(&dyn Backend, Duration) -> Result<(), Error>,
) -> Answer {
    let (answer, receiver) = oneshot::channel();
    let (done, ended) = mpsc::channel();
    // A deadline that the clock cannot tell never comes.
    let end = Instant::now().checked_add(deadline);
    let left =
        move || end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
    let for_work = deadline.saturating_sub(for_words(deadline));
    let mut open: Vec<(usize, Job)> = Vec::new();
    let mut failures: Vec<String> = Vec::new();
    for (number, (name, backend)) in jobs.enumerate() {
        let (done, works) = (done.clone(), Arc::clone(&backend));
        let spawned = in_background("botmeter-end", move || {
            // Nobody listens any more once the deadline has passed.
            let _late = done.send((number, work(works.as_ref(), for_work)));
        });
        if spawned {
            open.push((number, (name, backend)));
        } else {
            failures.push(format!("{name}: no thread to be had"));
        }
    }
    drop(done);
    let wait = move || {
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
        let result = if failures.is_empty() {
            Ok(())
        } else {
            Err(Error::new(format!("{what} telemetry: {}", failures.join("; "))))
        };
        // The caller may have stopped waiting.
        let _unheard = answer.send(result);
    };
    in_background("botmeter-wait", wait);
    Answer(receiver)
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

/// Whether a thread could be had for the work.
pub(super) fn in_background(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    thread::Builder::new().name(name.to_owned()).spawn(work).is_ok()
}

#[cfg(test)]
mod tests {
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

    fn flush(work: fn(), deadline: Duration) -> Result<(), String> {
        let job: Job = ("slow", Arc::new(Works(work)));
        let all = run_all([job].into_iter(), deadline, "flush", Backend::flush);
        all.wait().map_err(|error| error.chain())
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
