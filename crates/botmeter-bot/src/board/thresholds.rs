//! The limits of the board in one place, to be changed.

use botmeter_board::thresholds;

thresholds! {
    /// At which numbers bots stop being well, for [`board_with`](super::board_with):
    /// each is the limit of an alert, an objective or a tile, and of all panels that show it.
    ///
    /// ```
    /// use botmeter_board::Limit;
    /// use botmeter_bot::board::{BotThresholds, board_with};
    ///
    /// let mut own = BotThresholds::default();
    /// own.queue_high = Limit::new(500.0, "the importer brings three hundred at once");
    /// own.queue_full = Limit::new(1000.0, "more than a night's work");
    /// let board = board_with(&own);
    /// let alert = board.alerts.iter().find(|alert| alert.name == "BotQueueHigh");
    /// assert_eq!(alert.unwrap().when.limits[0].1, own.queue_high);
    /// ```
    ///
    /// The examples that test the alerts follow the limits.
    pub struct BotThresholds {
        /// The share of a bot's runs that may fail within an hour.
        pub failures_high: Limit = Limit::new(
            0.1,
            "when one run in ten fails, people who rely on the bot notice"
        ),
        /// How many runs an hour needs before a share of them says something.
        pub enough_runs: Limit = Limit::new(
            10.0,
            "with fewer runs, a single failure would be more than one in ten"
        ),
        /// How many runs may fail in a row.
        pub failures_in_a_row: Limit = Limit::new(
            5.0,
            "one failure is a mishap, and three may be a short outage; after five, the bot will \
             not recover by itself"
        ),
        /// For how many seconds a bot that usually succeeds often may go without, in
        /// whole minutes below a day.
        pub success_late: Limit = Limit::new(
            3600.0,
            "a bot that usually succeeds every quarter of an hour should have succeeded at least \
             four times by now"
        ),
        /// For how many seconds any bot may go without success, in whole minutes.
        pub success_overdue: Limit = Limit::new(
            93_600.0,
            "26 hours: a bot that runs once a day has missed a day, with two hours of leeway"
        ),
        /// How many items may wait for a bot.
        pub queue_high: Limit = Limit::new(
            50.0,
            "more than a bot gets through between two looks at the dashboard"
        ),
        /// How many items may wait for a bot an hour from now.
        pub queue_full: Limit = Limit::new(
            100.0,
            "twice what is already high, so the queue will not empty by itself"
        ),
        /// The share of runs that is to succeed.
        pub success_target: Limit = Limit::new(
            0.95,
            "bots depend on models and platforms that fail now and then, so one run in twenty may \
             fail"
        ),
        /// The share of successful runs that is to end in time.
        pub in_time_target: Limit = Limit::new(
            0.95,
            "one run in twenty may wait for a slow model or a long queue"
        ),
        /// How many runs a window needs before its burn rate says something.
        pub burn_floor: Limit = Limit::new(
            20.0,
            "with fewer runs, a single bad one would be more than the month's share"
        ),
    }
}
