//! The wall clock, read here and nowhere else.
//!
//! It may be set forward or back at any moment. So no duration is measured with
//! it: those come from [`Instant`](std::time::Instant), which never goes back.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, SystemTime},
};

/// What the clock says now.
pub fn now() -> SystemTime {
    let ahead = AHEAD.load(Ordering::Relaxed);
    let distance = Duration::from_secs(ahead.unsigned_abs());
    let now = SystemTime::now();
    if ahead < 0 { now - distance } else { now + distance }
}

/// What it says in nanoseconds of Unix time, up to the year 2554.
pub fn nanos() -> u64 {
    let since = now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

static AHEAD: AtomicI64 = AtomicI64::new(0);

/// Sets the clock ahead of the system's by so many seconds, or back, for a test:
/// it counts for the whole process, so such a test runs in one of its own.
pub fn set_ahead(seconds: i64) {
    AHEAD.store(seconds, Ordering::Relaxed);
}
