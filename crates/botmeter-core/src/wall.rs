//! The wall clock, read here and nowhere else in this crate.
//!
//! It may be set forward or back at any moment. So no duration is measured with
//! it: those come from [`Instant`](std::time::Instant), which never goes back.

use std::time::SystemTime;

/// What the clock says now.
pub(crate) fn now() -> SystemTime {
    as_told(SystemTime::now())
}

/// What the clock says at a moment that somebody else read from the system's.
#[cfg(not(test))]
pub(crate) fn as_told(at: SystemTime) -> SystemTime {
    at
}

#[cfg(test)]
pub(crate) use set::{as_told, set_ahead};

/// A clock that a test can set. It counts for the whole process, so such a test
/// runs in one of its own.
#[cfg(test)]
mod set {
    use std::{
        sync::atomic::{AtomicI64, Ordering},
        time::{Duration, SystemTime},
    };

    static AHEAD: AtomicI64 = AtomicI64::new(0);

    /// Sets the clock ahead of the system's by so many seconds, or back.
    pub(crate) fn set_ahead(seconds: i64) {
        AHEAD.store(seconds, Ordering::Relaxed);
    }

    pub(crate) fn as_told(at: SystemTime) -> SystemTime {
        let ahead = AHEAD.load(Ordering::Relaxed);
        let distance = Duration::from_secs(ahead.unsigned_abs());
        if ahead < 0 { at - distance } else { at + distance }
    }
}
