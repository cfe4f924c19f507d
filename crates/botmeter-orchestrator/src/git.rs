//! What is done to the repository.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use botmeter_core::{Counter, Each, Gauge, Histogram, Meter, UpDownCounter};

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
/// Ends with [`finish`](Self::finish) or [`fail`](Self::fail). Dropped without
/// a word, it ends as `cancelled`; dropped by a panic, as an `error`.
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
///
/// An attempt ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_orchestrator::{Orchestrator, ResolutionMethod};
/// # use botmeter_orchestrator::core::{Domain, Meter, backend::Discard};
/// # let orchestrator = Orchestrator::register(&Meter::new(Discard));
/// let attempt = orchestrator.resolve_conflict(ResolutionMethod::Llm);
/// attempt.fail();
/// attempt.finish();
/// ```
#[derive(Debug)]
#[must_use = "a resolution that is dropped at once counts as cancelled"]
pub struct Resolution {
    git: Arc<Git>,
    method: ResolutionMethod,
    started: Instant,
    result: Option<OperationResult>,
}

impl Resolution {
    pub(crate) fn start(git: Arc<Git>, method: ResolutionMethod) -> Self {
        Self { git, method, started: Instant::now(), result: None }
    }

    /// The conflict is resolved.
    pub fn finish(mut self) {
        self.result = Some(OperationResult::Success);
    }

    /// The conflict is still there.
    pub fn fail(mut self) {
        self.result = Some(OperationResult::Error);
    }

    /// How long the attempt has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where an attempt ends.
impl Drop for Resolution {
    fn drop(&mut self) {
        let result = self.result.unwrap_or_else(OperationResult::unsaid);
        self.git.resolutions[self.method][result].add(1);
        self.git.resolution_duration.record(self.started.elapsed().as_secs_f64());
    }
}

/// A worktree that is being made or removed, counted once, at the end.
///
/// Ends with [`finish`](Self::finish) or [`fail`](Self::fail). Dropped without
/// a word, it ends as `cancelled`; dropped by a panic, as an `error`.
#[derive(Debug)]
#[must_use = "an operation that is dropped at once counts as cancelled"]
pub struct WorktreeChange {
    git: Arc<Git>,
    operation: Operation,
    started: Instant,
    result: Option<OperationResult>,
}

impl WorktreeChange {
    pub(crate) fn start(git: Arc<Git>, operation: Operation) -> Self {
        Self { git, operation, started: Instant::now(), result: None }
    }

    /// The worktree is made, or removed.
    pub fn finish(mut self) {
        self.result = Some(OperationResult::Success);
    }

    /// It failed.
    pub fn fail(mut self) {
        self.result = Some(OperationResult::Error);
    }

    /// How long it has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where the change of a worktree ends.
impl Drop for WorktreeChange {
    fn drop(&mut self) {
        let result = self.result.unwrap_or_else(OperationResult::unsaid);
        self.git.worktree_operations[self.operation][result].add(1);
        if self.operation == Operation::Create {
            self.git.worktree_creation.record(self.started.elapsed().as_secs_f64());
        }
    }
}
