//! What somebody should be told, beside money and error budgets.

use std::time::Duration;

use botmeter_board::{
    Alert, Example, Limit, Severity, Share, Show, estimated, increase, observed, quantile, rate,
    ratio, said, share_of,
};

use super::{LlmThresholds, titles};
use crate::{
    ErrorKind, Model, Provider, Status,
    instruments::{
        ERRORS, RATE_LIMITS, REQUESTS, TIME_TO_FIRST_TOKEN, TOKENS_CACHE_READ, TOKENS_PROMPT,
    },
};

const TEN_MINUTES: Duration = Duration::from_mins(10);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Calls that are refused until somebody pays.
const UNPAID: Limit = Limit::new(
    0.0,
    "one such refusal is enough: no retry helps, and all further calls are refused as well",
);

/// The model of the examples, and its label values.
const MODEL: (Provider, &str) = (Provider::OpenAi, "gpt-4o");

const fn ended(status: Status) -> (Provider, &'static str, Status) {
    (MODEL.0, MODEL.1, status)
}

pub(super) fn alerts(of: &LlmThresholds) -> Vec<Alert> {
    vec![
        account_empty(),
        provider_errors_high(of),
        rate_limited(of),
        rate_limit_errors(of),
        time_to_first_token_high(of),
        cache_hit_ratio_dropped(of),
    ]
}

/// The share of calls that fail. A caller that goes away is not the provider's
/// failure.
pub(super) fn failed() -> Share<(Provider, Model, Status)> {
    share_of(&REQUESTS).that(Status::Error).not_counting(Status::Cancelled)
}

/// The share of calls that are lost because of a rate limit.
pub(super) fn refused() -> Share<(Provider, Model, ErrorKind), (Provider, Model, Status)> {
    let refused = share_of(&REQUESTS).counted_in(&ERRORS).that(ErrorKind::RateLimit);
    refused.not_counting(Status::Cancelled)
}

fn account_empty() -> Alert {
    let refused = |kind| (MODEL.0, MODEL.1, kind);
    Alert::new(
        "LlmAccountEmpty",
        Severity::Critical,
        increase(&ERRORS)
            .only(ErrorKind::Quota)
            .over(TEN_MINUTES)
            .by::<(Provider,)>()
            .above(&UNPAID),
    )
    .says(
        "The account at a provider is empty, or its spending limit is reached.",
        "{provider} refused {value} calls of {job} within ten minutes because the account is \
         empty or its spending limit is reached. Nothing works there until somebody pays.",
        Show::Count,
    )
    .runbook(&[
        "Look at the provider's billing page: is the account empty, is a monthly limit reached, \
         or was a payment refused?",
        "Pay, or raise the limit. Calls work again within minutes; waiting and retries do not \
         help.",
        "Until then, switch to another provider.",
        "Look at \"Cost per hour\": was it spent as planned, or by a loop?",
    ])
    .panel(titles::ERRORS)
    .tested(
        Example::after(Duration::from_mins(30))
            .grows(&ERRORS, refused(ErrorKind::Quota), 1.0)
            .fires::<(Provider,)>((Provider::OpenAi,), "10"),
        // As many errors, of a kind that passes.
        Example::after(Duration::from_mins(30))
            .grows(&ERRORS, refused(ErrorKind::RateLimit), 1.0)
            .grows(&ERRORS, refused(ErrorKind::Quota), 0.0),
    )
}

