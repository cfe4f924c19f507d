//! One task in the hands of one worker.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use botmeter_core::{ClosedLabel, Counter, Each, Event, Gauge, Guard, Histogram, Meter, Outcome};

use crate::{
    Attempt, EscalationReason, Phase, TaskState, TaskStatus, Timing,
    instruments::{DIRECTOR_CYCLE_DURATION, ESCALATIONS, RETRIES, TASK_RETRIES, TASKS_BY_STATE},
    profile::Row,
};

/// All handles of tasks that do not depend on the worker.
#[derive(Debug)]
pub(crate) struct Tasks {
    retries: Histogram,
    retry: Each<Phase, Each<Attempt, Counter>>,
    states: Mutex<Each<TaskState, Gauge>>,
    escalations: Each<EscalationReason, Counter>,
    pub(crate) director_cycle: Histogram,
}

impl Tasks {
    pub(crate) fn bind(meter: &Meter) -> Self {
        Self {
            retries: RETRIES.bind(meter, ()),
            retry: Each::new(|phase| {
                Each::new(|attempt| TASK_RETRIES.bind(meter, (phase, attempt)))
            }),
            // Before the first snapshot nobody knows, and zero would be a lie.
            states: Mutex::new(Each::new(|state| TASKS_BY_STATE.bind_late(meter, (state,)))),
            escalations: Each::new(|reason| ESCALATIONS.bind(meter, (reason,))),
            director_cycle: DIRECTOR_CYCLE_DURATION.bind(meter, ()),
        }
    }

    pub(crate) fn set(&self, counts: impl IntoIterator<Item = (TaskState, usize)>) {
        let mut sums = [0_usize; TaskState::ALL.len()];
        for (state, count) in counts {
            sums[state.index()] = sums[state.index()].saturating_add(count);
        }
        // Two snapshots at once must not mix.
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        for state in TaskState::ALL {
            states[*state].set(sums[state.index()] as f64);
        }
    }

    pub(crate) fn escalate(&self, reason: EscalationReason) {
        self.escalations[reason].add(1);
    }
}

/// A task in the hands of one worker, counted once, when it leaves them.
///
/// Ends with [`finish`](Self::finish), [`fail`](Self::fail),
/// [`error`](Self::error) or [`requeue`](Self::requeue). Dropped without a
/// word, it ends as `cancelled`; dropped by a panic, as an `error`.
///
/// ```
/// # use botmeter_orchestrator::core::{Domain, Memory, Meter};
/// use botmeter_orchestrator::{Orchestrator, Phase};
///
/// # let memory = Memory::new();
/// # let orchestrator = Orchestrator::register(&Meter::new(memory.clone()));
/// let worker = orchestrator.worker("coder");
/// let mut task = worker.task();
/// let build = task.phase(Phase::Build);
/// // ... build: it does not compile ...
/// build.finish();
/// task.retry(Phase::Build);
/// let build = task.phase(Phase::Build);
/// // ... build again ...
/// build.finish();
/// task.finish();
///
/// let done = [("worker_profile", "coder"), ("status", "success")];
/// assert_eq!(memory.value("task_completion_total", &done), Some(1.0));
/// let retry = [("phase", "build"), ("attempt", "1")];
/// assert_eq!(memory.value("task_retry_total", &retry), Some(1.0));
/// ```
#[derive(Debug)]
#[must_use = "a task that is dropped at once counts as cancelled"]
pub struct Task(Guard<Working, TaskStatus>);

#[derive(Debug)]
struct Working {
    row: Arc<Row>,
    tasks: Arc<Tasks>,
    retries: usize,
}

impl Task {
    pub(crate) fn start(row: Arc<Row>, tasks: Arc<Tasks>) -> Self {
        Self(Guard::start(Working { row, tasks, retries: 0 }))
    }

    /// The task comes from the queue with so many retries behind it.
    #[must_use = "a task that is dropped at once counts as cancelled"]
    pub fn after_retries(mut self, retries: usize) -> Self {
        self.0.event_mut().retries = retries;
        self
    }

    /// The worker is at this phase of the task until the timing ends.
    pub fn phase(&self, phase: Phase) -> Timing {
        Timing::start(&self.0.row.execution_duration[phase])
    }

    /// The worker goes through this phase again.
    pub fn retry(&mut self, phase: Phase) {
        let task = self.0.event_mut();
        task.retries = task.retries.saturating_add(1);
        task.tasks.retry[phase][Attempt::of(task.retries)].add(1);
    }

    /// How many retries the task has behind it, for the queue to remember.
    pub fn retries(&self) -> usize {
        self.0.retries
    }

    /// The task is done.
    pub fn finish(self) {
        self.0.finish();
    }

    /// The task was worked on to the end, and the result is no good: its tests
    /// fail, or a review refused it.
    pub fn fail(self) {
        self.0.fail(TaskStatus::Failed);
    }

    /// The task could not be worked on: the model, the sandbox or something
    /// else that the worker needs broke.
    pub fn error(self) {
        self.0.fail(TaskStatus::Error);
    }

    /// The task goes back into the queue, to be tried again from this phase by
    /// whichever worker takes it. Returns how many retries it then has behind
    /// it, to be given to [`after_retries`](Self::after_retries).
    pub fn requeue(mut self, phase: Phase) -> usize {
        self.retry(phase);
        let retries = self.retries();
        self.0.fail(TaskStatus::Retry);
        retries
    }
}

impl Event<TaskStatus> for Working {
    fn ended(&mut self, outcome: Outcome<TaskStatus>, _: Duration) {
        let status = match outcome {
            Outcome::Finished => TaskStatus::Success,
            Outcome::Failed(status) => status,
            Outcome::Cancelled => TaskStatus::Cancelled,
        };
        self.row.completions[status].add(1);
        if status != TaskStatus::Retry {
            self.tasks.retries.record(self.retries as f64);
        }
    }
}
