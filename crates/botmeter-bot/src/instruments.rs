//! The instruments of bot runs.

use botmeter_core::{Counter, Gauge, Histogram, Instrument, Status, Unit, UpDownCounter, buckets};

use crate::labels::{BotName, ErrorKind};

/// Runs, counted once at their end.
pub static EXECUTIONS: Instrument<Counter, (BotName, Status)> = Instrument::counter(
    "bot.executions",
    Unit::of("{run}"),
    "Runs of a bot, all of them, counted once at their end, by how they ended.",
);
/// Failed runs by reason.
pub static FAILURES: Instrument<Counter, (BotName, ErrorKind)> = Instrument::counter(
    "bot.failures",
    Unit::of("{run}"),
    "Runs of a bot that failed, by what failed.",
);
/// How long runs take.
pub static DURATION: Instrument<Histogram, (BotName, Status)> = Instrument::histogram(
    "bot.duration",
    Unit::SECONDS,
    "Time from the start of a run to its end, failures and cancellations included.",
    buckets::WORK,
);
/// Runs that have not ended.
pub static ACTIVE: Instrument<UpDownCounter, (BotName,)> = Instrument::up_down_counter(
    "bot.active",
    Unit::of("{run}"),
    "Runs of a bot that have started and not ended.",
);
/// What waits for a bot.
pub static QUEUE_DEPTH: Instrument<Gauge, (BotName,)> = Instrument::gauge(
    "bot.queue.depth",
    Unit::of("{item}"),
    "Items that wait for a bot; absent for a bot without a queue.",
);
/// When a bot last did its job.
pub static LAST_SUCCESS: Instrument<Gauge, (BotName,)> = Instrument::gauge(
    "bot.last_success.timestamp",
    Unit::SECONDS,
    "Unix time of the end of the last successful run; absent until there was one.",
);
/// How many runs in a row have failed.
pub static CONSECUTIVE_FAILURES: Instrument<Gauge, (BotName,)> = Instrument::gauge(
    "bot.consecutive_failures",
    Unit::of("{run}"),
    "Runs that failed since the last successful one; cancelled runs change nothing.",
);
