//! A sign of life at a steady pace.

use std::{
    sync::{Arc, mpsc},
    thread::{Builder, JoinHandle},
    time::{Duration, UNIX_EPOCH},
};

use botmeter_core::{Error, wall};

use crate::self_observation::SelfObservation;

/// More often than any usual export interval, so that each export carries a
/// fresh sign.
const PACE: Duration = Duration::from_secs(5);

/// Sets the heartbeat until it is dropped.
#[derive(Debug)]
pub(crate) struct Pulse {
    own: Arc<SelfObservation>,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    pub(crate) fn start(own: Arc<SelfObservation>) -> Result<Self, Error> {
        let (stop, stopped) = mpsc::channel();
        let beating = Arc::clone(&own);
        let thread = Builder::new()
            .name("botmeter-pulse".to_owned())
            .spawn(move || {
                while stopped.recv_timeout(PACE) == Err(mpsc::RecvTimeoutError::Timeout) {
                    beating.alive(unix_time());
                }
            })
            .map_err(|error| Error::new("start the thread of the heartbeat").because(error))?;
        Ok(Self { own, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) fn beat(&self) {
        self.own.alive(unix_time());
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell: it only waits and sets a number.
            let _ended = thread.join();
        }
    }
}

/// Now, in seconds.
pub(crate) fn unix_time() -> f64 {
    wall::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
