//! Does it go on, and where is it stuck?

use botmeter_board::{Color, Panel, Row, Show, highest, increase, last, rate};

use super::{OrchestratorThresholds, alerts, titles};
use crate::{
    MergeResult, TaskState, TaskStatus,
    instruments::{ACTIVE_MERGES, ACTIVE_WORKERS, ESCALATIONS, MERGES, TASKS_BY_STATE},
};

pub(super) fn overview(of: &OrchestratorThresholds) -> Row {
    Row::open(
        "Overview",
        [
            Panel::stat(
                titles::ACTIVE_MERGES,
                "Merges that hold the merge lock of one orchestrator now. 0 or 1 is fine; two at \
                 once is a race, and an alert fires. Stop the dispatch and look at the main \
                 branch.",
                Show::Count,
            )
            .draw(highest(&ACTIVE_MERGES).all())
            .limit(&of.merges_at_once),
            Panel::stat(
                "Active tasks",
                "Tasks that a worker is working on now. It should be about as many as there are \
                 workers; more is a backlog, and a number that never changes is a deadlock.",
                Show::Count,
            )
            .draw(last(&TASKS_BY_STATE).only(TaskState::Active).all())
            .without_data("no snapshot"),
            Panel::stat(
                "Workers at work",
                "Workers that are busy now. Zero while tasks are ready means that nothing is \
                 dispatched: look at \"Dispatch and director\" below.",
                Show::Count,
            )
            .draw(last(&ACTIVE_WORKERS).all()),
            Panel::stat(
                "Worker success rate",
                "Share of the tasks that workers ended in the time shown that were done, \
                 cancelled ones left out. If the color warns, look at the tasks by outcome, and at \
                 which worker it is.",
                Show::Ratio,
            )
            .draw(alerts::tasks_that(&[TaskStatus::Success]).shown().all())
            .advised_below(&of.success_rate())
            .without_data("no tasks"),
            Panel::stat(
                "Tasks that wait for a human",
                "Tasks that cannot go on until a human has answered. They are waiting for you: \
                 the escalations below say why.",
                Show::Count,
            )
            .draw(last(&TASKS_BY_STATE).only(TaskState::WaitingHuman).all())
            .advised_above(&of.held_up)
            .without_data("no snapshot"),
            Panel::stat(
                "Escalations",
                "How many times a human was asked to take over in the time shown. Some are \
                 intended; if there are more and more, look at their reasons below.",
                Show::Count,
            )
            .draw(increase(&ESCALATIONS).all()),
            Panel::time_series(
                "Task states",
                "Tasks, by the state they are in. They should move from `planned` through `ready` \
                 and `active` to `complete`. Tasks stuck in `planned` depend on each other; those \
                 stuck in `blocked` or `waiting_human` need a person; many in `failed` are a \
                 matter of quality.",
                Show::Count,
            )
            .draw(last(&TASKS_BY_STATE).by::<(TaskState,)>())
            .stacked()
            .without_data("no snapshot"),
            Panel::time_series(
                "Merge results",
                "Merges per second, by result. Nearly all should be green; yellow are conflicts \
                 that nobody resolved, red are merges that broke off: look at git's messages in \
                 the log.",
                Show::PerSecond,
            )
            .draw(merges(MergeResult::Success, "success", Color::Green))
            .draw(merges(MergeResult::Conflict, "conflict", Color::Yellow))
            .draw(merges(MergeResult::Error, "error", Color::Red))
            .stacked()
            .bars(),
        ],
    )
}

fn merges(result: MergeResult, name: &'static str, color: Color) -> botmeter_board::Line {
    rate(&MERGES).only(result).all().named(name).color(color)
}
