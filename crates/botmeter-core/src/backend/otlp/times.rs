//! The times of points, which never go back although the clock may.
//!
//! The SDK stamps points with the wall clock. When that is set back, a push
//! would carry times before those that the receiver has, or before the start of
//! its own counts, and receivers reject both. So a push is never stamped before
//! the last one: until the clock has caught up, each is a little later. Panels
//! then show other times than those of the events, which a warning says.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{AggregationTemporality, metric::Data},
};
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics,
};

use crate::wall;

/// The least that Prometheus tells apart.
const STEP: Duration = Duration::from_millis(1);

/// Clocks are set right by less than this every day.
const WORTH_A_WORD: Duration = Duration::from_mins(1);

/// The times of one exporter's pushes.
#[derive(Debug, Default)]
pub(super) struct Times(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The latest time of the last push.
    last: Option<SystemTime>,
    /// A warning has said that the clock is behind, and it still is.
    is_said: bool,
}

/// How the times of a push have to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Correction {
    /// The latest time of the push before.
    last: Option<SystemTime>,
}

impl Times {
    /// Looks at a push before it is made: what has to be changed, if anything,
    /// which is only when the clock was set back.
    pub(super) fn next(&self, metrics: &ResourceMetrics) -> Option<Correction> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let correction = Correction { last: state.last };
        let mut behind = Duration::ZERO;
        let mut is_wrong = false;
        for metric in metrics.scope_metrics().flat_map(ScopeMetrics::metrics) {
            let (start, time) = match metric.data() {
                AggregatedMetrics::F64(data) => times_of(data),
                AggregatedMetrics::U64(data) => times_of(data),
                AggregatedMetrics::I64(data) => times_of(data),
            };
            let told = wall::as_told(time);
            let stamp = correction.time(told);
            behind = behind.max(stamp.duration_since(told).unwrap_or_default());
            is_wrong |= stamp != time || start.is_some_and(|start| start > stamp);
            state.last = state.last.max(Some(stamp));
        }
        state.tell(behind);
        is_wrong.then_some(correction)
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

fn times_of<T>(data: &MetricData<T>) -> (Option<SystemTime>, SystemTime) {
    match data {
        MetricData::Gauge(gauge) => (gauge.start_time(), gauge.time()),
        MetricData::Sum(sum) => (Some(sum.start_time()), sum.time()),
        MetricData::Histogram(it) => (Some(it.start_time()), it.time()),
        MetricData::ExponentialHistogram(it) => (Some(it.start_time()), it.time()),
    }
}

impl Correction {
    /// The time of a point for which the clock said this.
    fn time(self, told: SystemTime) -> SystemTime {
        self.last.and_then(|last| last.checked_add(STEP)).map_or(told, |least| told.max(least))
    }

    /// Changes the times of all points.
    pub(super) fn apply(self, request: &mut ExportMetricsServiceRequest) {
        let scopes = request.resource_metrics.iter_mut().flat_map(|it| &mut it.scope_metrics);
        for metric in scopes.flat_map(|it| &mut it.metrics) {
            match &mut metric.data {
                Some(Data::Gauge(gauge)) => {
                    for point in &mut gauge.data_points {
                        self.stamp(
                            &mut point.start_time_unix_nano,
                            &mut point.time_unix_nano,
                            false,
                        );
                    }
                }
                Some(Data::Sum(sum)) => {
                    let is_delta = sum.aggregation_temporality() == AggregationTemporality::Delta;
                    for point in &mut sum.data_points {
                        self.stamp(
                            &mut point.start_time_unix_nano,
                            &mut point.time_unix_nano,
                            is_delta,
                        );
                    }
                }
                Some(Data::Histogram(histogram)) => {
                    let is_delta =
                        histogram.aggregation_temporality() == AggregationTemporality::Delta;
                    for point in &mut histogram.data_points {
                        self.stamp(
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
    }

    /// A count since the last push begins where that ended; one since the start
    /// keeps its start, unless that would be after its end.
    fn stamp(self, start: &mut u64, time: &mut u64, is_delta: bool) {
        let told = wall::as_told(UNIX_EPOCH + Duration::from_nanos(*time));
        *time = nanos(self.time(told));
        if is_delta && let Some(last) = self.last {
            *start = nanos(last);
        }
        *start = (*start).min(*time);
    }
}

fn nanos(time: SystemTime) -> u64 {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