fn provider_errors_high(of: &LlmThresholds) -> Alert {
    // Enough of them, if ten minutes need more than they do by default.
    let often = (of.enough_calls.value / 20.0).max(1.0);
    let allowed = of.error_share.value;
    // Of ten, and of a hundred.
    let (many, few) = ((allowed * 15.0).min(5.0 + allowed * 5.0), allowed * 90.0);
    Alert::new(
        "LlmProviderErrorsHigh",
        Severity::Warning,
        failed()
            .over(TEN_MINUTES)
            .by::<(Provider, Model)>()
            .above(&of.error_share)
            .of_at_least(&of.enough_calls),
    )
    .held_for(TEN_MINUTES)
    .says(
        "Calls to a model fail often.",
        "{value} of the calls of {job} to {model} at {provider} fail.",
        Show::Ratio,
    )
    .runbook(&[
        "Look at \"Errors by type\" for the reason.",
        "`server`, `overloaded`, `timeout`, `network`: read the provider's status page; switch to \
         another provider or model until it recovers.",
        "`rate_limit`: see the alert LlmRateLimited. `quota`: see the alert LlmAccountEmpty.",
        "`auth`: check the key. `invalid_request`, `too_large`, `context_length`, \
         `content_filter`: look at the last change of prompts or parameters.",
    ])
    .panel(titles::ERROR_SHARE)
    .tested(
        Example::after(Duration::from_mins(30))
            .grows(&REQUESTS, ended(Status::Success), (10.0 - many) * often)
            .grows(&REQUESTS, ended(Status::Error), many * often)
            .grows(&REQUESTS, ended(Status::Cancelled), 10.0 * often)
            .fires::<(Provider, Model)>(MODEL, said(Show::Ratio, many / 10.0)),
        Example::after(Duration::from_mins(30))
            .grows(&REQUESTS, ended(Status::Success), (100.0 - few) * often)
            .grows(&REQUESTS, ended(Status::Error), few * often),
    )
}

fn rate_limited(of: &LlmThresholds) -> Alert {
    let often = (of.enough_calls.value / 20.0).max(1.0);
    let allowed = of.refused_share.value;
    // Of ten.
    let (many, few) = ((allowed * 20.0).min(5.0 + allowed * 5.0), allowed * 5.0);
    Alert::new(
        "LlmRateLimited",
        Severity::Warning,
        refused()
            .over(TEN_MINUTES)
            .by::<(Provider, Model)>()
            .above(&of.refused_share)
            .of_at_least(&of.enough_calls),
    )
    .held_for(TEN_MINUTES)
    .says(
        "Calls to a model are lost because of its rate limit.",
        "{value} of the calls of {job} to {model} at {provider} are refused because of a rate \
         limit, retries included.",
        Show::Ratio,
    )
    .runbook(&[
        "Look at \"Requests by model\" and \"Tokens per minute by model\": which of the two quotas \
         is used up?",
        "Limit how many calls run at once, and let retries wait as long as the provider asks.",
        "Spread the load over models or keys, or ask the provider for a higher quota.",
    ])
    .panel(titles::REFUSED_SHARE)
    .tested(
        Example::after(Duration::from_mins(30))
            .grows(&ERRORS, (MODEL.0, MODEL.1, ErrorKind::RateLimit), many * often)
            .grows(&REQUESTS, ended(Status::Cancelled), 15.0 * often)
            .grows(&REQUESTS, ended(Status::Error), many * often)
            .grows(&REQUESTS, ended(Status::Success), (10.0 - many) * often)
            .fires::<(Provider, Model)>(MODEL, said(Show::Ratio, many / 10.0)),
        // As many errors, of another kind.
        Example::after(Duration::from_mins(30))
            .grows(&ERRORS, (MODEL.0, MODEL.1, ErrorKind::RateLimit), few * often)
            .grows(&ERRORS, (MODEL.0, MODEL.1, ErrorKind::Server), (many - few) * often)
            .grows(&REQUESTS, ended(Status::Error), many * often)
            .grows(&REQUESTS, ended(Status::Success), (10.0 - many) * often),
    )
}

fn rate_limit_errors(of: &LlmThresholds) -> Alert {
    // Per minute.
    let (many, few) =
        ((of.rate_limit_events.value * 120.0).max(1.0), of.rate_limit_events.value * 50.0);
    Alert::new(
        "LlmRateLimitEventsHigh",
        Severity::Warning,
        rate(&RATE_LIMITS)
            .over(Duration::from_mins(5))
            .by::<(Provider,)>()
            .above(&of.rate_limit_events),
    )
    .held_for(Duration::from_mins(1))
    .says(
        "A provider refuses calls because there are too many.",
        "{provider} refuses {value} attempts of {job} per second because of its rate limit.",
        Show::PerSecond,
    )
    .runbook(&[
        "Look at \"Share refused because of rate limits\": are calls lost, or do retries get \
         through?",
        "If retries get through, still make fewer calls at once: each refusal costs time.",
        "If they are lost, see the alert LlmRateLimited.",
    ])
    .panel(titles::RATE_LIMIT_EVENTS)
    .tested(
        Example::after(TEN_MINUTES)
            .grows(&RATE_LIMITS, MODEL, many)
            .fires::<(Provider,)>((Provider::OpenAi,), said(Show::PerSecond, many / 60.0)),
        Example::after(TEN_MINUTES).grows(&RATE_LIMITS, MODEL, few),
    )
}

