//! Everything that runs, so that the end can wait for all of it.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

/// Tasks of all actors. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    /// Runs something beside everything else. If it panics, it ends alone: the runtime catches
    /// the panic, and the guards in it have recorded it by then.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.lock();
        // Ended tasks are forgotten, or a long run would remember them all.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Gives all tasks this time to end, cuts off the others, and waits until they are gone.
    pub(super) async fn end(&self, grace: Duration) {
        drop(timeout(grace, self.ended()).await);
        self.lock().abort_all();
        self.ended().await;
    }

    async fn ended(&self) {
        poll_fn(|context| {
            let mut tasks = self.lock();
            loop {
                match tasks.poll_join_next(context) {
                    Poll::Ready(Some(_)) => {}
                    Poll::Ready(None) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;

    use tokio::sync::oneshot;
    use tokio::time::sleep;

    use super::*;

    #[tokio::test]
    async fn the_end_waits_for_all_and_cuts_off_who_takes_too_long() {
        let tasks = Tasks::default();
        let (slow, mut is_slow) = oneshot::channel::<()>();
        let (quick, is_quick) = oneshot::channel();
        tasks.spawn(async move {
            sleep(Duration::from_hours(1)).await;
            drop(slow);
        });
        tasks.spawn(async { resume_unwind(Box::new("a bug")) });
        let more = tasks.clone();
        tasks.spawn(async move {
            more.spawn(async move {
                sleep(Duration::from_millis(1)).await;
                quick.send(()).unwrap();
            });
        });
        tasks.end(Duration::from_millis(100)).await;
        assert_eq!(is_quick.await, Ok(()));
        assert!(is_slow.try_recv().is_err_and(|e| e == oneshot::error::TryRecvError::Closed));
    }
}
