//! A program that reads itself.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use botmeter_core::{Backend, Error, problem};
use botmeter_export::scrape::Page;
use botmeter_live::{Bots, Moments};
use botmeter_window::exposition::{self, Format};

/// Reads until it is shut down or dropped.
#[derive(Debug)]
pub(super) struct Reader(Mutex<Option<Thread>>);

#[derive(Debug)]
struct Thread {
    stop: mpsc::Sender<Infallible>,
    /// Disconnected once the thread has ended.
    gone: mpsc::Receiver<Infallible>,
}

impl Reader {
    /// Reads this page at once, and then at its times.
    pub(super) fn start(bots: Arc<Bots>, page: Page, interval: Duration) -> Result<Self, Error> {
        let (stop, stopped) = mpsc::channel();
        let (alive, gone) = mpsc::channel();
        thread::Builder::new()
            .name("botmeter-live".to_owned())
            .spawn(move || {
                let _alive = alive;
                read(&bots, &page, interval, &stopped);
            })
            .map_err(|error| Error::new("start the thread of the live page").because(error))?;
        Ok(Self(Mutex::new(Some(Thread { stop, gone }))))
    }
}

impl Backend for Reader {
    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        let thread = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Thread { stop, gone }) = thread else { return Ok(()) };
        drop(stop);
        match gone.recv_timeout(deadline) {
            Err(mpsc::RecvTimeoutError::Timeout) => {
                Err(Error::new("end the reading for the live page in time"))
            }
            _ => Ok(()),
        }
    }
}

fn read(bots: &Bots, page: &Page, interval: Duration, stopped: &mpsc::Receiver<Infallible>) {
    let mut moments = Moments::after(None);
    let mut next = Instant::now();
    loop {
        // Nobody scraped it, so it counts as no export.
        let told = exposition::Page::read(&page.render(), Format::Text);
        let told = told.map_err(|error| format!("failed to {error}"));
        if let Err(error) = bots.hear(moments.now(), vec![told]) {
            problem!(warn, "the live page lacks a reading: failed to {error}");
        }
        // What took too long, or a machine that slept, is not made up for.
        next = (next + interval).max(Instant::now());
        let left = next.saturating_duration_since(Instant::now());
        if stopped.recv_timeout(left) != Err(mpsc::RecvTimeoutError::Timeout) {
            return;
        }
    }
}
