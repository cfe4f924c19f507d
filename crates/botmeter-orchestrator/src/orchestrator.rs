//! The domain itself.

use std::sync::Arc;

use botmeter_core::{Domain, Meter, Table};

use crate::{
    ChangingWorktree, DispatchCycle, EscalationReason, Operation, ProfileHandle, Resolution,
    ResolutionMethod, Resolving, TaskState, Timing, WaitingMerge, Worker, WorkerProfile,
    WorktreeChange, dispatch::Dispatch, git::Git, instruments::COMPLETIONS, profile::Row,
    task::Tasks,
};

/// An orchestrator that hands tasks to workers and merges what they make.
///
/// Made by `Telemetry` or by [`Domain::register`]. Cloning is cheap, and clones
/// count together.
#[derive(Clone, Debug)]
pub struct Orchestrator(Arc<State>);

#[derive(Debug)]
struct State {
    git: Arc<Git>,
    tasks: Arc<Tasks>,
    dispatch: Arc<Dispatch>,
    profiles: Table<(WorkerProfile,), Arc<Row>>,
}

impl Domain for Orchestrator {
    const NAME: &'static str = "orchestrator";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(Arc::new(State {
            git: Arc::new(Git::bind(meter)),
            tasks: Arc::new(Tasks::bind(meter)),
            dispatch: Arc::new(Dispatch::bind(meter)),
            profiles: Table::new(meter, &COMPLETIONS, |meter, (profile,)| {
                Arc::new(Row::bind(meter, profile))
            }),
        }))
    }
}

/// What is done to the repository.
impl Orchestrator {
    /// A merge waits for the merge lock.
    pub fn merge(&self) -> WaitingMerge {
        WaitingMerge::start(Arc::clone(&self.0.git))
    }

    /// Somebody tries to resolve a merge conflict.
    pub fn resolve_conflict(&self, method: ResolutionMethod) -> Resolution {
        Resolution::start(Resolving::new(Arc::clone(&self.0.git), method))
    }

    /// A branch is checked out until the timing ends.
    pub fn checkout(&self) -> Timing {
        Timing::start(&self.0.git.checkout_duration)
    }

    /// A worktree is made.
    pub fn create_worktree(&self) -> WorktreeChange {
        WorktreeChange::start(ChangingWorktree::new(Arc::clone(&self.0.git), Operation::Create))
    }

    /// A worktree is removed.
    pub fn clean_up_worktree(&self) -> WorktreeChange {
        WorktreeChange::start(ChangingWorktree::new(Arc::clone(&self.0.git), Operation::Cleanup))
    }
}

/// Tasks, and who works on them.
impl Orchestrator {
    /// A worker of this profile goes to work.
    pub fn worker(&self, profile: &str) -> Worker {
        self.profile(profile).worker()
    }

    /// A worker profile whose series exist from now on, to start workers of it
    /// without looking it up.
    pub fn profile(&self, profile: &str) -> ProfileHandle {
        let row = self.0.profiles.row((profile,));
        ProfileHandle::new(Arc::clone(row), Arc::clone(&self.0.tasks))
    }

    /// This is where all tasks stand now.
    ///
    /// A snapshot, because tasks change in more ways than an orchestrator
    /// tells: they are loaded, deleted and moved by hand. Numbers of one state
    /// add up, and a state that is not named has no task, so that both a list
    /// of tasks and a count by state fit:
    ///
    /// ```
    /// # use botmeter_orchestrator::core::{Domain, Memory, Meter};
    /// use botmeter_orchestrator::{Orchestrator, TaskState};
    ///
    /// # let memory = Memory::new();
    /// # let orchestrator = Orchestrator::register(&Meter::new(memory.clone()));
    /// let plan = [TaskState::Active, TaskState::Ready, TaskState::Ready];
    /// orchestrator.set_tasks(plan.map(|state| (state, 1)));
    ///
    /// assert_eq!(memory.value("tasks_by_state", &[("status", "ready")]), Some(2.0));
    /// assert_eq!(memory.value("tasks_by_state", &[("status", "failed")]), Some(0.0));
    /// ```
    pub fn set_tasks(&self, counts: impl IntoIterator<Item = (TaskState, usize)>) {
        self.0.tasks.set(counts);
    }

    /// A human is asked to take over.
    pub fn escalate(&self, reason: EscalationReason) {
        self.0.tasks.escalate(reason);
    }
}

/// The loops that keep it going.
impl Orchestrator {
    /// The director looks at the plan and decides what is next, until the
    /// timing ends.
    pub fn director_cycle(&self) -> Timing {
        Timing::start(&self.0.tasks.director_cycle)
    }

    /// The dispatch loop goes round once.
    pub fn dispatch_cycle(&self) -> DispatchCycle {
        DispatchCycle::start(Arc::clone(&self.0.dispatch))
    }
}
