//! Moments that can be true.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The year 2000 as a Unix time. What is before it is a time that was never
/// set, or a clock that was not.
const EARLIEST: Duration = Duration::from_hours(24 * 10_957);

/// How far ahead of ours the clock of another machine may be.
const MAX_SKEW: Duration = Duration::from_mins(1);

/// The Unix time in seconds of a moment that a caller names, or nothing if it
/// cannot be true: before the year 2000, or more than a minute ahead of `now`.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// let now = SystemTime::now();
/// assert!(botmeter_core::plausible_unix_time(now, now).is_some());
/// assert!(botmeter_core::plausible_unix_time(now + Duration::from_hours(1), now).is_none());
/// ```
pub fn plausible_unix_time(at: SystemTime, now: SystemTime) -> Option<f64> {
    let unix_time = at.duration_since(UNIX_EPOCH).ok()?;
    let is_ahead = at.duration_since(now).is_ok_and(|ahead| ahead > MAX_SKEW);
    (unix_time >= EARLIEST && !is_ahead).then_some(unix_time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_in_this_millennium_and_not_in_the_future() {
        let unix = |seconds: u64| UNIX_EPOCH + Duration::from_secs(seconds);
        let now = unix(1_800_000_000);
        for (at, expected) in [
            (now, Some(1_800_000_000.0)),
            (unix(946_684_800), Some(946_684_800.0)),
            (unix(1_800_000_060), Some(1_800_000_060.0)),
            (unix(946_684_799), None),
            (unix(1_800_000_061), None),
            (UNIX_EPOCH, None),
            (UNIX_EPOCH - Duration::from_secs(1), None),
        ] {
            assert_eq!(plausible_unix_time(at, now), expected, "{at:?}");
        }
    }
}
