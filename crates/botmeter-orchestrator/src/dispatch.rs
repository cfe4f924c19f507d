//! Rounds of the loop that hands tasks to workers.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use botmeter_core::{Counter, Histogram, Meter};

use crate::instruments::{COMPLETED, DISPATCH_CYCLE_DURATION, DISPATCH_ITERATIONS, DISPATCHED};

/// All handles of the dispatch loop's instruments.
#[derive(Debug)]
pub(crate) struct Dispatch {
    iterations: Counter,
    cycle_duration: Histogram,
    dispatched: Histogram,
    completed: Histogram,
}

impl Dispatch {
    pub(crate) fn bind(meter: &Meter) -> Self {
        Self {
            iterations: DISPATCH_ITERATIONS.bind(meter, ()),
            cycle_duration: DISPATCH_CYCLE_DURATION.bind(meter, ()),
            dispatched: DISPATCHED.bind(meter, ()),
            completed: COMPLETED.bind(meter, ()),
        }
    }
}

/// One round of the dispatch loop, recorded when it ends.
///
/// It ends with [`finish`](Self::finish) or when it is dropped, and counts
/// either way, with what was dispatched until then.
///
/// ```
/// # use botmeter_orchestrator::core::{Domain, Memory, Meter};
/// # use botmeter_orchestrator::Orchestrator;
/// # let memory = Memory::new();
/// # let orchestrator = Orchestrator::register(&Meter::new(memory.clone()));
/// # let (finished, ready) = (["a"], ["b", "c"]);
/// let mut cycle = orchestrator.dispatch_cycle();
/// for _worker in finished {
///     cycle.completed(1);
/// }
/// for _task in ready {
///     cycle.dispatched(1);
/// }
/// cycle.finish();
///
/// assert_eq!(memory.value("dispatch_loop_iterations_total", &[]), Some(1.0));
/// assert_eq!(memory.value("dispatch_tasks_dispatched_per_cycle_sum", &[]), Some(2.0));
/// ```
#[derive(Debug)]
#[must_use = "a cycle that is dropped at once took no time"]
pub struct DispatchCycle {
    dispatch: Arc<Dispatch>,
    started: Instant,
    dispatched: usize,
    completed: usize,
}

impl DispatchCycle {
    pub(crate) fn start(dispatch: Arc<Dispatch>) -> Self {
        Self { dispatch, started: Instant::now(), dispatched: 0, completed: 0 }
    }

    /// So many tasks were handed to workers. Several calls add up.
    pub fn dispatched(&mut self, tasks: usize) {
        self.dispatched = self.dispatched.saturating_add(tasks);
    }

    /// So many workers had ended their task. Several calls add up.
    pub fn completed(&mut self, workers: usize) {
        self.completed = self.completed.saturating_add(workers);
    }

    /// The round is over. The same as dropping it, for those who like to say
    /// it.
    pub fn finish(self) {}

    /// How long the round has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where a round ends.
impl Drop for DispatchCycle {
    fn drop(&mut self) {
        self.dispatch.iterations.add(1);
        self.dispatch.cycle_duration.took(self.started.elapsed());
        self.dispatch.dispatched.record(self.dispatched as f64);
        self.dispatch.completed.record(self.completed as f64);
    }
}
