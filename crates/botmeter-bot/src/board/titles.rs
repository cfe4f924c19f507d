//! Titles of panels that alerts lead to.

pub(super) const FAILED_RUNS: &str = "Failed runs";
pub(super) const FAILURES_IN_A_ROW: &str = "Failures in a row";
pub(super) const TIME_SINCE_SUCCESS: &str = "Time since success";
pub(super) const QUEUE_DEPTH: &str = "Queue depth";
pub(super) const QUEUE_DEPTH_IN_AN_HOUR: &str = "Queue depth in an hour";
pub(super) const RUNS_UNDER_WAY: &str = "Runs under way";
pub(super) const ERROR_BUDGET: &str = "Error budget";
pub(super) const LATENCY_BUDGET: &str = "Latency budget";
