//! Something whose duration is all that is recorded of it.

use std::time::{Duration, Instant};

use botmeter_core::Histogram;

/// Something that takes time, recorded when it ends.
///
/// It ends with [`finish`](Self::finish) or when it is dropped, and counts
/// either way: what hung until somebody gave it up is what a p95 is to show.
#[derive(Debug)]
#[must_use = "what is dropped at once took no time"]
pub struct Timing {
    duration: Histogram,
    started: Instant,
}

impl Timing {
    pub(crate) fn start(duration: &Histogram) -> Self {
        Self { duration: duration.clone(), started: Instant::now() }
    }

    /// It is over. The same as dropping it, for those who like to say it.
    pub fn finish(self) {}

    /// How long it has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for Timing {
    fn drop(&mut self) {
        self.duration.took(self.started.elapsed());
    }
}
