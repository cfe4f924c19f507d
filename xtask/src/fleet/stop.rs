//! Ctrl-C, which ends the measurement, then the asking, and not what is said of
//! both.

use std::{
    cell::Cell,
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use botmeter_telemetry::stop_requested;

/// Whether somebody wants the end.
#[derive(Debug)]
pub(super) struct Stop {
    signal: Receiver<()>,
    has_come: Cell<bool>,
}

impl Stop {
    /// Takes the signals from now on.
    pub(super) fn listen() -> Result<Self> {
        let mut stop = stop_requested().context("failed to listen for signals")?;
        let (sender, signal) = mpsc::channel();
        thread::spawn(move || {
            loop {
                stop.wait();
                // Listened for before it is said, so that none gets lost
                // between the two; nobody waits any more if the task is over.
                let next = stop_requested();
                if sender.send(()).is_err() {
                    return;
                }
                let Ok(next) = next else { return };
                stop = next;
            }
        });
        Ok(Self { signal, has_come: Cell::new(false) })
    }

    /// Waits so long at most; whether the end was wanted, now or earlier.
    pub(super) fn came_within(&self, time: Duration) -> bool {
        if !self.has_come.get() {
            self.has_come.set(self.signal.recv_timeout(time).is_ok());
        }
        self.has_come.get()
    }

    /// Whether the end is wanted of what is done now, after all that was waited
    /// for.
    pub(super) fn comes(&self) -> bool {
        self.signal.try_recv().is_ok()
    }
}
