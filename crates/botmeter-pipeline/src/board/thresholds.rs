//! The limits of the board in one place, to be changed.

use botmeter_board::thresholds;

thresholds! {
    /// At which numbers pipelines stop being well, for [`board_with`](super::board_with):
    /// each is the limit of an alert, an objective or a tile, and of all panels that show it.
    ///
    /// ```
    /// use botmeter_board::Limit;
    /// use botmeter_pipeline::board::{PipelineThresholds, board_with};
    ///
    /// let mut own = PipelineThresholds::default();
    /// own.publication_overdue = Limit::new(8.0 * 86_400.0, "we publish once a week");
    /// let board = board_with(&own);
    /// let alert = board.alerts.iter().find(|alert| alert.name == "PipelinePublicationOverdue");
    /// assert_eq!(alert.unwrap().when.limits[0].1, own.publication_overdue);
    /// ```
    ///
    /// The examples that test the alerts follow the limits.
    pub struct PipelineThresholds {
        /// The share of passes through a stage that may fail within an hour.
        pub stage_failures_high: Limit = Limit::new(
            0.2,
            "a stage tries again what failed; one pass in five is more than that makes up for"
        ),
        /// How many passes an hour needs before a share of them says something.
        pub enough_passes: Limit = Limit::new(
            5.0,
            "with fewer passes, a single failure would be more than one in five"
        ),
        /// How many pieces may wait for a stage an hour from now.
        pub backlog_full: Limit = Limit::new(
            200.0,
            "more than are curated or published in a day, so what waits goes stale"
        ),
        /// For how many seconds a pipeline may go without publishing, in whole minutes.
        pub publication_overdue: Limit = Limit::new(
            93_600.0,
            "26 hours: a pipeline that publishes once a day has missed a day, with two hours of \
             leeway"
        ),
        /// The share of judged pieces that has to be good enough within half a day.
        pub acceptance_low: Limit = Limit::new(
            0.2,
            "four pieces in five are paid for and thrown away"
        ),
        /// How many pieces have to be judged within half a day before a share of them
        /// says something.
        pub enough_judged: Limit = Limit::new(
            20.0,
            "with fewer pieces, a short run of bad ones would decide"
        ),
    }
}
