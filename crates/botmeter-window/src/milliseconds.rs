//! Durations as the window counts them.

use std::time::Duration;

/// A duration in milliseconds.
pub(crate) fn milliseconds(of: Duration) -> i64 {
    i64::try_from(of.as_millis()).unwrap_or(i64::MAX)
}
