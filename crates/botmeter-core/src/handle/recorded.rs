//! What recording into a cell is to others: bridges, and exemplars.

use std::sync::atomic::{Ordering, fence};

use crate::{
    Bound, Bridge,
    store::{Amount, Count, Family, Kept, Labels, Level, Reading, Spread},
};

/// A cell that a handle records into.
pub(super) trait Recorded: Kept {
    const HAS_EXEMPLARS: bool = false;

    fn tap(bridge: &dyn Bridge, family: &Family, labels: &Labels) -> Bound<Self::Number>;

    /// Tells bridges what was recorded.
    fn tell(&self, n: Self::Number, sinks: &dyn Fn(Self::Number)) {
        sinks(n);
    }

    /// The bucket and the number to note with the span.
    fn exemplar(&self, n: Self::Number) -> Option<(usize, f64)> {
        let _ = n;
        None
    }
}

impl Recorded for Count {
    const HAS_EXEMPLARS: bool = true;

    fn tap(bridge: &dyn Bridge, family: &Family, labels: &Labels) -> Bound<u64> {
        bridge.counter(family, labels)
    }

    fn exemplar(&self, n: u64) -> Option<(usize, f64)> {
        Some((0, n as f64))
    }
}

impl Recorded for Amount {
    const HAS_EXEMPLARS: bool = true;

    fn tap(bridge: &dyn Bridge, family: &Family, labels: &Labels) -> Bound<f64> {
        bridge.float_counter(family, labels)
    }

    fn exemplar(&self, x: f64) -> Option<(usize, f64)> {
        Some((0, x))
    }
}

impl Recorded for Level {
    fn tap(bridge: &dyn Bridge, family: &Family, labels: &Labels) -> Bound<i64> {
        bridge.up_down_counter(family, labels)
    }
}

impl Recorded for Reading {
    fn tap(bridge: &dyn Bridge, family: &Family, labels: &Labels) -> Bound<f64> {
        bridge.gauge(family, labels)
    }

    /// Two who move it may tell in another order than they moved it, so whoever
    /// has told looks again. The fences rule out that both miss the other.
    fn tell(&self, told: f64, sinks: &dyn Fn(f64)) {
        let mut stands = told;
        loop {
            fence(Ordering::SeqCst);
            sinks(stands);
            fence(Ordering::SeqCst);
            let before = std::mem::replace(&mut stands, self.get());
            if before.to_bits() == stands.to_bits() {
                return;
            }
        }
    }
}

impl Recorded for Spread {
    const HAS_EXEMPLARS: bool = true;

    fn tap(bridge: &dyn Bridge, family: &Family, labels: &Labels) -> Bound<f64> {
        bridge.histogram(family, labels)
    }

    fn exemplar(&self, x: f64) -> Option<(usize, f64)> {
        Some((self.bucket(x), x))
    }
}
