//! The panels, from what one looks at first to the details.

mod git;
mod loops;
mod overview;
mod tasks;

use botmeter_board::Row;

use super::{alerts, limits, titles};

/// All rows.
pub(super) fn rows() -> Vec<Row> {
    vec![
        overview::overview(),
        tasks::tasks(),
        git::merges(),
        loops::loops(),
        git::worktrees(),
        tasks::workers(),
    ]
}
