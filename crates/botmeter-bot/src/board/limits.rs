//! The numbers at which something stops being well.

use botmeter_board::Limit;

/// The share of a bot's runs that may fail within an hour.
pub const FAILURES_HIGH: Limit =
    Limit::new(0.1, "when one run in ten fails, people who rely on the bot notice");

/// How many runs an hour needs before a share of them says something.
pub const ENOUGH_RUNS: Limit =
    Limit::new(10.0, "with fewer runs, a single failure would be more than one in ten");

/// How many runs may fail in a row.
pub const FAILURES_IN_A_ROW: Limit = Limit::new(
    5.0,
    "one failure is a mishap, and three may be a short outage; after five, the bot will not \
     recover by itself",
);

/// How long a bot that usually succeeds often may go without.
pub const SUCCESS_LATE: Limit = Limit::new(
    3600.0,
    "a bot that usually succeeds every quarter of an hour should have succeeded at least four \
     times by now",
);

/// How many successes a day make a bot one that succeeds often.
pub const SUCCEEDS_OFTEN: Limit = Limit::new(96.0, "one in each quarter of an hour of the day");

/// How long any bot may go without success.
pub const SUCCESS_OVERDUE: Limit = Limit::new(
    93_600.0,
    "26 hours: a bot that runs once a day has missed a day, with two hours of leeway",
);

/// How many items may wait for a bot.
pub const QUEUE_HIGH: Limit =
    Limit::new(50.0, "more than a bot gets through between two looks at the dashboard");

/// How many items may wait for a bot an hour from now.
pub const QUEUE_FULL: Limit =
    Limit::new(100.0, "twice what is already high, so the queue will not empty by itself");

/// From how many runs on a bot is at work.
pub const AT_WORK: Limit = Limit::new(1.0, "a run has started and not ended");

/// How many runs end where all of them are stuck.
pub const NONE_ENDS: Limit = Limit::new(0.0, "a run that is not stuck ends within the hour");

/// The share of runs that is to succeed.
pub const SUCCESS_TARGET: Limit = Limit::new(
    0.95,
    "bots depend on models and platforms that fail now and then, so one run in twenty may fail",
);

/// The share of successful runs that is to end in time.
pub const IN_TIME_TARGET: Limit =
    Limit::new(0.95, "one run in twenty may wait for a slow model or a long queue");

/// How many runs a window needs before its burn rate says something.
pub const BURN_FLOOR: Limit =
    Limit::new(20.0, "with fewer runs, a single bad one would be more than the month's share");

/// Until when a run is in time, in seconds: a bound of the buckets.
pub const IN_TIME: f64 = 300.5;
