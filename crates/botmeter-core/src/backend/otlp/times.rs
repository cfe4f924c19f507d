//! The times of points, which never go back although the clock may.
//!
//! The SDK stamps points with the wall clock. When that is set back, a push
//! would carry times before those that the receiver has, or before the start of
//! its own counts, and receivers reject both. So a push is never stamped before
//! the last one that arrived: until the clock has caught up, each is a little
//! later. Panels then show other times than those of the events, which a
//! warning says.
//!
//! One that did not arrive binds nobody: with the times of a clock that was
//! ahead, every later push would be refused until the clock gets there.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{AggregationTemporality, metric::Data},
};

use crate::{backend::sdk::Failure, wall};

/// The least that Prometheus tells apart, in nanoseconds.
const STEP: u64 = 1_000_000;

/// Clocks are set right by less than this every day.
const WORTH_A_WORD: Duration = Duration::from_mins(1);

/// The times of one exporter's pushes.
#[derive(Debug, Default)]
pub(super) struct Times(Mutex<State>);

/// Times are in nanoseconds since 1970, as they are sent.
#[derive(Debug, Default)]
struct State {
    /// The latest time that arrived.
    arrived: u64,
    /// The latest time of the last push, if nobody said whether it arrived.
    in_doubt: u64,
    /// A warning has said that the clock is behind, and it still is.
    is_said: bool,
}

/// The latest time of a push.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp(u64);

impl Times {
    /// Gives the points of a push times after those of the pushes before.
    pub(super) fn stamp(&self, request: &mut ExportMetricsServiceRequest) -> Stamp {
        let mut state = self.lock();
        let mut stamping = Stamping::after(state.arrived.max(state.in_doubt));
        let scopes = request.resource_metrics.iter_mut().flat_map(|it| &mut it.scope_metrics);
        for metric in scopes.flat_map(|it| &mut it.metrics) {
            stamping.data(&mut metric.data);
        }
        state.tell(Duration::from_nanos(stamping.behind));
        Stamp(stamping.latest)
    }

    /// Remembers what became of the push with this stamp.
    ///
    /// What is in doubt counts until a push after it is refused: if it was that
    /// which was wrong, the next one gets through.
    pub(super) fn pushed(&self, stamp: Stamp, outcome: &Result<(), Failure>) {
        let mut state = self.lock();
        let is_in_doubt = matches!(outcome, Err(Failure { may_have_arrived: true, .. }));
        state.in_doubt = if is_in_doubt { stamp.0 } else { 0 };
        if matches!(outcome, Ok(()) | Err(Failure { rejected: Some(_), .. })) {
            state.arrived = state.arrived.max(stamp.0);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Says it once, until the clock has caught up.
    fn tell(&mut self, behind: Duration) {
        let is_worth_it = behind >= WORTH_A_WORD;
        if is_worth_it && !self.is_said {
            tracing::warn!(
                behind = format_args!("{} s", behind.as_secs()),
                "the clock is behind the times of earlier pushes: until it has caught up, pushes \
                 carry times shortly after the last one, and panels show them there"
            );
        }
        self.is_said = is_worth_it;
    }
}

/// One pass over the points of a push.
struct Stamping {
    /// The latest time of the pushes before.
    last: u64,
    /// The latest time of this one.
    latest: u64,
    /// By how much the clock was behind.
    behind: u64,
}

impl Stamping {
    fn after(last: u64) -> Self {
        Self { last, latest: 0, behind: 0 }
    }

    fn data(&mut self, data: &mut Option<Data>) {
        match data {
            Some(Data::Gauge(gauge)) => {
                for point in &mut gauge.data_points {
                    self.point(&mut point.start_time_unix_nano, &mut point.time_unix_nano, false);
                }
            }
            Some(Data::Sum(sum)) => {
                let is_delta = sum.aggregation_temporality() == AggregationTemporality::Delta;
                for point in &mut sum.data_points {
                    self.point(
                        &mut point.start_time_unix_nano,
                        &mut point.time_unix_nano,
                        is_delta,
                    );
                }
            }
            Some(Data::Histogram(histogram)) => {
                let is_delta = histogram.aggregation_temporality() == AggregationTemporality::Delta;
                for point in &mut histogram.data_points {
                    self.point(
                        &mut point.start_time_unix_nano,
                        &mut point.time_unix_nano,
                        is_delta,
                    );
                }
            }
            // No instrument becomes one of these.
            Some(Data::ExponentialHistogram(_) | Data::Summary(_)) | None => {}
        }
    }

    /// A count since the last push begins no earlier than that ended; one since
    /// the start keeps its start, unless that would be after its end.
    fn point(&mut self, start: &mut u64, time: &mut u64, is_delta: bool) {
        let told = as_told(*time);
        let least = if self.last == 0 { 0 } else { self.last.saturating_add(STEP) };
        *time = told.max(least);
        if is_delta {
            *start = (*start).max(self.last);
        }
        *start = (*start).min(*time);
        self.latest = self.latest.max(*time);
        self.behind = self.behind.max(*time - told);
    }
}

fn as_told(nanos: u64) -> u64 {
    let told = wall::as_told(UNIX_EPOCH + Duration::from_nanos(nanos));
    let since_epoch = told.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
