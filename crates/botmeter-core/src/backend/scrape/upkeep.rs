//! The thread that counts what the exporter's histograms have collected.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crate::Error;

/// Does a piece of work again and again until it is dropped.
///
/// A histogram that others record through `metrics` takes memory for each
/// measurement until it is counted, between scrapes or when there are none.
pub(super) struct Upkeep {
    end: Arc<End>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// How often there is upkeep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    /// The pause when the work is little.
    pub(super) shortest: Duration,
    /// The pause when the work is much: at most a fiftieth of the time is
    /// spent with it, as long as this allows.
    pub(super) longest: Duration,
}

#[derive(Default)]
struct End {
    is_there: Mutex<bool>,
    wake: Condvar,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { shortest: Duration::from_secs(1), longest: Duration::from_secs(5) }
    }
}

impl Upkeep {
    /// Starts the thread.
    pub(super) fn start(
        rhythm: Rhythm,
        mut work: impl FnMut() + Send + 'static,
    ) -> Result<Self, Error> {
        let end = Arc::new(End::default());
        let thread = std::thread::Builder::new()
            .name("botmeter-upkeep".to_owned())
            .spawn({
                let end = Arc::clone(&end);
                move || {
                    let mut pause = rhythm.shortest;
                    while !end.comes_within(pause) {
                        let started = Instant::now();
                        work();
                        pause = (started.elapsed() * 50).clamp(rhythm.shortest, rhythm.longest);
                    }
                    // What came in during the last pause.
                    work();
                }
            })
            .map_err(|error| Error::new("start the upkeep thread for scrapes").because(error))?;
        Ok(Self { end, thread: Mutex::new(Some(thread)) })
    }

    /// Ends the thread and waits until it is gone: as long as the work takes
    /// once or twice.
    pub(super) fn end(&self) {
        self.end.come();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // An error is a panic of the work, which was printed.
            let _panic = thread.join();
        }
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.end.come();
    }
}

impl End {
    fn come(&self) {
        *self.is_there.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }

    fn comes_within(&self, pause: Duration) -> bool {
        let is_there = self.is_there.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.wake.wait_timeout_while(is_there, pause, |is_there| !*is_there);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl fmt::Debug for Upkeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upkeep").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn works_again_and_again_until_the_end() {
        let (worked, works) = mpsc::channel();
        let rhythm =
            Rhythm { shortest: Duration::from_millis(1), longest: Duration::from_millis(1) };
        let upkeep = Upkeep::start(rhythm, move || worked.send(()).unwrap()).unwrap();
        for _ in 0..3 {
            works.recv_timeout(LONG).unwrap();
        }
        upkeep.end();
        while works.try_recv().is_ok() {}
        assert_eq!(works.try_recv(), Err(mpsc::TryRecvError::Disconnected), "the thread is gone");
        upkeep.end();
    }

    #[test]
    fn an_end_or_a_drop_does_not_wait_for_the_pause() {
        let rhythm = Rhythm { shortest: LONG * 100, longest: LONG * 100 };
        for is_dropped in [false, true] {
            let (worked, works) = mpsc::channel();
            let upkeep = Upkeep::start(rhythm, move || worked.send(()).unwrap()).unwrap();
            if is_dropped {
                drop(upkeep);
            } else {
                upkeep.end();
            }
            works.recv_timeout(LONG).expect("the last upkeep, which counts what is left");
            assert_eq!(works.recv_timeout(LONG), Err(mpsc::RecvTimeoutError::Disconnected));
        }
    }
}
