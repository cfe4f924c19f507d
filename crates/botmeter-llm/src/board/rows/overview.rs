//! Is it well at all, and which model is it?

use botmeter_board::{Panel, Row, Show, average, increase, last, quantile, rate};

use crate::{
    Model, Provider,
    board::{LlmThresholds, alerts::failed},
    instruments::{COST, COST_UNPRICED, DURATION, IN_FLIGHT, REQUESTS, TOKENS},
};

/// Six numbers and two lines.
pub(super) fn overview(of: &LlmThresholds) -> Row {
    Row::open(
        "Overview",
        [
            Panel::stat(
                "Requests",
                "Calls that ended in the time shown, each counted once. Zero while bots are \
                 running means that they make no calls, or that telemetry is lost: see the \
                 telemetry dashboard.",
                Show::Count,
            )
            .draw(increase(&REQUESTS).all()),
            Panel::stat(
                "Error share",
                "Share of the calls in the time shown that ended with an error, cancelled calls \
                 left out. A few are usual; if the color warns, look at the errors by type below.",
                Show::Ratio,
            )
            .draw(failed().shown().all())
            .advised_above(&of.shown_errors)
            .without_data("no calls"),
            Panel::stat(
                "Latency (p95)",
                "The time within which 95 of 100 calls in the time shown ended. Seconds are \
                 usual; if the color warns, look at the latency by model.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DURATION).shown().all())
            .advised_above(&of.shown_latency)
            .without_data("no calls"),
            Panel::stat(
                "Cost",
                "US dollars spent on calls in the time shown, as far as their prices are known. \
                 Compare with the budget in the row \"Money\".",
                Show::Dollars,
            )
            .draw(increase(&COST).all()),
            Panel::stat(
                "Calls in flight",
                "Calls that wait for their reply now. A number that only grows means that replies \
                 do not arrive, or that the program does not end its calls.",
                Show::Count,
            )
            .draw(last(&IN_FLIGHT).all()),
            Panel::stat(
                "Calls without a price",
                "Calls in the time shown whose cost is unknown, and missing from all cost \
                 figures. A few are streams that broke off; if there are more, add the price of \
                 their model.",
                Show::Count,
            )
            .draw(increase(&COST_UNPRICED).all()),
            Panel::time_series(
                "Requests by provider",
                "Finished calls per second. A line that breaks off is a provider that is no \
                 longer called; compare with the errors beside it.",
                Show::RequestsPerSecond,
            )
            .draw(rate(&REQUESTS).by::<(Provider,)>())
            .stacked(),
            Panel::time_series(
                "Error share by provider",
                "Share of each provider's calls that end with an error, cancelled calls left out. \
                 If one line is high, the trouble is that provider's; if all are, it is yours: \
                 network, key or prompt.",
                Show::Ratio,
            )
            .draw(failed().by::<(Provider,)>())
            .without_data("no calls"),
        ],
    )
}

/// Everything about each model in one line.
pub(super) fn models(of: &LlmThresholds) -> Row {
    Row::open(
        "Models",
        [Panel::table(
            "Models",
            "What each model did in the time shown, the one that fails most first. Colors follow \
             the limit of an alert. Sort by a column to find the model that is slow or costs \
             most.",
        )
        .draw(
            failed()
                .shown()
                .by::<(Provider, Model)>()
                .named("Error share")
                .show(Show::Ratio)
                .limit(&of.error_share),
        )
        .draw(increase(&REQUESTS).by::<(Provider, Model)>().named("Requests"))
        .draw(
            average(&DURATION)
                .shown()
                .by::<(Provider, Model)>()
                .named("Average latency")
                .show(Show::Seconds),
        )
        .draw(
            quantile(0.95, &DURATION)
                .shown()
                .by::<(Provider, Model)>()
                .named("Latency (p95)")
                .show(Show::Seconds),
        )
        .draw(increase(&TOKENS).by::<(Provider, Model)>().named("Tokens"))
        .draw(increase(&COST).by::<(Provider, Model)>().named("Cost").show(Show::Dollars))
        .without_data("no calls")],
    )
}
