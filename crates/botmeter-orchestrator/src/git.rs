//! What is done to the repository.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use botmeter_core::{Counter, Each, Event, Gauge, Guard, Histogram, Meter, Outcome, UpDownCounter};

use crate::{
    MergeResult, Operation, OperationResult, ResolutionMethod,
    instruments::{
        ACTIVE_MERGES, CHECKOUT_DURATION, CONFLICTS, FILES_MODIFIED, LOCK_WAIT_DURATION,
        MERGE_DURATION, MERGE_QUEUE_DEPTH, MERGES, RESOLUTION_DURATION, RESOLUTIONS,
        WORKTREE_CREATION_DURATION, WORKTREE_OPERATIONS,
    },
};

/// All handles of the repository's instruments.
#[derive(Debug)]
pub(crate) struct Git {
    pub(crate) queue: Queue,
    pub(crate) lock_wait: Histogram,
    pub(crate) active: UpDownCounter,
    pub(crate) merge_duration: Histogram,
    pub(crate) merges: Each<MergeResult, Counter>,
    pub(crate) files_modified: Histogram,
    pub(crate) conflicts: Histogram,
    pub(crate) checkout_duration: Histogram,
    resolutions: Each<ResolutionMethod, Each<OperationResult, Counter>>,
    resolution_duration: Histogram,
    worktree_operations: Each<Operation, Each<OperationResult, Counter>>,
    worktree_creation: Histogram,
}

impl Git {
    pub(crate) fn bind(meter: &Meter) -> Self {
        Self {
            queue: Queue::new(MERGE_QUEUE_DEPTH.bind(meter, ())),
            lock_wait: LOCK_WAIT_DURATION.bind(meter, ()),
            active: ACTIVE_MERGES.bind(meter, ()),
            merge_duration: MERGE_DURATION.bind(meter, ()),
            merges: Each::new(|result| MERGES.bind(meter, (result,))),
            files_modified: FILES_MODIFIED.bind(meter, ()),
            conflicts: CONFLICTS.bind(meter, ()),
            checkout_duration: CHECKOUT_DURATION.bind(meter, ()),
            resolutions: Each::new(|method| {
                Each::new(|result| RESOLUTIONS.bind(meter, (result, method)))
            }),
            resolution_duration: RESOLUTION_DURATION.bind(meter, ()),
            worktree_operations: Each::new(|operation| {
                Each::new(|result| WORKTREE_OPERATIONS.bind(meter, (operation, result)))
            }),
            worktree_creation: WORKTREE_CREATION_DURATION.bind(meter, ()),
        }
    }
}

/// Who waits for the merge lock.
///
/// The number is a gauge, which is set, so two merges that change it at once
/// must not overtake each other between counting and setting.
#[derive(Debug)]
pub(crate) struct Queue {
    waiting: Mutex<u32>,
    depth: Gauge,
}

impl Queue {
    fn new(depth: Gauge) -> Self {
        depth.set(0.0);
        Self { waiting: Mutex::new(0), depth }
    }

    pub(crate) fn enter(&self) {
        self.change(|waiting| waiting.saturating_add(1));
    }

    pub(crate) fn leave(&self) {
        self.change(|waiting| waiting.saturating_sub(1));
    }

    fn change(&self, change: impl FnOnce(u32) -> u32) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = change(*waiting);
        self.depth.set(f64::from(*waiting));
    }
}

/// An attempt to resolve a merge conflict, counted once, at its end.
///
/// Ends with `finish`, `fail` or `end`. Dropped without a word, it ends as
/// `cancelled`; dropped by a panic, as an `error`.
///
/// ```
/// # use botmeter_orchestrator::core::{Domain, Memory, Meter};
/// use botmeter_orchestrator::{Orchestrator, ResolutionMethod};
///
/// # let memory = Memory::new();
/// # let orchestrator = Orchestrator::register(&Meter::new(memory.clone()));
/// let attempt = orchestrator.resolve_conflict(ResolutionMethod::Llm);
/// // ... the model answers with something that does not compile ...
/// attempt.fail();
///
/// let failed = [("result", "error"), ("method", "llm")];
/// assert_eq!(memory.value("git_conflict_resolution_total", &failed), Some(1.0));
/// ```
pub type Resolution = Guard<Resolving>;

/// What a [`Resolution`] counts.
#[derive(Debug)]
pub struct Resolving {
    git: Arc<Git>,
    method: ResolutionMethod,
}

impl Resolving {
    pub(crate) fn new(git: Arc<Git>, method: ResolutionMethod) -> Self {
        Self { git, method }
    }
}

impl Event for Resolving {
    fn ended(&mut self, outcome: Outcome, took: Duration) {
        self.git.resolutions[self.method][OperationResult::from(outcome)].add(1);
        self.git.resolution_duration.took(took);
    }
}

/// A worktree that is being made or removed, counted once, at the end.
///
/// Ends with `finish`, `fail` or `end`. Dropped without a word, it ends as
/// `cancelled`; dropped by a panic, as an `error`.
pub type WorktreeChange = Guard<ChangingWorktree>;

/// What a [`WorktreeChange`] counts.
#[derive(Debug)]
pub struct ChangingWorktree {
    git: Arc<Git>,
    operation: Operation,
}

impl ChangingWorktree {
    pub(crate) fn new(git: Arc<Git>, operation: Operation) -> Self {
        Self { git, operation }
    }
}

impl Event for ChangingWorktree {
    fn ended(&mut self, outcome: Outcome, took: Duration) {
        self.git.worktree_operations[self.operation][OperationResult::from(outcome)].add(1);
        if self.operation == Operation::Create {
            self.git.worktree_creation.took(took);
        }
    }
}
