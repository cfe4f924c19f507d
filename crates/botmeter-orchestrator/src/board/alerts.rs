//! What somebody should be told.

use std::time::Duration;

use botmeter_board::{Alert, Example, Severity, Share, ShareBy, Show, highest, increase, share_of};

use super::{limits, titles};
use crate::{
    Attempt, MergeResult, Phase, TaskStatus, WorkerProfile,
    instruments::{ACTIVE_MERGES, COMPLETIONS, MERGES, TASK_RETRIES},
};

const QUARTER: Duration = Duration::from_mins(15);
const HALF_HOUR: Duration = Duration::from_mins(30);
const HOUR: Duration = Duration::from_hours(1);

pub(super) fn alerts() -> Vec<Alert> {
    vec![concurrent_merges(), high_conflict_rate(), agent_run_failures_high(), agent_loop_runaway()]
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
fn concurrent_merges() -> Alert {
    Alert::new(
        "MergesConcurrent",
        Severity::Critical,
        highest(&ACTIVE_MERGES)
            .over(Duration::from_mins(5))
            .all()
            .at_least(&limits::MERGES_AT_ONCE),
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
        Example::after(Duration::from_mins(10)).holds(&ACTIVE_MERGES, (), 2.0).fires::<()>((), "2"),
        // Two processes, each with a merge.
        Example::after(Duration::from_mins(10)).holds(&ACTIVE_MERGES, (), 1.0).holds(
            &ACTIVE_MERGES,
            (),
            1.0,
        ),
    )
}

fn high_conflict_rate() -> Alert {
    Alert::new(
        "MergeConflictsHigh",
        Severity::Warning,
        conflict_share().above(&limits::CONFLICT_SHARE).of_at_least(&limits::ENOUGH_MERGES),
    )
    .held_for(Duration::from_mins(2))
    .says(
        "Most merges end in a conflict.",
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
    .tested(
        Example::after(Duration::from_mins(40))
            .grows(&MERGES, (MergeResult::Conflict,), 0.75)
            .grows(&MERGES, (MergeResult::Success,), 0.25)
            .fires::<()>((), "75%"),
        Example::after(Duration::from_mins(40))
            .grows(&MERGES, (MergeResult::Conflict,), 0.45)
            .grows(&MERGES, (MergeResult::Success,), 0.55),
    )
}

fn agent_run_failures_high() -> Alert {
    const CODER: &str = "coder";
    Alert::new(
        "AgentRunFailuresHigh",
        Severity::Warning,
        failed_share().above(&limits::FAILED_SHARE).of_at_least(&limits::ENOUGH_TASKS),
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
            .grows(&COMPLETIONS, (CODER, TaskStatus::Success), 0.5)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Failed), 0.25)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Error), 0.25)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Cancelled), 2.0)
            .fires::<(WorkerProfile,)>((CODER,), "50%"),
        Example::after(Duration::from_mins(90))
            .grows(&COMPLETIONS, (CODER, TaskStatus::Success), 0.42)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Retry), 0.4)
            .grows(&COMPLETIONS, (CODER, TaskStatus::Failed), 0.18),
    )
}

fn agent_loop_runaway() -> Alert {
    Alert::new(
        "AgentLoopRunaway",
        Severity::Warning,
        increase(&TASK_RETRIES)
            .only(Attempt::FifthOrLater)
            .over(QUARTER)
            .by::<(Phase,)>()
            .above(&limits::LATE_RETRIES),
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
            .grows(&TASK_RETRIES, (Phase::Test, Attempt::FifthOrLater), 1.0)
            .fires::<(Phase,)>((Phase::Test,), "15"),
        // As many retries, but none after the fourth.
        Example::after(Duration::from_mins(20))
            .grows(&TASK_RETRIES, (Phase::Test, Attempt::Fourth), 1.0)
            .grows(&TASK_RETRIES, (Phase::Test, Attempt::FifthOrLater), 0.1),
    )
}
