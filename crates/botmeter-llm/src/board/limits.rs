//! Where something stops being well, and why there.

use botmeter_board::Limit;

/// Calls of a model that fail.
pub(super) const ERROR_SHARE: Limit = Limit::new(
    0.2,
    "retries make up for single failures; when every fifth call fails, they no longer can, and \
     users notice",
);

/// Calls before one speaks of a share.
pub(super) const ENOUGH_CALLS: Limit =
    Limit::new(20.0, "with fewer calls in ten minutes, one failure more or less would decide");

/// Calls that are refused until somebody pays.
pub(super) const UNPAID: Limit = Limit::new(
    0.0,
    "one such refusal is enough: no retry helps, and all further calls are refused as well",
);

/// Calls of a model that end because of a rate limit.
pub(super) const REFUSED_SHARE: Limit = Limit::new(
    0.1,
    "backing off absorbs a few refusals; losing a tenth of all calls means that the quota is too \
     small for the load",
);

/// Refusals of a provider, those that a retry mended included.
pub(super) const RATE_LIMIT_EVENTS: Limit = Limit::new(
    0.1,
    "one refusal every ten seconds: retries still make up for them, but each costs time, and \
     there is no room for more load",
);

/// Time until a streamed reply begins.
pub(super) const FIRST_TOKEN: Limit =
    Limit::new(5.0, "people think that a chat is broken when nothing appears for five seconds");

/// Streamed calls before one speaks of a percentile.
pub(super) const ENOUGH_STREAMS: Limit =
    Limit::new(10.0, "with fewer streamed calls in ten minutes, the p95 is the slowest of them");

/// Calls whose cost is not known, as a multiple of those that did not succeed.
pub(super) const UNPRICED: Limit = Limit::new(
    1.25,
    "streams that break off have no known cost, and there are no more of them than calls that did \
     not succeed; beyond that, with a quarter on top because increases are estimates, one call \
     without a price is enough",
);

/// What one day may cost.
pub(super) const fn daily_budget(dollars: f64) -> Limit {
    Limit::new(dollars, "the daily budget that the board was made with")
}

/// How many times the average of the day before.
pub(super) const COST_SPIKE: Limit = Limit::new(
    3.0,
    "the load of a day varies by a factor of two; three times the average is something new",
);

/// Cost of an hour before one speaks of a spike.
pub(super) const WORTH_A_SPIKE: Limit =
    Limit::new(1.0, "three times nothing is nothing: below one dollar an hour, nobody minds");

/// A day to compare with.
pub(super) const A_DAY_BEFORE: Limit =
    Limit::new(0.0, "it only has to exist: without a day before, there is nothing to compare");

/// The part of yesterday's cache share that is still well.
pub(super) const CACHE_DROP: Limit = Limit::new(
    0.5,
    "shares vary with the prompts; half of yesterday's means that prompts no longer begin alike",
);

/// Yesterday's cache share before one speaks of a drop.
pub(super) const CACHE_IN_USE: Limit =
    Limit::new(0.1, "below a tenth, the cache was hardly in use, and there is nothing to lose");

/// Prompt tokens before one speaks of a share.
pub(super) const ENOUGH_TOKENS: Limit =
    Limit::new(10_000.0, "with fewer prompt tokens in an hour, a single long prompt would decide");

/// Calls that end well, of all that were not cancelled.
pub(super) const SUCCESS_TARGET: Limit = Limit::new(
    0.99,
    "providers promise 99 % to 99.9 %, and a bot can bear to lose one reply in a hundred",
);

/// Successful calls that end in time.
pub(super) const LATENCY_TARGET: Limit =
    Limit::new(0.95, "long completions are slow by nature; 19 of 20 leave room for them");

/// The time that counts as fast, one of the buckets of the duration.
pub(super) const FAST_SECONDS: f64 = 20.48;

/// Calls before one speaks of a budget.
pub(super) const ENOUGH_EVENTS: Limit =
    Limit::new(20.0, "at night a bot makes few calls, and a single failure is no outage");

/// Calls that fail of those of the shown time.
pub(super) const MORE_THAN_PROMISED: Limit =
    Limit::new(0.01, "providers promise that no more than one call in a hundred fails");

/// The slowest calls of the shown time.
pub(super) const MINUTES: Limit =
    Limit::new(60.0, "seconds are usual; after a minute, people think that it hangs");
