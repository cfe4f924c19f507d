//! One merge, from the queue to its result.

use std::{sync::Arc, time::Duration};

use botmeter_core::{Event, Guard, Outcome};

use crate::{MergeResult, git::Git};

/// A merge that waits for the merge lock.
///
/// [`locked`](Self::locked) says that it has it. Dropped without a word, it
/// gave up: it counts as `error`, because a merge has no other result for it,
/// and so does the time that it waited.
#[derive(Debug)]
#[must_use = "a merge that is dropped at once counts as an error"]
pub struct WaitingMerge(Guard<Waiting>);

/// A merge that holds the merge lock, counted once, at its end.
///
/// Ends with [`finish`](Self::finish), [`conflict`](Self::conflict) or
/// [`fail`](Self::fail). Dropped without a word, as by a panic or when its
/// future is cancelled, it counts as `error`: the branch is not merged, and
/// nobody knows in what state the repository is.
///
/// ```
/// # use botmeter_orchestrator::core::{Domain, Memory, Meter};
/// # use botmeter_orchestrator::Orchestrator;
/// # let memory = Memory::new();
/// # let orchestrator = Orchestrator::register(&Meter::new(memory.clone()));
/// let waiting = orchestrator.merge();
/// // ... wait for the lock ...
/// let mut merge = waiting.locked();
/// assert_eq!(memory.value("git_active_merges", &[]), Some(1.0));
/// merge.found_conflicts(2);
/// // ... resolve them ...
/// merge.finish(14);
///
/// assert_eq!(memory.value("git_active_merges", &[]), Some(0.0));
/// assert_eq!(memory.value("git_merge_total", &[("result", "success")]), Some(1.0));
/// assert_eq!(memory.value("git_conflicts_per_merge_sum", &[]), Some(2.0));
/// ```
#[derive(Debug)]
#[must_use = "a merge that is dropped at once counts as an error"]
pub struct Merge(Guard<Merging>);

/// It finishes when it gets the lock.
#[derive(Debug)]
struct Waiting(Arc<Git>);

#[derive(Debug)]
struct Merging {
    git: Arc<Git>,
    conflicts: usize,
    result: MergeResult,
    files_modified: usize,
}

impl WaitingMerge {
    pub(crate) fn start(git: Arc<Git>) -> Self {
        Self(Guard::start(Waiting(git)))
    }

    /// The merge has the lock.
    pub fn locked(self) -> Merge {
        let git = Arc::clone(&self.0.0);
        self.0.finish();
        let result = MergeResult::Error;
        Merge(Guard::start(Merging { git, conflicts: 0, result, files_modified: 0 }))
    }

    /// How long the merge has been waiting.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Merge {
    /// The merge ran into so many conflicts, whatever becomes of them. Several
    /// calls add up.
    pub fn found_conflicts(&mut self, conflicts: usize) {
        let merging = self.0.event_mut();
        merging.conflicts = merging.conflicts.saturating_add(conflicts);
    }

    /// The branch is merged, which modified so many files.
    pub fn finish(mut self, files_modified: usize) {
        let merging = self.0.event_mut();
        merging.files_modified = files_modified;
        merging.result = MergeResult::Success;
        self.0.finish();
    }

    /// The branch is not merged, because of a conflict that was not resolved.
    pub fn conflict(mut self) {
        let merging = self.0.event_mut();
        merging.conflicts = merging.conflicts.max(1);
        merging.result = MergeResult::Conflict;
        self.0.fail();
    }

    /// The branch is not merged, because something failed.
    pub fn fail(self) {
        self.0.fail();
    }

    /// How long the merge has held the lock.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Event for Waiting {
    fn started(&self) {
        self.0.queue.enter();
    }

    fn ended(&mut self, outcome: Outcome, took: Duration) {
        self.0.queue.leave();
        self.0.lock_wait.took(took);
        if outcome != Outcome::Finished {
            self.0.merges[MergeResult::Error].add(1);
        }
    }
}

impl Event for Merging {
    fn started(&self) {
        self.git.active.add(1);
    }

    /// The result is an error until another one is told, because a merge has
    /// none for what was called off.
    fn ended(&mut self, _: Outcome, took: Duration) {
        self.git.active.add(-1);
        self.git.merge_duration.took(took);
        if self.result == MergeResult::Success {
            self.git.files_modified.record(self.files_modified as f64);
        }
        // A merge that broke off may not have come to its conflicts, so that
        // none is no news.
        if self.result != MergeResult::Error || self.conflicts > 0 {
            self.git.conflicts.record(self.conflicts as f64);
        }
        self.git.merges[self.result].add(1);
    }
}
