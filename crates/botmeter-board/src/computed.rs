//! Numbers of examples that follow the limits of alerts.

use std::time::Duration;

use botmeter_core::{Histogram, Instrument, LabelSet};

use crate::Limit;

/// What a share leaves of all: 0.1 for 0.9, where `1.0 - 0.9` is
/// 0.09999999999999998, and nobody wants to read that.
pub fn rest(share: f64) -> f64 {
    ((1.0 - share) * 1e9).round() / 1e9
}

/// What Prometheus takes for a quantile, between 0 and 1, when all observations
/// have this value: of their bucket it knows the bounds alone.
///
/// ```
/// use botmeter_board::estimated;
/// # use botmeter_core::{Histogram, Instrument, Unit};
/// # static TOOK: Instrument<Histogram, ()> =
/// #     Instrument::histogram("mail.took", Unit::SECONDS, "How long.", &[0.5, 1.5, 2.5]);
///
/// assert_eq!(estimated(0.5, &TOOK, 0.7), 1.0);
/// assert_eq!(estimated(0.5, &TOOK, 60.0), 2.5);
/// ```
pub fn estimated<L: LabelSet>(
    quantile: f64,
    of: &'static Instrument<Histogram, L>,
    value: f64,
) -> f64 {
    let bounds = of.descriptor().buckets();
    let at = bounds.partition_point(|bound| *bound < value);
    let lower = at.checked_sub(1).map_or(0.0, |below| bounds[below]);
    // Nothing is known of what lies above the highest bound.
    bounds.get(at).map_or(lower, |upper| lower + (upper - lower) * quantile)
}

impl Limit {
    /// A limit in seconds as a time of whole minutes, as examples go by.
    pub fn minutes(&self) -> Duration {
        // No alert looks back over thirty years.
        let seconds = Duration::from_secs_f64(self.value.clamp(0.0, 1e9)).as_secs();
        Duration::from_mins(seconds / 60)
    }
}