fn time_to_first_token_high(of: &LlmThresholds) -> Alert {
    let often = (of.enough_streams.value / 10.0).max(1.0);
    let replies_begin = |seconds| {
        let streams = Example::after(Duration::from_mins(40));
        streams.observes(&TIME_TO_FIRST_TOKEN, MODEL, seconds, 6.0 * often)
    };
    // So far away that no bucket has both the limit and these.
    let (late, soon) = (of.first_token.value * 2.0, of.first_token.value * 0.4);
    let shown = estimated(0.95, &TIME_TO_FIRST_TOKEN, late);
    Alert::new(
        "LlmTimeToFirstTokenHigh",
        Severity::Warning,
        quantile(0.95, &TIME_TO_FIRST_TOKEN)
            .over(TEN_MINUTES)
            .by::<(Provider, Model)>()
            .above(&of.first_token)
            .and(
                observed(&TIME_TO_FIRST_TOKEN).over(TEN_MINUTES).by().at_least(&of.enough_streams),
            ),
    )
    .held_for(Duration::from_mins(15))
    .says(
        "Streamed replies of a model begin late.",
        "5 of 100 streamed calls of {job} to {model} at {provider} wait longer than {value} for \
         their first token.",
        Show::Seconds,
    )
    .runbook(&[
        "Look at \"Time per output token (p95)\": if it rises as well, the provider is \
         overloaded; switch to another model until it recovers.",
        "If only the first token is late, look at \"Tokens per request\" and \"Prompt tokens from \
         the cache\": long prompts without a cache take time to read.",
        "Look at \"Retries by error type\": the time to the first token includes retries.",
    ])
    .panel(titles::FIRST_TOKEN)
    .tested(
        replies_begin(late).fires::<(Provider, Model)>(MODEL, said(Show::Seconds, shown)),
        replies_begin(soon),
    )
}

fn cache_hit_ratio_dropped(of: &LlmThresholds) -> Alert {
    let often = (of.enough_tokens.value / 10_000.0).max(1.0);
    // Of a thousand.
    let yesterday = 600_f64.max(500.0 + of.cache_in_use.value * 500.0);
    let (few, enough) =
        (yesterday * of.cache_drop.value / 3.0, yesterday * of.cache_drop.value * 4.0 / 3.0);
    let cached = |today: f64| {
        Example::after(Duration::from_hours(27))
            .grows(&TOKENS_PROMPT, MODEL, 1000.0 * often)
            .grows(&TOKENS_CACHE_READ, MODEL, yesterday * often)
            .until(DAY)
            .grows(&TOKENS_CACHE_READ, MODEL, today * often)
            .from(DAY)
    };
    let share = || {
        ratio(
            rate(&TOKENS_CACHE_READ).over(HOUR).by::<(Provider, Model)>(),
            rate(&TOKENS_PROMPT).over(HOUR).by(),
        )
    };
    let share_of_yesterday = || {
        ratio(
            rate(&TOKENS_CACHE_READ).over(HOUR).ago(DAY).by::<(Provider, Model)>(),
            rate(&TOKENS_PROMPT).over(HOUR).ago(DAY).by(),
        )
    };
    Alert::new(
        "LlmCacheHitRatioDropped",
        Severity::Info,
        share()
            .below_times(&of.cache_drop, share_of_yesterday())
            .and(share_of_yesterday().at_least(&of.cache_in_use))
            .and(increase(&TOKENS_PROMPT).over(HOUR).by().at_least(&of.enough_tokens)),
    )
    .held_for(HOUR)
    .says(
        "Fewer prompt tokens come from a provider's cache than a day ago.",
        "{value} of the prompt tokens of {job} for {model} at {provider} come from the cache, \
         far less than a day ago.",
        Show::Ratio,
    )
    .runbook(&[
        "See whether the drop began with a deployment (the purple marks).",
        "The cache works for prompts that begin alike: move what changes (dates, ids, the user's \
         text) behind what stays the same.",
        "Some providers forget prompts after minutes without calls: less traffic means fewer hits.",
    ])
    .panel(titles::CACHE_SHARE)
    .tested(
        cached(few).fires::<(Provider, Model)>(MODEL, said(Show::Ratio, few / 1000.0)),
        cached(enough),
    )
}
