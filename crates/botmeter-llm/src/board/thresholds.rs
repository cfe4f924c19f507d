//! The limits of the board in one place, to be changed.

use botmeter_board::thresholds;

thresholds! {
    /// At which numbers calls to models stop being well, for [`board_with`](super::board_with):
    /// each is the limit of an alert, an objective or a tile, and of all panels that show it.
    ///
    /// ```
    /// use botmeter_board::Limit;
    /// use botmeter_llm::board::{LlmThresholds, board_with};
    ///
    /// let mut own = LlmThresholds::default();
    /// own.daily_budget = Limit::new(250.0, "what we have agreed on with finance");
    /// let board = board_with(&own);
    /// let alert = board.alerts.iter().find(|alert| alert.name == "LlmCostHigh");
    /// assert_eq!(alert.unwrap().when.limits[0].1, own.daily_budget);
    /// ```
    ///
    /// The examples that test the alerts follow the limits.
    pub struct LlmThresholds {
        /// The share of a model's calls that may fail within ten minutes.
        pub error_share: Limit = Limit::new(
            0.2,
            "retries make up for single failures; when every fifth call fails, they no longer can, \
             and users notice"
        ),
        /// The share of a model's calls that may be lost within ten minutes because of
        /// a rate limit.
        pub refused_share: Limit = Limit::new(
            0.1,
            "backing off absorbs a few refusals; losing a tenth of all calls means that the quota \
             is too small for the load"
        ),
        /// How many calls of a model ten minutes need before a share of them says
        /// something.
        pub enough_calls: Limit = Limit::new(
            20.0,
            "with fewer calls in ten minutes, one failure more or less would decide"
        ),
        /// How often a provider may refuse an attempt because of its rate limit, per
        /// second; refusals that a retry mended are counted, too.
        pub rate_limit_events: Limit = Limit::new(
            0.1,
            "one refusal every ten seconds: retries still make up for them, but each costs time, \
             and there is no room for more load"
        ),
        /// Within how many seconds 95 of 100 streamed replies should begin.
        pub first_token: Limit = Limit::new(
            5.0,
            "people think that a chat is broken when nothing appears for five seconds"
        ),
        /// How many streamed calls ten minutes need before a percentile of them says
        /// something.
        pub enough_streams: Limit = Limit::new(
            10.0,
            "with fewer streamed calls in ten minutes, the p95 is the slowest of them"
        ),
        /// How many times yesterday's share of prompt tokens from the cache is still
        /// well.
        pub cache_drop: Limit = Limit::new(
            0.5,
            "shares vary with the prompts; half of yesterday's means that prompts no longer begin \
             alike"
        ),
        /// Yesterday's share of prompt tokens from the cache before one speaks of a
        /// drop.
        pub cache_in_use: Limit = Limit::new(
            0.1,
            "below a tenth, the cache was hardly in use, and there is nothing to lose"
        ),
        /// How many prompt tokens an hour needs before a share of them says something.
        pub enough_tokens: Limit = Limit::new(
            10_000.0,
            "with fewer prompt tokens in an hour, a single long prompt would decide"
        ),
        /// What one day may cost each job, in US dollars.
        pub daily_budget: Limit = Limit::new(10.0, "the daily budget that the board was made with"),
        /// How many times the hourly average of the day before an hour may cost.
        pub cost_spike: Limit = Limit::new(
            3.0,
            "the load of a day varies by a factor of two; three times the average is something new"
        ),
        /// What an hour has to cost before one speaks of a spike, in US dollars.
        pub worth_a_spike: Limit = Limit::new(
            1.0,
            "three times nothing is nothing: below one dollar an hour, nobody minds"
        ),
        /// How many calls may have no price, as a multiple of those that did not
        /// succeed.
        pub unpriced: Limit = Limit::new(
            1.25,
            "streams that break off have no known cost, and there are no more of them than calls \
             that did not succeed; beyond that, with a quarter on top because increases are \
             estimates, one call without a price is enough"
        ),
        /// The share of calls that is to succeed.
        pub success_target: Limit = Limit::new(
            0.99,
            "providers promise 99 % to 99.9 %, and a bot can bear to lose one reply in a hundred"
        ),
        /// The share of successful calls that is to end in time.
        pub in_time_target: Limit = Limit::new(
            0.95,
            "long completions are slow by nature; 19 of 20 leave room for them"
        ),
        /// How many calls a window needs before its burn rate says something.
        pub burn_floor: Limit = Limit::new(
            20.0,
            "at night a bot makes few calls, and a single failure is no outage"
        ),
        /// Above which share of errors in the time shown a tile warns.
        pub shown_errors: Limit = Limit::new(
            0.01,
            "providers promise that no more than one call in a hundred fails"
        ),
        /// Above how many seconds of latency (p95) in the time shown a tile warns.
        pub shown_latency: Limit = Limit::new(
            60.0,
            "seconds are usual; after a minute, people think that it hangs"
        ),
    }
}
