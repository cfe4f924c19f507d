//! The clock that times calls.

#[cfg(feature = "fast-clock")]
pub(crate) use quanta::{Clock, Instant};
#[cfg(not(feature = "fast-clock"))]
pub(crate) use std::time::Instant;

/// The monotonic clock of the system.
#[cfg(not(feature = "fast-clock"))]
#[derive(Clone, Debug)]
pub(crate) struct Clock;

#[cfg(not(feature = "fast-clock"))]
impl Clock {
    pub(crate) fn new() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the other clock was calibrated")]
    #[inline]
    pub(crate) fn now(&self) -> Instant {
        Instant::now()
    }
}
