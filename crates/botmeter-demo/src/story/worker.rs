//! The workers of the crew: a `coder` plans and builds a task, a `tester` tests and merges it.

use std::time::Duration;

use botmeter_orchestrator::{EscalationReason, Phase, Task, TaskState};

use super::plan::{Course, Planned};
use super::repository::{Merged, Repository};
use super::trouble::Trouble;
use super::world::World;

/// Retries after which a task is handed to a human.
const MOST_RETRIES: usize = 5;

/// How long a human takes to answer. Humans of a demo are quick.
const HUMAN: Duration = Duration::from_secs(5);

/// How long a broken thing stays broken.
const REPAIR: Duration = Duration::from_secs(3);

/// Plans and builds a task, or finds out that it cannot be done.
pub(super) async fn code(world: &World, repository: &Repository, mut planned: Planned) {
    let worker = world.orchestrator.worker("coder");
    let mut task = worker.task().after_retries(planned.retries);
    if repository.open_branch(world).await.is_err() {
        task.error();
        return world.plan.hold(&planned, TaskState::Blocked, REPAIR, TaskState::Ready);
    }
    if planned.retries == 0 {
        let prompt = "Plan how to make a slow function faster. Answer in one sentence.";
        if think(world, &mut task, Phase::Plan, prompt).await.is_err() {
            return breaks(world, repository, task, &planned).await;
        }
    }
    if planned.course == Course::Unclear {
        repository.close_branch(world).await;
        planned.retries = task.requeue(Phase::Plan);
        planned.course = Course::Plain;
        world.orchestrator.escalate(EscalationReason::UnclearTask);
        return world.plan.hold(&planned, TaskState::WaitingHuman, HUMAN, TaskState::Ready);
    }
    if planned.course == Course::Withdrawn {
        let build = task.phase(Phase::Build);
        world.takes(100..400).await;
        drop((build, task));
        repository.close_branch(world).await;
        return world.plan.put(&planned, TaskState::Failed);
    }
    let prompt = "Write a short function that adds up numbers. Answer with nothing but code.";
    if think(world, &mut task, Phase::Build, prompt).await.is_err() {
        return breaks(world, repository, task, &planned).await;
    }
    planned.retries = task.retries();
    task.finish();
    world.plan.put(&planned, TaskState::AwaitingQa);
}

/// Tests what was built, and merges it if it is good.
pub(super) async fn test(world: &World, repository: &Repository, mut planned: Planned) {
    let worker = world.orchestrator.worker("tester");
    let task = worker.task().after_retries(planned.retries);
    let phase = task.phase(Phase::Test);
    world.takes(200..900).await;
    phase.finish();
    let passes = match planned.course {
        Course::Hopeless => false,
        Course::Flawed => planned.retries > 0,
        _ => true,
    };
    if !passes && planned.retries >= MOST_RETRIES {
        task.fail();
        repository.close_branch(world).await;
        world.orchestrator.escalate(EscalationReason::RetriesExhausted);
        return world.plan.hold(&planned, TaskState::WaitingHuman, HUMAN, TaskState::Failed);
    }
    if !passes {
        repository.close_branch(world).await;
        planned.retries = task.requeue(Phase::Build);
        return world.plan.put(&planned, TaskState::Ready);
    }
    task.finish();
    if planned.course == Course::Delicate {
        planned.course = Course::Plain;
        world.orchestrator.escalate(EscalationReason::Approval);
        return world.plan.hold(&planned, TaskState::WaitingHuman, HUMAN, TaskState::AwaitingQa);
    }
    match repository.merge(world).await {
        Merged::Done => {
            repository.close_branch(world).await;
            world.plan.put(&planned, TaskState::Complete);
        }
        Merged::Conflict => {
            repository.close_branch(world).await;
            world.orchestrator.escalate(EscalationReason::MergeConflict);
            world.plan.hold(&planned, TaskState::WaitingHuman, HUMAN, TaskState::Complete);
        }
        Merged::Broken => {
            world.plan.hold(&planned, TaskState::Blocked, REPAIR, TaskState::AwaitingQa);
        }
    }
}

/// Goes through a phase with the help of a model, and once more if the model fails.
async fn think(world: &World, task: &mut Task, phase: Phase, prompt: &str) -> Result<(), Trouble> {
    let timing = task.phase(phase);
    let first = world.ask(prompt).await;
    timing.finish();
    if first.is_ok() {
        return Ok(());
    }
    task.retry(phase);
    let _timing = task.phase(phase);
    world.ask(prompt).await?;
    Ok(())
}

/// The model does not work, so that the task cannot be worked on for now.
async fn breaks(world: &World, repository: &Repository, task: Task, planned: &Planned) {
    task.error();
    repository.close_branch(world).await;
    world.plan.hold(planned, TaskState::Blocked, REPAIR, TaskState::Ready);
}
