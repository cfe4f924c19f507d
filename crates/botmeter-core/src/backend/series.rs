//! One series as it is kept until somebody reads it.

use std::fmt::Write as _;

use super::{
    numbers::{Amount, Cell as _, Count, Level, Reading},
    spread::Spread,
};
use crate::{Descriptor, Kind, Sink};

/// The numbers of one series, of any kind.
#[derive(Debug)]
pub(super) enum Series {
    Count(Count),
    Amount(Amount),
    Level(Level),
    Reading(Reading),
    Spread(Spread),
}

impl Series {
    /// A series of this instrument, at zero.
    pub(super) fn new(descriptor: &'static Descriptor) -> Self {
        match descriptor.kind() {
            Kind::Counter => Self::Count(Count::default()),
            Kind::FloatCounter => Self::Amount(Amount::default()),
            Kind::UpDownCounter => Self::Level(Level::default()),
            Kind::Gauge => Self::Reading(Reading::default()),
            Kind::Histogram => Self::Spread(Spread::new(descriptor.buckets())),
        }
    }

    /// The value, or the sum of a histogram.
    pub(super) fn value(&self) -> f64 {
        match self {
            Self::Count(count) => count.read() as f64,
            Self::Amount(amount) => amount.read(),
            Self::Level(level) => level.read() as f64,
            Self::Reading(reading) => reading.read(),
            Self::Spread(spread) => spread.read().1,
        }
    }

    /// How many measurements a histogram has; none for other kinds.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Spread(spread) => spread.read().0,
            _ => 0,
        }
    }

    /// Writes its lines. The bounds are those of the histogram, as text.
    pub(super) fn write(&self, page: &mut String, name: &str, labels: &str, bounds: &[String]) {
        let (open, close) = if labels.is_empty() { ("", "") } else { ("{", "}") };
        let start = format_args!("{name}{open}{labels}{close}");
        // Writing to a string cannot fail.
        let _written = match self {
            Self::Count(count) => writeln!(page, "{start} {}", count.read()),
            Self::Amount(amount) => writeln!(page, "{start} {}", amount.read()),
            Self::Level(level) => writeln!(page, "{start} {}", level.read()),
            Self::Reading(reading) => writeln!(page, "{start} {}", reading.read()),
            Self::Spread(spread) => {
                spread.write(page, name, labels, bounds);
                Ok(())
            }
        };
    }
}

/// The bounds of a histogram's buckets as they are written, once for all of its
/// series; none for other kinds.
pub(super) fn bounds(descriptor: &Descriptor) -> Vec<String> {
    let finite = descriptor.buckets().iter().map(f64::to_string);
    finite.chain(["+Inf".to_owned()]).collect()
}

// A series is bound by its own kind alone, so the other kinds never get these.

impl Sink<u64> for Series {
    #[inline]
    fn record(&self, n: u64) {
        if let Self::Count(count) = self {
            count.record(n);
        }
    }
}

impl Sink<i64> for Series {
    #[inline]
    fn record(&self, n: i64) {
        if let Self::Level(level) = self {
            level.record(n);
        }
    }
}

impl Sink<f64> for Series {
    #[inline]
    fn record(&self, x: f64) {
        match self {
            Self::Spread(spread) => spread.record(x),
            Self::Amount(amount) => amount.record(x),
            Self::Reading(reading) => reading.record(x),
            Self::Count(_) | Self::Level(_) => {}
        }
    }
}
