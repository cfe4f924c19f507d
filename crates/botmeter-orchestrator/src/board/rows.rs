//! The panels, from what one looks at first to the details.

mod git;
mod loops;
mod overview;
mod tasks;

use botmeter_board::Row;

use super::{OrchestratorThresholds, alerts, titles};

/// All rows.
pub(super) fn rows(of: &OrchestratorThresholds) -> Vec<Row> {
    vec![
        overview::overview(of),
        tasks::tasks(of),
        git::merges(of),
        loops::loops(),
        git::worktrees(),
        tasks::workers(of),
    ]
}
