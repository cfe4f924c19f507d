//! Waiting for a future on a thread that may block.
//!
//! An executor would do that, too, but may not be nested: inside of another
//! one, or in the destructor of a thread-local, it panics.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Instant,
};

/// Blocks until the future is ready.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Some(output) = wait_until(future.as_mut(), None) {
            return output;
        }
    }
}

/// Blocks until the future is ready, or the time has come; without a time, as
/// long as it takes.
pub(crate) fn wait_until<F: Future>(future: F, end: Option<Instant>) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unparks(thread::current())));
    loop {
        // Asked again whoever woke the thread up: others may unpark it as well.
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        let Some(end) = end else {
            thread::park();
            continue;
        };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

struct Unparks(Thread);

impl Wake for Unparks {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, poll_fn, ready},
        time::Duration,
    };

    use super::*;

    #[test]
    fn what_is_ready_is_had_at_once_and_what_never_is_not_after_the_time() {
        let now = Instant::now();
        assert_eq!((wait(ready(1)), wait_until(ready(2), Some(now))), (1, Some(2)));
        let end = now + Duration::from_millis(20);
        assert_eq!(wait_until(pending::<()>(), Some(end)), None);
        assert!(Instant::now() >= end);
    }

    #[test]
    fn it_goes_on_when_another_thread_wakes_it() {
        let mut polls = 0;
        let third = poll_fn(|context| {
            polls += 1;
            let waker = context.waker().clone();
            thread::spawn(move || waker.wake());
            if polls == 3 { Poll::Ready(()) } else { Poll::Pending }
        });
        wait(third);
        assert_eq!(polls, 3);
    }
}
