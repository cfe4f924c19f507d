//! How often a push is tried, and how long it waits in between; the same by
//! either protocol.

use std::time::{Duration, Instant};

/// How often a push is repeated that may succeed the next time.
const RETRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The attempts of one push, which share its timeout.
pub(super) struct Attempts {
    begin: Instant,
    timeout: Duration,
    retries: u32,
    pause: Duration,
}

impl Attempts {
    /// The first attempt begins now.
    pub(super) fn within(timeout: Duration) -> Self {
        Self { begin: Instant::now(), timeout, retries: RETRIES, pause: FIRST_PAUSE }
    }

    /// How long the attempt that begins now may take.
    pub(super) fn left(&self) -> Duration {
        self.timeout.saturating_sub(self.begin.elapsed())
    }

    /// How long to wait before the next attempt: twice as long each time, and
    /// no shorter than the receiver asks for. Nothing when there is to be none,
    /// also because the timeout would be over by then.
    pub(super) fn next(&mut self, asked: Duration) -> Option<Duration> {
        self.retries = self.retries.checked_sub(1)?;
        let pause = self.pause.max(asked);
        self.pause = pause.saturating_mul(2);
        (pause < self.left()).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Duration = Duration::ZERO;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let mut attempts = Attempts::within(Duration::from_hours(1));
        let pauses: Vec<_> = std::iter::from_fn(|| attempts.next(NOTHING)).collect();
        assert_eq!(pauses, [100, 200, 400].map(Duration::from_millis));
    }

    #[test]
    fn what_the_receiver_asks_for_is_the_least_from_then_on() {
        let mut attempts = Attempts::within(Duration::from_hours(1));
        assert_eq!(attempts.next(Duration::from_secs(3)), Some(Duration::from_secs(3)));
        assert_eq!(attempts.next(NOTHING), Some(Duration::from_secs(6)));
    }

    #[test]
    fn nothing_is_waited_for_beyond_the_timeout() {
        let mut attempts = Attempts::within(Duration::from_mins(1));
        assert_eq!(attempts.next(Duration::from_mins(1)), None);
        assert_eq!(Attempts::within(NOTHING).next(NOTHING), None);
    }
}
