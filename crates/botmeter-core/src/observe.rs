//! A future with the guard of the event that it is.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

/// Wraps a future, so that the guard of its event lives as long as it does:
/// for the `observe` methods of domains.
///
/// At the first poll `start` gives the guard and the future; at the end `end`
/// tells the guard how it ended. A future that is dropped before drops its
/// guard after itself, which is a cancellation, and one that panics has its
/// guard dropped by the panic. One that is never polled never started.
///
/// It takes no more room than the future and the guard do, which an `async`
/// block does: that keeps what it wraps twice.
///
/// ```
/// # use std::cell::RefCell;
/// /// Notes how it ended.
/// struct Run<'a>(&'a RefCell<Vec<&'static str>>, &'static str);
///
/// impl Drop for Run<'_> {
///     fn drop(&mut self) {
///         self.0.borrow_mut().push(self.1);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # async fn send() -> Result<u32, std::fmt::Error> { Ok(250) }
/// let runs = RefCell::new(Vec::new());
/// let start = || (Run(&runs, "cancelled"), send());
/// let end = |mut run: Run<'_>, sent: &Result<u32, _>| {
///     run.1 = if sent.is_ok() { "finished" } else { "failed" };
/// };
/// assert_eq!(botmeter_core::observe(start, end).await, Ok(250));
/// assert_eq!(runs.into_inner(), ["finished"]);
/// # }
/// ```
pub fn observe<S, G, F, E>(start: S, end: E) -> impl Future<Output = F::Output> + use<S, G, F, E>
where
    S: FnOnce() -> (G, F),
    F: Future,
    E: FnOnce(G, &F::Output),
{
    Observed { stage: Stage::Before { start: Some(start) }, end: Some(end) }
}

pin_project! {
    struct Observed<S, G, F, E> {
        #[pin]
        stage: Stage<S, G, F>,
        end: Option<E>,
    }
}

pin_project! {
    #[project = Now]
    enum Stage<S, G, F> {
        Before { start: Option<S> },
        // The future goes before its guard: what it holds belongs to the event.
        During { #[pin] future: F, guard: Option<G> },
        After,
    }
}

impl<S, G, F, E> Future for Observed<S, G, F, E>
where
    S: FnOnce() -> (G, F),
    F: Future,
    E: FnOnce(G, &F::Output),
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if let Now::Before { start } = this.stage.as_mut().project()
            && let Some(start) = start.take()
        {
            let (guard, future) = start();
            this.stage.set(Stage::During { future, guard: Some(guard) });
        }
        let Now::During { future, guard } = this.stage.as_mut().project() else {
            // Nobody polls a future that has ended, and there is nothing to come.
            return Poll::Pending;
        };
        // Held here meanwhile: if the future panics, the guard is dropped by the
        // panic, even if somebody catches it around this future and drops the
        // future later.
        let held = guard.take();
        match future.poll(context) {
            Poll::Pending => {
                *guard = held;
                Poll::Pending
            }
            Poll::Ready(output) => {
                this.stage.set(Stage::After);
                if let (Some(guard), Some(end)) = (held, this.end.take()) {
                    end(guard, &output);
                }
                Poll::Ready(output)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::RefCell,
        future::{pending, ready},
        panic::{AssertUnwindSafe, catch_unwind},
        rc::Rc,
        task::Waker,
        thread,
    };

    use futures_executor::block_on;

    use super::*;

    type Notes = Rc<RefCell<Vec<&'static str>>>;

    /// Notes its end, and whether a panic was it.
    struct Noted(&'static str, Notes);

    impl Drop for Noted {
        fn drop(&mut self) {
            let panicked = if thread::panicking() { "by a panic" } else { "quietly" };
            self.1.borrow_mut().extend([self.0, panicked]);
        }
    }

    fn notes() -> (Notes, impl Fn(&'static str) -> Noted) {
        let notes = Notes::default();
        let shared = Rc::clone(&notes);
        (notes, move |name| Noted(name, Rc::clone(&shared)))
    }

    fn poll_once(future: Pin<&mut impl Future>) {
        assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }

    #[test]
    fn the_future_ends_before_its_guard_and_gives_its_output() {
        let (notes, noted) = notes();
        let start = || {
            let inside = noted("inside");
            (noted("guard"), async move { drop(inside) })
        };
        block_on(observe(start, |mut guard: Noted, ()| guard.0 = "told"));
        assert_eq!(notes.take(), ["inside", "quietly", "told", "quietly"]);
        assert_eq!(block_on(observe(|| ((), ready(42)), |(), _| ())), 42);
    }

    #[test]
    fn what_is_dropped_ends_its_future_and_then_its_guard() {
        let (notes, noted) = notes();
        let start = || {
            let inside = noted("inside");
            let wait = async move {
                let _inside = inside;
                pending::<()>().await;
            };
            (noted("guard"), wait)
        };
        let mut future = Box::pin(observe(start, |_, ()| ()));
        poll_once(future.as_mut());
        poll_once(future.as_mut());
        assert!(notes.borrow().is_empty());
        drop(future);
        assert_eq!(notes.take(), ["inside", "quietly", "guard", "quietly"]);
    }

    #[test]
    fn what_is_never_polled_never_starts() {
        let (notes, noted) = notes();
        drop(observe(|| (noted("guard"), ready(())), |_, ()| ()));
        assert!(notes.borrow().is_empty());
    }

    #[test]
    fn a_panic_drops_the_guard_even_if_the_future_lives_on() {
        let (notes, noted) = notes();
        let panics = async { panic!("on purpose") };
        let mut future = Box::pin(observe(|| (noted("guard"), panics), |_, (): &()| ()));
        let poll = AssertUnwindSafe(|| poll_once(future.as_mut()));
        assert!(catch_unwind(poll).is_err());
        assert_eq!(notes.take(), ["guard", "by a panic"]);
    }

    #[test]
    fn it_takes_no_more_room_than_its_parts() {
        let large = [0_u8; 4096];
        let work = async move {
            pending::<()>().await;
            large.len()
        };
        let size = size_of_val(&work);
        assert!(size >= 4096);
        let observed = observe(move || ([0_u8; 64], work), |_, _| ());
        assert!(size_of_val(&observed) <= size + 64 + 32, "{}", size_of_val(&observed));
    }
}
