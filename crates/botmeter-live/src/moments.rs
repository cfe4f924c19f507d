//! The moments at which pages are read.

use std::time::Instant;

use botmeter_core::wall;

/// Moments by the wall clock that never go back: while it is behind, because
/// somebody set it so, they go on as time does.
#[derive(Debug)]
pub struct Moments {
    last: Option<(i64, Instant)>,
}

impl Moments {
    /// Moments that come after this one.
    pub fn after(last: Option<i64>) -> Self {
        Self { last: last.map(|at| (at, Instant::now())) }
    }

    /// Now, in milliseconds since 1970.
    pub fn now(&mut self) -> i64 {
        let clock = i64::try_from(wall::nanos() / 1_000_000).unwrap_or(i64::MAX);
        let at = self.last.map_or(clock, |(last, then)| {
            let passed = i64::try_from(then.elapsed().as_millis()).unwrap_or(i64::MAX);
            clock.max(last.saturating_add(passed.max(1)))
        });
        self.last = Some((at, Instant::now()));
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_grow_although_the_clock_is_behind() {
        let ahead = Moments::after(None).now() + 3_600_000;
        let mut moments = Moments::after(Some(ahead));
        let (first, second) = (moments.now(), moments.now());
        assert!(ahead < first && first < second, "{ahead} {first} {second}");
        assert!(second < ahead + 60_000, "it goes on as time does: {second}");
    }
}
