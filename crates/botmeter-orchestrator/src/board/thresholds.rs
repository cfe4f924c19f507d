//! The limits of the board in one place, to be changed.

use botmeter_board::{Limit, rest, thresholds};

thresholds! {
    /// At which numbers agents stop being well, for [`board_with`](super::board_with):
    /// each is the limit of an alert, an objective or a tile, and of all panels that show it.
    ///
    /// ```
    /// use botmeter_board::Limit;
    /// use botmeter_orchestrator::board::{OrchestratorThresholds, board_with};
    ///
    /// let mut own = OrchestratorThresholds::default();
    /// own.conflict_share = Limit::new(0.2, "we plan tasks so that they rarely meet");
    /// let board = board_with(&own);
    /// let alert = board.alerts.iter().find(|alert| alert.name == "MergeConflictsHigh");
    /// assert_eq!(alert.unwrap().when.limits[0].1, own.conflict_share);
    /// ```
    ///
    /// The examples that test the alerts follow the limits.
    pub struct OrchestratorThresholds {
        /// How many merges at once that hold the lock of one orchestrator are too many.
        pub merges_at_once: Limit = Limit::new(
            2.0,
            "the merge lock lets one merge in at a time; two that hold it at once may undo each \
             other's work"
        ),
        /// The share of merges that may end in a conflict within half an hour.
        pub conflict_share: Limit = Limit::new(
            0.5,
            "a conflict now and then is the price of working side by side; when every second merge \
             has one, workers change the same files, and much of their work is lost"
        ),
        /// How many merges half an hour needs before a share of them says something.
        pub enough_merges: Limit = Limit::new(
            5.0,
            "with fewer merges in half an hour, one conflict more or less would decide"
        ),
        /// The share of the tasks of one worker profile that may come to nothing within
        /// an hour. The tiles of success are judged by the rest of it.
        pub failed_share: Limit = Limit::new(
            0.2,
            "retries make up for single failures before they count here; when every fifth task is \
             lost all the same, something is wrong with the worker or with what it is given"
        ),
        /// How many tasks an hour needs before a share of them says something.
        pub enough_tasks: Limit = Limit::new(
            10.0,
            "with fewer tasks in an hour, one failure more or less would decide"
        ),
        /// How many retries there may be within a quarter of an hour of tasks that were
        /// retried four times before.
        pub late_retries: Limit = Limit::new(
            3.0,
            "one unlucky task may need a fifth retry; more than three of them in a quarter of an \
             hour are tasks that go round in circles, and every round costs money"
        ),
        /// Above how many tasks that wait for a human somebody should look.
        pub held_up: Limit = Limit::new(
            1.0,
            "each of them stands still until somebody has answered"
        ),
    }
}

impl OrchestratorThresholds {
    /// Tasks that are done, of all that workers ended.
    pub(super) fn success_rate(&self) -> Limit {
        let reason = "the rest is the share of failures at which an alert fires";
        Limit::new(rest(self.failed_share.value), reason)
    }
}
