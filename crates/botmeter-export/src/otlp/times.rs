//! The times of pushes, which never go back although the clock may.
//!
//! When the clock is set back, a push would carry times before those that the
//! receiver has, or before the start of its own counts, and receivers reject
//! both. So a push is never stamped before the last one that arrived: until the
//! clock has caught up, each is a little later. Panels then show other times
//! than those of the events, which a warning says.
//!
//! One that did not arrive binds nobody: with the times of a clock that was
//! ahead, every later push would be refused until the clock gets there.

use std::time::Duration;

use super::encode::{MILLISECOND, Stamp};
use botmeter_core::{problem, store, wall};

/// Clocks are set right by less than this every day.
const WORTH_A_WORD: Duration = Duration::from_mins(1);

/// The times of one exporter's pushes, in nanoseconds since 1970, as they are
/// sent.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// The time of the last push that arrived.
    arrived: Option<u64>,
    /// How many series there ever were by then.
    births: u64,
    /// The time of the last push, if nobody said whether it arrived.
    in_doubt: Option<u64>,
    /// A warning has said that the clock is behind, and it still is.
    is_said: bool,
}

impl Times {
    /// The times of the push that is made now.
    pub(super) fn stamp(&mut self) -> Stamp {
        let now = wall::nanos();
        let last = self.arrived.max(self.in_doubt);
        let time = last.map_or(now, |last| now.max(last.saturating_add(MILLISECOND)));
        self.tell(Duration::from_nanos(time - now));
        Stamp { time, before: self.arrived, births: store::births(), arrived: self.births }
    }

    /// Remembers what became of the push with this stamp.
    ///
    /// What is in doubt counts until a push after it is refused: if it was that
    /// which was wrong, the next one gets through.
    pub(super) fn pushed(&mut self, stamp: Stamp, has_arrived: bool, is_in_doubt: bool) {
        self.in_doubt = is_in_doubt.then_some(stamp.time);
        if has_arrived {
            self.arrived = self.arrived.max(Some(stamp.time));
            self.births_are_known(stamp);
        }
    }

    /// The series of the push with this stamp are not new to the receiver.
    pub(super) fn births_are_known(&mut self, stamp: Stamp) {
        self.births = stamp.births;
    }

    /// Says it once, until the clock has caught up.
    fn tell(&mut self, behind: Duration) {
        let is_worth_it = behind >= WORTH_A_WORD;
        if is_worth_it && !self.is_said {
            problem!(
                warn,
                behind = format_args!("{} s", behind.as_secs()),
                "the clock is behind the times of earlier pushes: until it has caught up, pushes \
                 carry times shortly after the last one, and panels show them there"
            );
        }
        self.is_said = is_worth_it;
    }
}
