//! What somebody should be told.

use std::time::Duration;

use botmeter_board::{
    Alert, Example, Severity, Share, ShareBy, Show, highest, increase, rest, said, share_of,
};

use super::{OrchestratorThresholds, titles};
use crate::{
    Attempt, MergeResult, Phase, TaskStatus, WorkerProfile,
    instruments::{ACTIVE_MERGES, COMPLETIONS, MERGES, TASK_RETRIES},
};

const QUARTER: Duration = Duration::from_mins(15);
const HALF_HOUR: Duration = Duration::from_mins(30);
const HOUR: Duration = Duration::from_hours(1);

pub(super) fn alerts(of: &OrchestratorThresholds) -> Vec<Alert> {
    vec![
        concurrent_merges(of),
        high_conflict_rate(of),
        agent_run_failures_high(of),
        agent_loop_runaway(of),
    ]
}

/// The share of merges that end in a conflict. Merges are rare, so it takes
/// half an hour of them.
pub(super) fn conflict_share() -> ShareBy<()> {
    share_of(&MERGES).that(MergeResult::Conflict).over(HALF_HOUR).all()
}

/// The share of each profile's tasks that come to nothing. What goes back into
/// the queue may still succeed.
pub(super) fn failed_share() -> ShareBy<(WorkerProfile,)> {
    tasks_that(&[TaskStatus::Failed, TaskStatus::Error]).over(HOUR).by()
}

/// The share of tasks that ended so.
pub(super) fn tasks_that(ended: &[TaskStatus]) -> Share<(WorkerProfile, TaskStatus)> {
    share_of(&COMPLETIONS).that_any_of(ended).not_counting(TaskStatus::Cancelled)
}

/// Looks at the highest number of the last five minutes, because merges are
/// shorter than the time between two samples, and at each process by itself,
/// because each has a lock of its own.
fn concurrent_merges(of: &OrchestratorThresholds) -> Alert {
    let too_many = of.merges_at_once.value;
    Alert::new(
        "MergesConcurrent",
        Severity::Critical,
        highest(&ACTIVE_MERGES).over(Duration::from_mins(5)).all().at_least(&of.merges_at_once),
    )
    .says(
        "Several git merges ran at the same time.",
        "{value} merges of {job} held the merge lock at once.",
        Show::Count,
    )
    .runbook(&[
        "Stop the dispatch of tasks; another merge may do more harm.",
        "Compare the main branch with the branches merged last: is anything from them missing?",
        "Find out why the lock let two in: a lock for each worker instead of one for the \
         repository, a lock that timed out, or a merge outside the lock.",
    ])
    .panel(titles::ACTIVE_MERGES)
    .tested(
        Example::after(Duration::from_mins(10))
            .holds(&ACTIVE_MERGES, (), too_many)
            .fires::<()>((), said(Show::Count, too_many)),
        // Two processes, each with as many as it may have.
        Example::after(Duration::from_mins(10)).holds(&ACTIVE_MERGES, (), too_many - 1.0).holds(
            &ACTIVE_MERGES,
            (),
            too_many - 1.0,
        ),
    )
}

fn high_conflict_rate(of: &OrchestratorThresholds) -> Alert {
    // Enough of them, if half an hour needs more than it does by default.
    let often = (of.enough_merges.value / 5.0).max(1.0);
    let merges = |conflicts: f64| {
        Example::after(Duration::from_mins(40))
            .grows(&MERGES, (MergeResult::Conflict,), conflicts * often)
            .grows(&MERGES, (MergeResult::Success,), rest(conflicts) * often)
    };
    let allowed = of.conflict_share.value;
    let many = f64::midpoint(1.0, allowed);
    Alert::new(
        "MergeConflictsHigh",
        Severity::Warning,
        conflict_share().above(&of.conflict_share).of_at_least(&of.enough_merges),
    )
    .held_for(Duration::from_mins(2))
    .says(
        "Many merges end in a conflict.",
        "{value} of the merges of {job} in the last half hour ended in a conflict.",
        Show::Ratio,
    )
    .runbook(&[
        "Look at \"Conflicts and files per merge\": many files mean that tasks are too large, or \
         that workers reformat what they touch.",
        "Look at \"Attempts to resolve conflicts\": if they fail, the method does not work; a \
         model, for example, may not be asked, or may refuse.",
        "Plan fewer tasks on the same files at once, and let workers update their branch before \
         they merge.",
    ])
    .panel(titles::CONFLICT_SHARE)
    .tested(merges(many).fires::<()>((), said(Show::Ratio, many)), merges(allowed * 0.9))
}

