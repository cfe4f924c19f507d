//! The limits of the alerts in one place, to be changed.

use botmeter_board::Limit;

use super::limits;

/// At which numbers bots stop being well, for [`board_with`](super::board_with):
/// each is the limit of an alert or an objective, and of the panels that show
/// it.
///
/// ```
/// use botmeter_board::Limit;
/// use botmeter_bot::board::{BotThresholds, board_with};
///
/// let mut own = BotThresholds::default();
/// own.queue_high = Limit::new(500.0, "the importer brings three hundred at once");
/// own.queue_full = Limit::new(1000.0, "more than a night's work");
/// let board = board_with(&own);
/// let high = board.alerts.iter().find(|alert| alert.name == "BotQueueHigh");
/// assert_eq!(high.map(|alert| alert.when.limits[0].1), Some(own.queue_high));
/// ```
///
/// The examples that test the alerts follow the limits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BotThresholds {
    /// The share of a bot's runs that may fail within an hour.
    pub failures_high: Limit,
    /// How many runs an hour needs before a share of them says something.
    pub enough_runs: Limit,
    /// How many runs may fail in a row.
    pub failures_in_a_row: Limit,
    /// For how many seconds a bot that usually succeeds often may go without,
    /// in whole minutes below a day.
    pub success_late: Limit,
    /// For how many seconds any bot may go without success, in whole minutes.
    pub success_overdue: Limit,
    /// How many items may wait for a bot.
    pub queue_high: Limit,
    /// How many items may wait for a bot an hour from now.
    pub queue_full: Limit,
    /// The share of runs that is to succeed.
    pub success_target: Limit,
    /// The share of successful runs that is to end in time.
    pub in_time_target: Limit,
    /// How many runs a window needs before its burn rate says something.
    pub burn_floor: Limit,
}

/// The limits of [`limits`].
impl Default for BotThresholds {
    fn default() -> Self {
        Self {
            failures_high: limits::FAILURES_HIGH,
            enough_runs: limits::ENOUGH_RUNS,
            failures_in_a_row: limits::FAILURES_IN_A_ROW,
            success_late: limits::SUCCESS_LATE,
            success_overdue: limits::SUCCESS_OVERDUE,
            queue_high: limits::QUEUE_HIGH,
            queue_full: limits::QUEUE_FULL,
            success_target: limits::SUCCESS_TARGET,
            in_time_target: limits::IN_TIME_TARGET,
            burn_floor: limits::BURN_FLOOR,
        }
    }
}
