//! Ctrl-C, which ends the measurement and not what is said of it.

use std::{
    cell::Cell,
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use botmeter_telemetry::stop_requested;
use tokio::runtime;

/// Whether somebody wants the end.
#[derive(Debug)]
pub(super) struct Stop {
    signal: Receiver<()>,
    has_come: Cell<bool>,
}

impl Stop {
    /// Takes the signals from now on.
    pub(super) fn listen() -> Result<Self> {
        let failed = "failed to listen for signals";
        let stop = stop_requested().context(failed)?;
        let runtime = runtime::Builder::new_current_thread().build().context(failed)?;
        let (sender, signal) = mpsc::channel();
        thread::spawn(move || {
            runtime.block_on(stop);
            // Nobody waits any more if the task is over.
            sender.send(()).ok();
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
}
