//! Workers, by what they are made for.

use std::sync::Arc;

use botmeter_core::{Counter, Each, Histogram, Meter, UpDownCounter};

use crate::{
    Phase, Task, TaskStatus,
    instruments::{ACTIVE_WORKERS, COMPLETIONS, EXECUTION_DURATION},
    task::Tasks,
};

/// All handles of one worker profile.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) execution_duration: Each<Phase, Histogram>,
    pub(crate) completions: Each<TaskStatus, Counter>,
    active: UpDownCounter,
}

impl Row {
    pub(crate) fn bind(meter: &Meter, profile: &str) -> Self {
        Self {
            // A tester has no build phase; an empty histogram for each would
            // be most of the page.
            execution_duration: Each::new(|phase| {
                EXECUTION_DURATION.bind_late(meter, (profile, phase))
            }),
            completions: Each::new(|status| COMPLETIONS.bind(meter, (profile, status))),
            active: ACTIVE_WORKERS.bind(meter, (profile,)),
        }
    }
}

/// One worker profile, found once; its series exist from now on.
#[derive(Clone, Debug)]
pub struct ProfileHandle {
    row: Arc<Row>,
    tasks: Arc<Tasks>,
}

impl ProfileHandle {
    pub(crate) fn new(row: Arc<Row>, tasks: Arc<Tasks>) -> Self {
        Self { row, tasks }
    }

    /// A worker goes to work.
    pub fn worker(&self) -> Worker {
        self.row.active.add(1);
        Worker { profile: self.clone() }
    }
}

/// A worker at work: it counts as active until it is dropped.
///
/// Keep it for as long as the worker works, not while it waits for work: what
/// is counted is how many workers are busy.
#[derive(Debug)]
#[must_use = "a worker that is dropped at once is not active"]
pub struct Worker {
    profile: ProfileHandle,
}

impl Worker {
    /// The worker takes a task into its hands.
    pub fn task(&self) -> Task {
        Task::start(Arc::clone(&self.profile.row), Arc::clone(&self.profile.tasks))
    }
}

/// The one place where a worker stops.
impl Drop for Worker {
    fn drop(&mut self) {
        self.profile.row.active.add(-1);
    }
}
