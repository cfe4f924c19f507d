//! What goes in and out, and what it costs.

use botmeter_board::{Limit, Panel, Row, Show, increase, rate, ratio, share, top};

use crate::{
    Model, Provider,
    board::titles,
    instruments::{
        COST, COST_UNPRICED, REQUESTS, TOKENS, TOKENS_CACHE_READ, TOKENS_CACHE_WRITE,
        TOKENS_COMPLETION, TOKENS_PROMPT, TOKENS_REASONING,
    },
};

pub(super) fn tokens() -> Row {
    Row::collapsed(
        "Tokens",
        [
            Panel::time_series(
                "Tokens per minute by kind",
                "Billable tokens. Cached tokens are part of the prompt, reasoning is part of the \
                 completion. A jump in prompt tokens is often a loop, or a context that has \
                 grown.",
                Show::PerMinute,
            )
            .draw(rate(&TOKENS_PROMPT).all().per_minute().named("prompt"))
            .draw(rate(&TOKENS_COMPLETION).all().per_minute().named("completion"))
            .draw(rate(&TOKENS_CACHE_READ).all().per_minute().named("read from cache"))
            .draw(rate(&TOKENS_CACHE_WRITE).all().per_minute().named("written to cache"))
            .draw(rate(&TOKENS_REASONING).all().per_minute().named("reasoning")),
            Panel::time_series(
                "Tokens per minute by model",
                "Prompt and completion together. Compare with the provider's token quota, which \
                 is per minute, too.",
                Show::PerMinute,
            )
            .draw(rate(&TOKENS).by::<(Model,)>().per_minute())
            .stacked(),
            Panel::time_series(
                "Tokens per request",
                "Prompt and completion together, for each finished call. A slow rise is a context \
                 that is never cut; it ends in errors of the type `context_length`.",
                Show::Count,
            )
            .draw(ratio(rate(&TOKENS).by::<(Model,)>(), rate(&REQUESTS).by()))
            .without_data("no calls"),
            Panel::time_series(
                titles::CACHE_SHARE,
                "Share of the prompt tokens that the provider read from its cache, at a lower \
                 price. A drop after a deployment means that prompts no longer begin alike.",
                Show::Ratio,
            )
            .draw(share(
                rate(&TOKENS_CACHE_READ).by::<(Provider, Model)>(),
                rate(&TOKENS_PROMPT).by(),
            ))
            .without_data("no calls"),
        ],
    )
}

pub(super) fn money(budget: &Limit) -> Row {
    Row::collapsed(
        "Money",
        [
            Panel::time_series(
                titles::COST_PER_HOUR,
                "US dollars per hour at the current pace, by model. The lines follow the load; a \
                 step up without more requests is a more expensive model, or longer prompts.",
                Show::Dollars,
            )
            .draw(rate(&COST).by::<(Model,)>().per_hour())
            .stacked(),
            Panel::time_series(
                titles::COST_OF_A_DAY,
                "US dollars that each job spent within 24 hours. The dashed line is the daily \
                 budget; near it, look for the model and the job that grew.",
                Show::Dollars,
            )
            .draw(increase(&COST).over(super::super::money::DAY).all())
            .per_job()
            .limit(budget),
            Panel::bar_gauge(
                "Most expensive models",
                "The three models that cost most in the time shown. The first is where most can \
                 be saved: a smaller model, shorter prompts, or its cache.",
                Show::Dollars,
            )
            .draw(top(3, increase(&COST).by::<(Model,)>()))
            .without_data("no calls"),
            Panel::time_series(
                "Cost per request",
                "US dollars for each finished call. It should hardly move; a rise means longer \
                 prompts, longer replies or a changed price.",
                Show::Dollars,
            )
            .draw(ratio(rate(&COST).by::<(Model,)>(), rate(&REQUESTS).by()))
            .without_data("no calls"),
            Panel::time_series(
                titles::UNPRICED,
                "Calls within an hour whose cost is missing from all cost figures, because no \
                 price is known or the provider reported no tokens. A few are streams that broke \
                 off; if there are more, add the price.",
                Show::Count,
            )
            .draw(
                increase(&COST_UNPRICED).over(super::super::money::HOUR).by::<(Provider, Model)>(),
            )
            .bars()
            .size(24, 6),
        ],
    )
}
