//! The integration tests, a module for each subject.

/// The tests' own Prometheus: that it starts, answers and ends as the other
/// tests rely on.
mod real_prometheus;
