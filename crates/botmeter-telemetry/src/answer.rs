//! What a thread finds out, for all who wait for it.

use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    thread,
};

/// Ready once the thread has found it out, and nothing if the thread could not
/// be had or ended early. Clones have the same answer.
#[derive(Debug)]
pub(crate) struct Answer<T>(Arc<Mutex<State<T>>>);

#[derive(Debug)]
struct State<T> {
    found: Option<T>,
    is_over: bool,
    waiting: Vec<Waker>,
}

impl<T: Send + 'static> Answer<T> {
    /// Finds it out on a thread of its own.
    pub(crate) fn of(name: &str, find: impl FnOnce() -> T + Send + 'static) -> Self {
        let state = State { found: None, is_over: false, waiting: Vec::new() };
        let answer = Self(Arc::new(Mutex::new(state)));
        let promise = Promise(answer.clone());
        in_background(name, move || {
            let found = find();
            promise.0.lock().found = Some(found);
        });
        answer
    }
}

impl<T> Answer<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone> Future for Answer<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.lock();
        if state.is_over {
            return Poll::Ready(state.found.clone());
        }
        if !state.waiting.iter().any(|known| known.will_wake(context.waker())) {
            state.waiting.push(context.waker().clone());
        }
        Poll::Pending
    }
}

/// Whether a thread could be had for the work.
pub(crate) fn in_background(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    thread::Builder::new().name(name.to_owned()).spawn(work).is_ok()
}

/// The thread's side: however it ends, nobody waits any longer.
struct Promise<T>(Answer<T>);

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.0.lock();
            state.is_over = true;
            mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::wait::wait;

    #[test]
    fn all_who_wait_have_the_same_answer_and_so_have_those_who_come_later() {
        let (tell, told) = mpsc::channel();
        let answer = Answer::of("answer", move || told.recv().ok());
        let waiting: Vec<_> = (0..3)
            .map(|_| answer.clone())
            .map(|answer| thread::spawn(move || wait(answer)))
            .collect();
        tell.send(42).unwrap();
        for thread in waiting {
            assert_eq!(thread.join().unwrap(), Some(Some(42)));
        }
        assert_eq!(wait(answer), Some(Some(42)));
    }

    #[test]
    fn a_thread_that_dies_leaves_nobody_waiting() {
        let answer = Answer::of("answer", || -> u8 { panic!("on purpose") });
        assert_eq!(wait(answer), None);
    }
}
