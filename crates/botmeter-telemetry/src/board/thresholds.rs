//! The limits of the board in one place, to be changed.

use botmeter_board::thresholds;

thresholds! {
    /// At which numbers the telemetry stops being trusted, for
    /// [`board_with`](super::board_with): each is the limit of an alert, and of all panels
    /// that show it.
    ///
    /// The examples that test the alerts follow the limits.
    pub struct TelemetryThresholds {
        /// How many seconds ago the last sign of life may be, in whole minutes below
        /// fifty minutes.
        pub heartbeat_age: Limit = Limit::new(
            300.0,
            "a sign of life comes every few seconds and is exported every 15 seconds; five minutes \
             allow for a restart and a slow scrape"
        ),
        /// How many times each running process may have been started within 15
        /// minutes, on average; at least once, as a deployment does.
        pub starts: Limit = Limit::new(
            2.0,
            "a deployment starts each process once, or twice if it fails and is rolled back; more \
             within 15 minutes is a loop"
        ),
        /// The share of exports that may fail within ten minutes.
        pub failed_exports: Limit = Limit::new(
            0.5,
            "values are cumulative, so the next export makes up for a lost one; when half are \
             lost, lines have gaps and alerts come late"
        ),
        /// How many exports ten minutes need before a share of them says something.
        pub enough_exports: Limit = Limit::new(
            5.0,
            "with fewer exports in ten minutes, one failure would decide"
        ),
        /// How many measurements may be dropped within a quarter of an hour.
        pub dropped: Limit = Limit::new(
            0.0,
            "a dropped measurement is a mistake in the program and has nothing to do with load, so \
             one is enough"
        ),
        /// How many events may lose their label values within a quarter of an hour.
        pub overflow: Limit = Limit::new(
            0.0,
            "limits are far above what is expected, so the first event past one means that a label \
             contains what it should not"
        ),
    }
}
