//! Does it go on, and where is it stuck?

use botmeter_board::{Color, Panel, Row, Show, highest, increase, last, rate};

use super::{alerts, limits, titles};
use crate::{
    MergeResult, TaskState, TaskStatus,
    instruments::{ACTIVE_MERGES, ACTIVE_WORKERS, ESCALATIONS, MERGES, TASKS_BY_STATE},
};

pub(super) fn overview() -> Row {
    Row::open(
        "Overview",
        [
            Panel::stat(
                titles::ACTIVE_MERGES,
                "Merges that hold the merge lock of one orchestrator now. 0 or 1 is well; two at \
                 once is a race, and somebody is told. Stop the dispatch and look at the main \
                 branch.",
                Show::Count,
            )
            .draw(highest(&ACTIVE_MERGES).all())
            .limit(&limits::MERGES_AT_ONCE),
            Panel::stat(
                "Active tasks",
                "Tasks that a worker works on now. About as many as there are workers is well; \
                 more is a backlog, and a number that never changes is a deadlock.",
                Show::Count,
            )
            .draw(last(&TASKS_BY_STATE).only(TaskState::Active).all())
            .without_data("no snapshot"),
            Panel::stat(
                "Workers at work",
                "Workers that are busy now. Zero with tasks that are ready means that nothing is \
                 dispatched: look at the loops below.",
                Show::Count,
            )
            .draw(last(&ACTIVE_WORKERS).all()),
            Panel::stat(
                "Worker success rate",
                "Share of the tasks that left a worker's hands in the shown time that were done, \
                 cancelled ones left out. Below 80 %, look at the tasks by outcome and at which \
                 worker it is.",
                Show::Ratio,
            )
            .draw(alerts::tasks_that(&[TaskStatus::Success]).shown().all())
            .advised_below(&limits::SUCCESS_RATE)
            .without_data("no tasks"),
            Panel::stat(
                "Tasks that wait for a human",
                "Tasks that cannot go on until a human has answered. They wait for you: the \
                 escalations below tell why.",
                Show::Count,
            )
            .draw(last(&TASKS_BY_STATE).only(TaskState::WaitingHuman).all())
            .advised_above(&limits::HELD_UP)
            .without_data("no snapshot"),
            Panel::stat(
                "Escalations",
                "Times that a human was asked to take over in the shown time. Some are by design; \
                 when they grow, look at their reasons below.",
                Show::Count,
            )
            .draw(increase(&ESCALATIONS).all()),
            Panel::time_series(
                "Task states",
                "Tasks by where they stand. They should flow from planned over ready and active \
                 to complete; stuck in planned is a deadlock of dependencies, stuck in blocked or \
                 waiting_human needs somebody, many failed is a matter of quality.",
                Show::Count,
            )
            .draw(last(&TASKS_BY_STATE).by::<(TaskState,)>())
            .stacked()
            .without_data("no snapshot"),
            Panel::time_series(
                "Merge results",
                "Merges per second by what came of them. Green should be nearly all; yellow are \
                 conflicts that nobody resolved, red are merges that broke off: look at git's \
                 messages in the log.",
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
