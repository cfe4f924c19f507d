//! The limits of the board in one place, to be changed.

use botmeter_board::thresholds;

thresholds! {
    /// At which numbers requests and tools stop being well, for [`board_with`](super::board_with):
    /// each is the limit of an alert, an objective or a tile, and of all panels that show it.
    ///
    /// ```
    /// use botmeter_board::Limit;
    /// use botmeter_http::board::{HttpThresholds, board_with};
    ///
    /// let mut own = HttpThresholds::default();
    /// own.tool_time = Limit::new(120.0, "our tools run whole test suites");
    /// let board = board_with(&own);
    /// let alert = board.alerts.iter().find(|alert| alert.name == "ToolSlow");
    /// assert_eq!(alert.unwrap().when.limits[0].1, own.tool_time);
    /// ```
    ///
    /// The examples that test the alerts follow the limits.
    pub struct HttpThresholds {
        /// The share of requests that the server may answer with 5xx within five
        /// minutes.
        pub failed_share: Limit = Limit::new(
            0.05,
            "clients retry single failures; when every twentieth request fails, some fail twice, \
             and users see it"
        ),
        /// How many requests five minutes need before a share of them says something.
        pub enough_requests: Limit = Limit::new(
            20.0,
            "with fewer requests in five minutes, a single one is more than 5 %"
        ),
        /// The share of a tool's calls that may fail within a quarter of an hour.
        pub tool_error_share: Limit = Limit::new(
            0.1,
            "a model that gets an error corrects its call and tries again, which hides a few; one \
             in ten is more than wrong arguments, and each costs another turn"
        ),
        /// How many calls of a tool a quarter of an hour needs before a share or a
        /// percentile of them says something.
        pub enough_calls: Limit = Limit::new(
            10.0,
            "with fewer calls in a quarter of an hour, one call more or less would decide"
        ),
        /// How many seconds 95 of 100 calls of a tool may take.
        pub tool_time: Limit = Limit::new(
            30.0,
            "clients of MCP servers usually give up after 60 s; at half of that, the slowest calls \
             are already lost"
        ),
    }
}
