//! The repository that all workers change: worktrees, checkouts, and merges one at a time.

use botmeter_orchestrator::{Merge, ResolutionMethod};
use tokio::sync::Mutex;

use super::round::Round;
use super::trouble::Trouble;
use super::world::World;

/// Conflicts are shown to a model as two versions of a few lines.
const CONFLICT: &str = "Two branches changed the same function. One made it faster, the other made \
                        it safer. Write one sentence on how to keep both.";

#[derive(Debug)]
pub(super) struct Repository {
    lock: Mutex<()>,
    worktrees: Round,
    merges: Round,
}

/// What became of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merged {
    Done,
    /// Nobody resolved the conflict.
    Conflict,
    /// Something broke.
    Broken,
}

impl Repository {
    pub(super) fn new() -> Self {
        Self { lock: Mutex::default(), worktrees: Round::of(30), merges: Round::of(20) }
    }

    /// Makes a worktree for a branch and checks the branch out in it.
    pub(super) async fn open_branch(&self, world: &World) -> Result<(), Trouble> {
        let worktree = world.orchestrator.create_worktree();
        world.takes(20..120).await;
        if self.worktrees.next() == 6 {
            worktree.fail();
            return Err(Trouble::Storage(std::io::ErrorKind::StorageFull.into()));
        }
        worktree.finish();
        let checkout = world.orchestrator.checkout();
        world.takes(10..80).await;
        checkout.finish();
        Ok(())
    }

    /// Removes the worktree of a branch.
    pub(super) async fn close_branch(&self, world: &World) {
        let worktree = world.orchestrator.clean_up_worktree();
        world.takes(10..60).await;
        worktree.finish();
    }

    /// Merges a branch as soon as no other branch is being merged.
    pub(super) async fn merge(&self, world: &World) -> Merged {
        let waiting = world.orchestrator.merge();
        let _lock = self.lock.lock().await;
        let mut merge = waiting.locked();
        world.takes(120..350).await;
        let resolved = match self.merges.next() {
            2 => self.resolve(world, &mut merge, ResolutionMethod::Llm, 2).await,
            3 => self.resolve(world, &mut merge, ResolutionMethod::Manual, 6).await,
            5 => self.resolve(world, &mut merge, ResolutionMethod::Auto, 1).await,
            7 => {
                // The rule fits most of the lines, but not all of them.
                self.resolve(world, &mut merge, ResolutionMethod::Auto, 4).await;
                self.give_up(world).await;
                false
            }
            9 => {
                merge.fail();
                return Merged::Broken;
            }
            _ => true,
        };
        if resolved {
            merge.finish(world.rng().usize(1..30));
            Merged::Done
        } else {
            merge.conflict();
            Merged::Conflict
        }
    }

    /// Resolves so many conflicts at once, if that can be done.
    async fn resolve(
        &self,
        world: &World,
        merge: &mut Merge,
        method: ResolutionMethod,
        conflicts: usize,
    ) -> bool {
        merge.found_conflicts(conflicts);
        let resolution = world.orchestrator.resolve_conflict(method);
        let is_resolved = match method {
            ResolutionMethod::Llm => world.ask(CONFLICT).await.is_ok(),
            ResolutionMethod::Auto => {
                world.takes(20..80).await;
                true
            }
            // By hand, as whatever else there may be.
            _ => {
                world.takes(1500..3000).await;
                true
            }
        };
        if is_resolved {
            resolution.finish();
        } else {
            resolution.fail();
        }
        is_resolved
    }

    /// A human looks at what is left, and finds that it cannot be merged like this.
    async fn give_up(&self, world: &World) {
        let resolution = world.orchestrator.resolve_conflict(ResolutionMethod::Manual);
        world.takes(800..1500).await;
        resolution.fail();
    }
}