fn agent_run_failures_high(of: &OrchestratorThresholds) -> Alert {
    const CODER: &str = "coder";
    let often = (of.enough_tasks.value / 10.0).max(1.0);
    let allowed = of.failed_share.value;
    let (many, few) = ((allowed * 2.5).min(f64::midpoint(1.0, allowed)), allowed * 9.0 / 10.0);
    Alert::new(
        "AgentRunFailuresHigh",
        Severity::Warning,
        failed_share().above(&of.failed_share).of_at_least(&of.enough_tasks),
    )
    .held_for(QUARTER)
    .says(
        "Workers of one profile fail at many of their tasks.",
        "{value} of the tasks that workers of the profile {worker_profile} of {job} ended in the \
         last hour failed or broke off.",
        Show::Ratio,
    )
    .runbook(&[
        "Look at \"Tasks by outcome\": `failed` is a result that was not good enough, `error` is \
         a worker that could not work.",
        "`error`: look at the model provider, the sandbox and the worktrees; \"Failed operations \
         on worktrees\" shows the last of these.",
        "`failed`: look at the last tasks of the profile. If they are of one kind, change how \
         they are planned; if they are of many kinds, look at the last change of the worker's \
         prompt or model.",
    ])
    .panel(titles::FAILED_SHARE)
    .tested(
        Example::after(Duration::from_mins(90))
            .grows(&COMPLETIONS, (CODER, TaskStatus::Success), rest(many) * often)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Failed), many / 2.0 * often)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Error), many / 2.0 * often)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Cancelled), 2.0 * often)
            .fires::<(WorkerProfile,)>((CODER,), said(Show::Ratio, many)),
        Example::after(Duration::from_mins(90))
            .grows(&COMPLETIONS, (CODER, TaskStatus::Success), rest(few) / 2.0 * often)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Retry), rest(few) / 2.0 * often)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Failed), few * often),
    )
}

fn agent_loop_runaway(of: &OrchestratorThresholds) -> Alert {
    // Of a quarter of an hour.
    let (many, few) = (of.late_retries.value.max(1.0) * 5.0, of.late_retries.value / 2.0);
    Alert::new(
        "AgentLoopRunaway",
        Severity::Warning,
        increase(&TASK_RETRIES)
            .only(Attempt::FifthOrLater)
            .over(QUARTER)
            .by::<(Phase,)>()
            .above(&of.late_retries),
    )
    .says(
        "Workers retry the same tasks again and again.",
        "{value} times within a quarter of an hour, a task of {job} that had been retried four \
         times went through its {phase} phase again.",
        Show::Count,
    )
    .runbook(&[
        "Find the tasks with the most retries in the orchestrator's plan, and remove them.",
        "`test`: are the tests of the task impossible to pass, or flaky? `build`: does the worker \
         lack something that it needs? `plan`: does the task contradict itself?",
        "Let the orchestrator give up, or ask a human, after a number of retries; \"Escalations by \
         reason\" should then show `retries_exhausted`.",
    ])
    .panel(titles::LATE_RETRIES)
    .tested(
        Example::after(Duration::from_mins(20))
            .grows(&TASK_RETRIES, (Phase::Test, Attempt::FifthOrLater), many / 15.0)
            .fires::<(Phase,)>((Phase::Test,), said(Show::Count, many)),
        // As many retries, but none after the fourth.
        Example::after(Duration::from_mins(20))
            .grows(&TASK_RETRIES, (Phase::Test, Attempt::Fourth), many / 15.0)
            .grows(&TASK_RETRIES, (Phase::Test, Attempt::FifthOrLater), few / 15.0),
    )
}
