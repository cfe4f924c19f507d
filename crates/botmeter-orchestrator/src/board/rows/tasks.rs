//! Tasks, and who works on them.

use botmeter_board::{Color, Panel, Row, Share, Show, average, increase, last, quantile, rate};

use super::{OrchestratorThresholds, alerts, titles};
use crate::{
    Attempt, EscalationReason, Phase, TaskStatus, WorkerProfile,
    instruments::{
        ACTIVE_WORKERS, COMPLETIONS, ESCALATIONS, EXECUTION_DURATION, RETRIES, TASK_RETRIES,
    },
};

pub(super) fn tasks(of: &OrchestratorThresholds) -> Row {
    let [outcomes, shares, builds, phases] = outcome_and_time(of);
    let [retries, late, average] = retried(of);
    Row::open(
        "Tasks",
        [
            outcomes,
            shares,
            builds,
            phases,
            retries,
            late,
            average,
            Panel::time_series(
                "Workers at work by profile",
                "Workers that are busy. A profile that is always at its limit is the bottleneck; \
                 one at zero although its tasks are ready is not dispatched.",
                Show::Count,
            )
            .draw(last(&ACTIVE_WORKERS).by::<(WorkerProfile,)>()),
            Panel::time_series(
                "Escalations by reason",
                "How many times per minute a human was asked to take over. `unclear_task` calls \
                 for better tasks, `missing_access` for permissions, `retries_exhausted` for a \
                 look at what fails.",
                Show::PerMinute,
            )
            .draw(rate(&ESCALATIONS).by::<(EscalationReason,)>().per_minute())
            .stacked()
            .bars(),
        ],
    )
}

fn outcome_and_time(of: &OrchestratorThresholds) -> [Panel; 4] {
    [
        Panel::time_series(
            "Tasks by outcome",
            "Tasks per minute that workers ended. Most should be green; `retry` goes back into \
             the queue, `failed` is a result that was not good enough, `error` is a worker that \
             could not work.",
            Show::PerMinute,
        )
        .draw(ended(TaskStatus::Success, "success", Color::Green))
        .draw(ended(TaskStatus::Retry, "retry", Color::Yellow))
        .draw(rate(&COMPLETIONS).only(TaskStatus::Failed).all().per_minute().named("failed"))
        .draw(ended(TaskStatus::Error, "error", Color::Red))
        .draw(ended(TaskStatus::Cancelled, "cancelled", Color::Gray))
        .stacked(),
        Panel::time_series(
            titles::FAILED_SHARE,
            "Share of each profile's tasks of the last hour that failed or broke off, cancelled \
             ones left out. Above the dashed line for a quarter of an hour, an alert fires; see \
             the tasks by outcome.",
            Show::Ratio,
        )
        .draw(alerts::failed_share())
        .limit(&of.failed_share)
        .without_data("no tasks"),
        Panel::time_series(
            "Build time by worker (p95)",
            "The time within which 95 of 100 tasks are built. 30 to 120 s is usual for a coder, \
             10 to 60 s for a tester, 5 to 30 s for a planner; minutes mean that the model or \
             the sandbox is slow.",
            Show::Seconds,
        )
        .draw(quantile(0.95, &EXECUTION_DURATION).only(Phase::Build).by::<(WorkerProfile,)>())
        .with_traces()
        .without_data("no builds"),
        Panel::time_series(
            "Time by phase (p95)",
            "The time within which 95 of 100 phases end. It tells whether tasks take long to \
             plan, to build or to test; for the last, faster tests often help.",
            Show::Seconds,
        )
        .draw(quantile(0.95, &EXECUTION_DURATION).by::<(Phase,)>())
        .with_traces()
        .without_data("no tasks"),
    ]
}

fn retried(of: &OrchestratorThresholds) -> [Panel; 3] {
    [
        Panel::time_series(
            "Retries by phase",
            "Phases per minute that a task went through again. A few are fine; many cost time and \
             tokens. `test` means that what was built does not pass.",
            Show::PerMinute,
        )
        .draw(rate(&TASK_RETRIES).by::<(Phase,)>().per_minute())
        .stacked()
        .size(8, 8),
        Panel::time_series(
            titles::LATE_RETRIES,
            "Retries within a quarter of an hour of tasks that had been retried four times. There \
             should be none; above the dashed line, workers go round in circles: remove the tasks \
             from the plan.",
            Show::Count,
        )
        .draw(
            increase(&TASK_RETRIES)
                .only(Attempt::FifthOrLater)
                .over(std::time::Duration::from_mins(15))
                .by::<(Phase,)>(),
        )
        .limit(&of.late_retries)
        .size(8, 8),
        Panel::time_series(
            "Retries per task",
            "How often a task is retried on average until it ends for good. Well below 1 is fine; \
             a rise is the first sign that tasks got harder, or workers worse.",
            Show::Count,
        )
        .draw(average(&RETRIES).all())
        .size(8, 8)
        .without_data("no tasks"),
    ]
}

/// Everything about each worker profile in one line.
pub(super) fn workers(of: &OrchestratorThresholds) -> Row {
    Row::collapsed(
        "Workers",
        [
            Panel::gauge(
                "Worker success rate by profile",
                "Share of the tasks that each profile ended in the time shown that were done, \
                 cancelled ones left out. If the color warns, look at the profile's last tasks, \
                 prompt and model.",
                Show::Ratio,
            )
            .draw(success_rate().by::<(WorkerProfile,)>())
            .advised_below(&of.success_rate())
            .size(24, 6)
            .without_data("no tasks"),
            Panel::table(
                "Workers",
                "What each worker profile did in the time shown. Sort by a column to find the one \
                 that fails or is slow.",
            )
            .draw(increase(&COMPLETIONS).by::<(WorkerProfile,)>().named("Tasks"))
            .draw(success_rate().by::<(WorkerProfile,)>().named("Success rate").show(Show::Ratio))
            .draw(
                average(&EXECUTION_DURATION)
                    .shown()
                    .by::<(WorkerProfile,)>()
                    .named("Average phase")
                    .show(Show::Seconds),
            )
            .draw(
                quantile(0.95, &EXECUTION_DURATION)
                    .shown()
                    .by::<(WorkerProfile,)>()
                    .named("Phase (p95)")
                    .show(Show::Seconds),
            )
            .draw(last(&ACTIVE_WORKERS).by::<(WorkerProfile,)>().named("At work"))
            .without_data("no tasks"),
        ],
    )
}

fn success_rate() -> Share<(WorkerProfile, TaskStatus)> {
    alerts::tasks_that(&[TaskStatus::Success]).shown()
}

fn ended(status: TaskStatus, name: &'static str, color: Color) -> botmeter_board::Line {
    rate(&COMPLETIONS).only(status).all().per_minute().named(name).color(color)
}
