//! Work that may block, with an end.
//!
//! The SDK below has waits without a timeout, and a program may have any
//! runtime or none. So the work runs on threads of its own, and whoever waits
//! gives up at the deadline: the thread may go on, the caller does not.

use std::{
    future::Future,
    pin::Pin,
    sync::mpsc,
    task::{Context, Poll},
    thread,
    time::{Duration, Instant},
};

use futures_channel::oneshot;

use crate::Error;

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

/// Runs all jobs at the same time. The answer comes when each has ended, or at
/// the deadline, with what went wrong in each.
pub(super) fn run_all<J>(
    jobs: impl Iterator<Item = (&'static str, J)>,
    deadline: Duration,
    what: &'static str,
) -> Answer
where
    J: FnOnce() -> Result<(), Error> + Send + 'static,
{
    let (answer, receiver) = oneshot::channel();
    let (done, ended) = mpsc::channel();
    let end = Instant::now() + deadline;
    let mut open: Vec<&'static str> = Vec::new();
    let mut failures: Vec<String> = Vec::new();
    for (name, job) in jobs {
        let done = done.clone();
        let spawned = in_background("botmeter-end", move || {
            // Nobody listens any more once the deadline has passed.
            let _late = done.send((name, job()));
        });
        if spawned {
            open.push(name);
        } else {
            failures.push(format!("{name}: no thread to be had"));
        }
    }
    drop(done);
    let wait = move || {
        while !open.is_empty() {
            match ended.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok((name, result)) => {
                    if let Some(at) = open.iter().position(|waiting| *waiting == name) {
                        open.swap_remove(at);
                    }
                    failures.extend(result.err().map(|error| format!("{name}: {}", error.chain())));
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    failures.extend(open.drain(..).map(|name| {
                        format!("{name}: not done within {:.1} s", deadline.as_secs_f64())
                    }));
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    failures.extend(open.drain(..).map(|name| format!("{name}: its thread died")));
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

/// Whether a thread could be had for the work.
pub(super) fn in_background(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    thread::Builder::new().name(name.to_owned()).spawn(work).is_ok()
}
