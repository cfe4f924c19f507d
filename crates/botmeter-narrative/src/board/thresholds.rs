//! The limits of the board in one place, to be changed.

use botmeter_board::thresholds;

thresholds! {
    /// At which numbers narratives stop being well, for [`board_with`](super::board_with):
    /// each is the limit of an alert, an objective or a tile, and of all panels that show it.
    ///
    /// ```
    /// use botmeter_board::Limit;
    /// use botmeter_narrative::board::{NarrativeThresholds, board_with};
    ///
    /// let mut own = NarrativeThresholds::default();
    /// own.success_low = Limit::new(0.99, "each of them is a letter to a customer");
    /// let board = board_with(&own);
    /// let alert = board.alerts.iter().find(|alert| alert.name == "NarrativeSuccessLow");
    /// assert_eq!(alert.unwrap().when.limits[0].1, own.success_low);
    /// ```
    ///
    /// The examples that test the alerts follow the limits.
    pub struct NarrativeThresholds {
        /// The share of a narrative's runs that has to succeed within an hour.
        pub success_low: Limit = Limit::new(
            0.9,
            "when more than one run in ten fails, whatever relies on the narrative has gaps"
        ),
        /// How many runs an hour needs before a share of them says something.
        pub enough_runs: Limit = Limit::new(
            10.0,
            "with fewer runs, a single failure would be more than one in ten"
        ),
        /// The share of replies whose JSON may be of no use within an hour.
        pub json_failures_high: Limit = Limit::new(
            0.1,
            "each of them is a call that was paid for in vain, and a retry that takes time"
        ),
        /// How many replies an hour needs before a share of them says something.
        pub enough_replies: Limit = Limit::new(
            20.0,
            "with fewer replies, two unlucky ones would be more than one in ten"
        ),
    }
}
