//! What is done to the repository.

use std::time::Duration;

use botmeter_board::{Panel, Row, Show, average, highest, last, quantile, rate};

use super::{OrchestratorThresholds, alerts, titles};
use crate::{
    Operation, OperationResult, ResolutionMethod,
    instruments::{
        ACTIVE_MERGES, CHECKOUT_DURATION, CONFLICTS, FILES_MODIFIED, LOCK_WAIT_DURATION,
        MERGE_DURATION, MERGE_QUEUE_DEPTH, RESOLUTION_DURATION, RESOLUTIONS,
        WORKTREE_CREATION_DURATION, WORKTREE_OPERATIONS,
    },
};

pub(super) fn merges(of: &OrchestratorThresholds) -> Row {
    let [duration, wait, queue, peak] = time(of);
    let [share, per_merge, resolutions, resolution_time] = conflicts(of);
    Row::open(
        "Merges",
        [duration, wait, queue, peak, share, per_merge, resolutions, resolution_time],
    )
}

fn time(of: &OrchestratorThresholds) -> [Panel; 4] {
    [
        Panel::time_series(
            "Git merge duration",
            "The time that a merge holds the lock. A p95 below 5 s is fine, above 10 s is slow, \
             because all others wait; spikes are conflicts that a model resolves.",
            Show::Seconds,
        )
        .draw(average(&MERGE_DURATION).all().named("average"))
        .draw(quantile(0.5, &MERGE_DURATION).all().named("p50"))
        .draw(quantile(0.95, &MERGE_DURATION).all().named("p95"))
        .draw(quantile(0.99, &MERGE_DURATION).all().named("p99"))
        .with_traces()
        .without_data("no merges"),
        Panel::time_series(
            "Merge lock wait",
            "The time that merges wait for the lock. When the p95 is far above the duration of a \
             merge, merges queue up: resolve conflicts before taking the lock.",
            Show::Seconds,
        )
        .draw(quantile(0.5, &LOCK_WAIT_DURATION).all().named("p50"))
        .draw(quantile(0.95, &LOCK_WAIT_DURATION).all().named("p95"))
        .with_traces()
        .without_data("no merges"),
        Panel::time_series(
            "Merge queue",
            "Merges that wait for the lock. A sawtooth is a queue that gets emptied; a line that \
             only grows is a lock that is never released.",
            Show::Count,
        )
        .draw(last(&MERGE_QUEUE_DEPTH).all()),
        Panel::time_series(
            "Most merges at once",
            "The most merges that held the lock of one orchestrator at the same time, within the \
             hour before. From the dashed line on, it was a race.",
            Show::Count,
        )
        .draw(highest(&ACTIVE_MERGES).over(Duration::from_hours(1)).all())
        .limit(&of.merges_at_once),
    ]
}

fn conflicts(of: &OrchestratorThresholds) -> [Panel; 4] {
    [
        Panel::time_series(
            titles::CONFLICT_SHARE,
            "Share of the merges of the last half hour that ended in a conflict. A few percent \
             are usual; above the dashed line, workers change the same files.",
            Show::Ratio,
        )
        .draw(alerts::conflict_share())
        .limit(&of.conflict_share)
        .without_data("no merges"),
        Panel::time_series(
            "Conflicts and files per merge",
            "How many conflicts a merge ran into on average, and how many files it modified. \
             Larger merges run into more conflicts: make the tasks smaller.",
            Show::Count,
        )
        .draw(average(&CONFLICTS).all().named("conflicts"))
        .draw(average(&FILES_MODIFIED).all().named("files"))
        .draw(quantile(0.95, &FILES_MODIFIED).all().named("files p95"))
        .without_data("no merges"),
        Panel::time_series(
            "Attempts to resolve conflicts",
            "Attempts per minute, by method and result. Errors of `llm` are conflicts that the \
             model could not resolve; they are left to a human.",
            Show::PerMinute,
        )
        .draw(rate(&RESOLUTIONS).by::<(ResolutionMethod, OperationResult)>().per_minute())
        .stacked(),
        Panel::time_series(
            "Conflict resolution time",
            "The time within which half and 95 of 100 attempts end. It is part of the merge if \
             the lock is held for it, and then all others wait.",
            Show::Seconds,
        )
        .draw(quantile(0.5, &RESOLUTION_DURATION).all().named("p50"))
        .draw(quantile(0.95, &RESOLUTION_DURATION).all().named("p95"))
        .without_data("no conflicts"),
    ]
}

pub(super) fn worktrees() -> Row {
    Row::collapsed(
        "Worktrees",
        [
            Panel::time_series(
                "Worktrees made and removed",
                "Operations per minute that succeeded. The two lines should run together; if \
                 fewer are removed than made, the disk fills up.",
                Show::PerMinute,
            )
            .draw(
                rate(&WORKTREE_OPERATIONS)
                    .only(OperationResult::Success)
                    .by::<(Operation,)>()
                    .per_minute(),
            )
            .size(8, 8),
            Panel::time_series(
                "Failed operations on worktrees",
                "Operations per minute that failed or were given up. There should be none; look \
                 for a full disk, a stale lock file, or a branch that is checked out twice.",
                Show::PerMinute,
            )
            .draw(
                rate(&WORKTREE_OPERATIONS)
                    .except(OperationResult::Success)
                    .by::<(Operation, OperationResult)>()
                    .per_minute(),
            )
            .size(8, 8),
            Panel::time_series(
                "Checkout and creation time (p95)",
                "The time within which 95 of 100 checkouts and new worktrees are there. Seconds \
                 are slow: look at the disk, or use a shallow or sparse checkout.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &CHECKOUT_DURATION).all().named("checkout"))
            .draw(quantile(0.95, &WORKTREE_CREATION_DURATION).all().named("worktree"))
            .size(8, 8)
            .without_data("no checkouts"),
        ],
    )
}
