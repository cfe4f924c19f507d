//! The orchestrator of the crew: a director who keeps the plan, and a loop that hands out tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use botmeter_orchestrator::TaskState;
use tokio::sync::Semaphore;

use super::repository::Repository;
use super::worker;
use super::world::World;

/// How often the director looks at the plan.
const REVIEW: Duration = Duration::from_millis(1500);

/// How often tasks are handed out.
const DISPATCH: Duration = Duration::from_millis(500);

/// Seconds that a coder is busy with a task, about.
const BUSY: f64 = 4.0;

#[derive(Debug)]
pub(super) struct Crew {
    repository: Repository,
    coders: Arc<Semaphore>,
    testers: Arc<Semaphore>,
    /// Workers who have ended their task since the last round.
    ended: AtomicUsize,
}

impl Crew {
    /// A crew that can keep up with so many tasks in a second.
    pub(super) fn for_tasks(per_second: f64) -> Self {
        let hands = (1..30).find(|hands| f64::from(*hands) >= per_second * BUSY).unwrap_or(30);
        let hands = usize::try_from(hands).unwrap_or(1).max(2);
        Self {
            repository: Repository::new(),
            coders: Arc::new(Semaphore::new(hands)),
            testers: Arc::new(Semaphore::new(hands)),
            ended: AtomicUsize::new(0),
        }
    }

    /// Reviews the plan at intervals.
    pub(super) async fn direct(&self, world: &World) {
        while world.rest(REVIEW).await {
            let cycle = world.orchestrator.director_cycle();
            world.takes(20..150).await;
            world.plan.review();
            cycle.finish();
        }
    }

    /// Hands out tasks at intervals.
    pub(super) async fn dispatch(self: Arc<Self>, world: Arc<World>) {
        while world.rest(DISPATCH).await {
            let mut cycle = world.orchestrator.dispatch_cycle();
            cycle.completed(self.ended.swap(0, Ordering::Relaxed));
            world.takes(5..40).await;
            while self.hand_out(&world, TaskState::AwaitingQa) {
                cycle.dispatched(1);
            }
            while self.hand_out(&world, TaskState::Ready) {
                cycle.dispatched(1);
            }
            world.orchestrator.set_tasks(world.plan.snapshot());
            cycle.finish();
        }
    }

    /// Gives a task in this state to a worker, if there are both.
    fn hand_out(self: &Arc<Self>, world: &Arc<World>, state: TaskState) -> bool {
        let is_built = state == TaskState::AwaitingQa;
        let hands = if is_built { &self.testers } else { &self.coders };
        let Ok(hand) = Arc::clone(hands).try_acquire_owned() else { return false };
        let Some(task) = world.plan.take(state) else { return false };
        let (crew, at) = (Arc::clone(self), Arc::clone(world));
        world.tasks.spawn(async move {
            if is_built {
                worker::test(&at, &crew.repository, task).await;
            } else {
                worker::code(&at, &crew.repository, task).await;
            }
            crew.ended.fetch_add(1, Ordering::Relaxed);
            drop(hand);
        });
        true
    }
}
