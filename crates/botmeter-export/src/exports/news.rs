//! What the log says of exports that fail: as little as tells everything,
//! however long that lasts and whatever the reasons contain.
//!
//! A failure is said once in a streak, and no two within ten minutes. What is
//! not said when it comes is said with the next line.

use std::{
    mem::take,
    time::{Duration, Instant},
};

/// How long a backend is silent after it said a failure.
const QUIET: Duration = Duration::from_mins(10);

/// What was said, and what is still to be said.
#[derive(Debug, Default)]
pub(super) struct News {
    /// When a failure was said last.
    at: Option<Instant>,
    /// What was said of the streak that goes on.
    said: Option<String>,
    /// The latest failure that was news and could not be said.
    unsaid: Option<String>,
    /// Failures since exports were last said to succeed.
    failed: u64,
}

/// One line of the log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// A failure that was not said when it came, and is not the one that goes on.
    pub(super) earlier_error: Option<String>,
    /// How many exports failed since they were last said to succeed.
    pub(super) failed_exports: u64,
}

impl News {
    /// An export failed: the line that is due, if one is.
    pub(super) fn failed(&mut self, now: Instant, error: &str) -> Option<Line> {
        self.failed += 1;
        if self.said.as_deref().is_none_or(|said| gist(said) != gist(error)) {
            self.unsaid = Some(error.to_owned());
        }
        if self.unsaid.is_none() || self.is_quiet(now) {
            return None;
        }
        self.at = Some(now);
        self.said = Some(error.to_owned());
        let earlier_error = self.unsaid.take().filter(|unsaid| gist(unsaid) != gist(error));
        Some(Line { earlier_error, failed_exports: self.failed })
    }

    /// An export succeeded: the line that is due, if one is. What was said to
    /// go on is said to have ended, at once.
    pub(super) fn succeeded(&mut self, now: Instant) -> Option<Line> {
        if self.said.take().is_none() {
            if self.failed == 0 || self.is_quiet(now) {
                return None;
            }
            self.at = Some(now);
        }
        let earlier_error = self.unsaid.take();
        Some(Line { earlier_error, failed_exports: take(&mut self.failed) })
    }

    fn is_quiet(&self, now: Instant) -> bool {
        self.at.is_some_and(|at| now.saturating_duration_since(at) < QUIET)
    }
}

/// A reason without what may differ each time although the failure is the same:
/// what it quotes from elsewhere, and words with a digit in them.
fn gist(reason: &str) -> String {
    let mut own = String::with_capacity(reason.len());
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in reason.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            _ => own.push(c),
        }
    }
    let is_stable = |word: &&str| !word.contains(|c: char| c.is_ascii_digit());
    own.split_whitespace().filter(is_stable).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPIRED: &str = "certificate expired: verification time 1795274329 (UNIX)";

    /// The log of one backend, by a clock that the test moves.
    struct Log {
        news: News,
        now: Instant,
    }

    impl Log {
        fn new() -> Self {
            Self { news: News::default(), now: Instant::now() }
        }

        fn fails(&mut self, error: &str) -> Option<(Option<String>, u64)> {
            let line = self.news.failed(self.now, error)?;
            Some((line.earlier_error, line.failed_exports))
        }

        fn succeeds(&mut self) -> Option<(Option<String>, u64)> {
            let line = self.news.succeeded(self.now)?;
            Some((line.earlier_error, line.failed_exports))
        }
    }

    #[test]
    fn a_day_of_one_failure_is_two_lines_whatever_changes_in_its_text() {
        type Reason = fn(u64) -> String;
        let reasons: [Reason; 3] = [
            |n| format!("POST http://a: certificate expired: verification time {n} (UNIX)"),
            |n| {
                let id = if n % 2 == 0 { "abc" } else { "defgh" };
                format!("POST http://a: 503 Unavailable, \"no \\\"{id}\\\" here\"; wait")
            },
            |n| format!("response header is too big: {n} > 65536"),
        ];
        for reason in reasons {
            let mut log = Log::new();
            assert_eq!(log.fails(&reason(0)), Some((None, 1)));
            for n in 1..5_760 {
                log.now += Duration::from_secs(15);
                assert_eq!(log.fails(&reason(n)), None);
            }
            assert_eq!(log.succeeds(), Some((None, 5_760)));
            assert_eq!(log.succeeds(), None);
        }
    }

    #[test]
    fn another_reason_is_said_when_ten_minutes_are_over() {
        let mut log = Log::new();
        assert_eq!(log.fails(EXPIRED), Some((None, 1)));
        log.now += Duration::from_secs(599);
        assert_eq!(log.fails("connection refused"), None);
        log.now += Duration::from_secs(1);
        assert_eq!(log.fails("connection refused"), Some((None, 3)));
        // One that came and went is not lost.
        log.now += Duration::from_secs(15);
        assert_eq!(log.fails("out of luck"), None);
        log.now += QUIET;
        assert_eq!(log.fails("connection refused"), Some((Some("out of luck".to_owned()), 5)));
    }

    #[test]
    fn another_reason_is_said_at_the_end_if_that_comes_first() {
        let mut log = Log::new();
        assert_eq!(log.fails(EXPIRED), Some((None, 1)));
        assert_eq!(log.fails("connection refused"), None);
        assert_eq!(log.succeeds(), Some((Some("connection refused".to_owned()), 2)));
    }

    #[test]
    fn what_comes_and_goes_is_two_lines_in_ten_minutes_and_counted_whole() {
        let mut log = Log::new();
        let mut lines = Vec::new();
        for second in 0..1_200 {
            let line = if second % 2 == 0 { log.fails(EXPIRED) } else { log.succeeds() };
            lines.extend(line.map(|(_, failed)| (second, failed)));
            log.now += Duration::from_secs(1);
        }
        // The beginning and the end of the first and of the one after ten
        // minutes, which counts those between them.
        assert_eq!(lines, [(0, 1), (1, 1), (600, 300), (601, 300)]);
    }

    #[test]
    fn a_streak_that_nobody_heard_of_is_said_when_it_is_over() {
        let mut log = Log::new();
        assert_eq!(log.fails(EXPIRED), Some((None, 1)));
        assert_eq!(log.succeeds(), Some((None, 1)));
        assert_eq!(log.fails("connection refused"), None);
        assert_eq!(log.succeeds(), None);
        log.now += QUIET;
        assert_eq!(log.succeeds(), Some((Some("connection refused".to_owned()), 1)));
        assert_eq!(log.succeeds(), None);
    }
}
