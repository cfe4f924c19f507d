//! What is rare, and yet comes up in every run of the demo.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts from 1 up to a number, and then from 1 again.
///
/// Counted and not drawn: the third of twenty mails is refused in each run, so nobody waits for
/// what dice would show to some and not to others.
#[derive(Debug)]
pub(super) struct Round {
    length: usize,
    before: AtomicUsize,
}

impl Round {
    pub(super) const fn of(length: usize) -> Self {
        assert!(length > 0, "a round has at least one turn");
        Self { length, before: AtomicUsize::new(0) }
    }

    pub(super) fn next(&self) -> usize {
        self.before.fetch_add(1, Ordering::Relaxed) % self.length + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_last_comes_the_first() {
        let round = Round::of(2);
        assert_eq!([round.next(), round.next(), round.next()], [1, 2, 1]);
    }
}
