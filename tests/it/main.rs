//! The integration tests, a module for each subject.

#![cfg(test)]

/// Guards of every domain that are kept over a shutdown.
mod after_shutdown;
/// What recording costs in allocations: nothing, once a handle is bound.
mod allocations;
mod browser;
/// Which kind of a failed call the errors of real clients are.
mod failures;
/// Samples of times that are past, for a real Prometheus.
mod filled;
/// What observing a future adds to its size.
mod futures;
mod hour;
/// A hundred thousand series while four threads record.
mod large;
/// Numbers at their ends are the same on every route.
mod numbers;
/// Both routes give the same series.
mod parity;
/// So do the bridges to other libraries.
mod parity_bridges;
/// Every panel of every board as a picture of our own, every alert firing.
mod pictures;
/// An alert of ours on its way through a real Alertmanager.
mod real_alerts;
/// What a real Prometheus says to a clock that is ahead, and at wrong addresses.
mod real_clock;
/// What series cost on their way and in a real Prometheus.
mod real_costs;
/// The doctor, from inside and from outside, with a real Prometheus.
mod real_doctor;
/// The doctor, pointed at servers that are no place for metrics, and at those
/// that are.
mod real_doctor_servers;
/// From a bucket in a real Prometheus to its trace in a real Jaeger.
mod real_exemplars;
/// Bots in front of a store of several machines, one of which dies.
mod real_fleet;
mod real_fleet_simulated;
/// The live page over a real Prometheus: the numbers of the same samples.
mod real_live;
/// The tests' own Prometheus: that it starts, answers and ends as the other
/// tests rely on.
mod real_prometheus;
/// The evaluator of the window against the engine of Prometheus, bit by bit.
mod real_promql;
/// What rules record for the overview, against what all instances say.
mod real_recorded;
/// A real Prometheus that ends and comes back.
mod real_restart;
/// One program's metrics by four ways into real servers: the same series.
mod real_routes;
/// The tests' other servers end and fail as the other tests rely on.
mod real_servers;
/// The demo against a real Prometheus: every question of every dashboard is
/// answered, by scrape, by push and through a Collector, with the same labels.
mod real_stack;
/// The stack without containers, from its start to its end, with its data.
mod real_stack_native;
/// What panels say in every state of a bot's life, asked of a real Prometheus.
mod real_states;
/// Spans in a real Jaeger, directly and through a real Collector.
mod real_traces;
/// Two routes under random faults: every count is kept, memory stays flat.
mod soak;
/// The configurations of the stack's servers, checked by their programs.
mod stack_configurations;
/// The compose files, checked by Compose and against the other files.
mod stack_files;
/// Guards of every domain that end with the thread-locals of their thread.
mod thread_locals;
/// What the window takes of the heap, beside what it was given.
mod window_memory;
/// The rules of the window against the generated tests of the rules.
mod window_rules;
