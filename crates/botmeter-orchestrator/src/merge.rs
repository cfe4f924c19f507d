//! One merge, from the queue to its result.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{MergeResult, git::Git};

/// A merge that waits for the merge lock.
///
/// [`locked`](Self::locked) says that it has it. Dropped without a word, it
/// gave up: it counts as `error`, because a merge has no other result for it,
/// and so does the time that it waited.
#[derive(Debug)]
#[must_use = "a merge that is dropped at once counts as an error"]
pub struct WaitingMerge(State);

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
///
/// The same merge cannot end twice:
///
/// ```compile_fail,E0382
/// # use botmeter_orchestrator::core::{Domain, Memory, Meter};
/// # let meter = Meter::new(Memory::new());
/// # let orchestrator = botmeter_orchestrator::Orchestrator::register(&meter);
/// let merge = orchestrator.merge().locked();
/// merge.finish(14);
/// merge.fail();
/// ```
#[derive(Debug)]
#[must_use = "a merge that is dropped at once counts as an error"]
pub struct Merge(State);

#[derive(Debug)]
struct State {
    git: Arc<Git>,
    stage: Stage,
    /// Since when the merge is at its stage.
    since: Instant,
    conflicts: usize,
    result: MergeResult,
    files_modified: usize,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Waiting,
    Merging,
}

impl WaitingMerge {
    pub(crate) fn start(git: Arc<Git>) -> Self {
        git.queue.enter();
        Self(State {
            git,
            stage: Stage::Waiting,
            since: Instant::now(),
            conflicts: 0,
            result: MergeResult::Error,
            files_modified: 0,
        })
    }

    /// The merge has the lock.
    pub fn locked(self) -> Merge {
        let Self(mut state) = self;
        state.stop_waiting();
        state.git.active.add(1);
        state.stage = Stage::Merging;
        Merge(state)
    }

    /// How long the merge has been waiting.
    pub fn elapsed(&self) -> Duration {
        self.0.since.elapsed()
    }
}

impl Merge {
    /// The merge ran into so many conflicts, whatever becomes of them. Several
    /// calls add up.
    pub fn found_conflicts(&mut self, conflicts: usize) {
        self.0.conflicts = self.0.conflicts.saturating_add(conflicts);
    }

    /// The branch is merged, which modified so many files.
    pub fn finish(mut self, files_modified: usize) {
        self.0.files_modified = files_modified;
        self.0.result = MergeResult::Success;
    }

    /// The branch is not merged, because of a conflict that was not resolved.
    pub fn conflict(mut self) {
        self.0.conflicts = self.0.conflicts.max(1);
        self.0.result = MergeResult::Conflict;
    }

    /// The branch is not merged, because something failed.
    pub fn fail(mut self) {
        self.0.result = MergeResult::Error;
    }

    /// How long the merge has held the lock.
    pub fn elapsed(&self) -> Duration {
        self.0.since.elapsed()
    }
}

impl State {
    fn stop_waiting(&mut self) {
        let now = Instant::now();
        self.git.queue.leave();
        self.git.lock_wait.record((now - self.since).as_secs_f64());
        self.since = now;
    }

    fn stop_merging(&self) {
        self.git.active.add(-1);
        self.git.merge_duration.record(self.since.elapsed().as_secs_f64());
        if self.result == MergeResult::Success {
            self.git.files_modified.record(self.files_modified as f64);
        }
        // A merge that broke off may not have come to its conflicts, so that
        // none is no news.
        if self.result != MergeResult::Error || self.conflicts > 0 {
            self.git.conflicts.record(self.conflicts as f64);
        }
    }
}

/// The one place where a merge ends.
impl Drop for State {
    fn drop(&mut self) {
        match self.stage {
            Stage::Waiting => self.stop_waiting(),
            Stage::Merging => self.stop_merging(),
        }
        self.git.merges[self.result].add(1);
    }
}
