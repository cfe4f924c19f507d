//! The integration tests, a module for each subject.

#![cfg(test)]

/// What recording costs in allocations: nothing, once a handle is bound.
mod allocations;
/// Both routes give the same series.
mod parity;
/// The doctor, from inside and from outside, with a real Prometheus.
mod real_doctor;
/// The tests' own Prometheus: that it starts, answers and ends as the other
/// tests rely on.
mod real_prometheus;
/// The demo against a real Prometheus: every question of every dashboard is
/// answered, by both routes, with the same labels.
mod real_stack;
/// The stack without containers, from its start to its end, with its data.
mod real_stack_native;
/// An OTLP receiver in this process: the one that the tests of core use.
#[expect(dead_code, reason = "the tests of core use the rest of it")]
#[path = "../../crates/botmeter-core/tests/receiver/mod.rs"]
mod receiver;
/// Two routes under random faults: every count is kept, memory stays flat.
mod soak;
