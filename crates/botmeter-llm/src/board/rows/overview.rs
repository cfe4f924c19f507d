//! Is it well at all, and which model is it?

use botmeter_board::{Panel, Row, Show, average, increase, last, quantile, rate};

use crate::{
    Model, Provider,
    board::{alerts::failed, limits},
    instruments::{COST, COST_UNPRICED, DURATION, IN_FLIGHT, REQUESTS, TOKENS},
};

/// Six numbers and two lines.
pub(super) fn overview() -> Row {
    Row::open(
        "Overview",
        [
            Panel::stat(
                "Requests",
                "Calls that ended in the shown time, counted once each. Zero with running bots \
                 means that nobody calls, or that telemetry is lost: see the telemetry dashboard.",
                Show::Count,
            )
            .draw(increase(&REQUESTS).all()),
            Panel::stat(
                "Error share",
                "Share of the calls in the shown time that ended with an error, cancelled calls left \
                 out. Up to 1 % is usual; above, look at the errors by type below.",
                Show::Ratio,
            )
            .draw(failed().shown().all())
            .advised_above(&limits::MORE_THAN_PROMISED)
            .without_data("no calls"),
            Panel::stat(
                "Latency (p95)",
                "The time within which 95 of 100 calls of the shown time ended. Seconds are \
                 usual, minutes are not: look at the latency by model.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DURATION).shown().all())
            .advised_above(&limits::MINUTES)
            .without_data("no calls"),
            Panel::stat(
                "Cost",
                "US dollars spent on calls in the shown time, as far as their prices are known. \
                 Compare with the budget in the row about money.",
                Show::Dollars,
            )
            .draw(increase(&COST).all()),
            Panel::stat(
                "Calls in flight",
                "Calls that wait for their reply now. A number that only grows means that replies \
                 do not come, or that calls are not ended in the program.",
                Show::Count,
            )
            .draw(last(&IN_FLIGHT).all()),
            Panel::stat(
                "Calls without a price",
                "Calls of the shown time whose cost is not known and missing in all figures of \
                 cost. A few are streams that broke off; more: give the price of their model.",
                Show::Count,
            )
            .draw(increase(&COST_UNPRICED).all()),
            Panel::time_series(
                "Requests by provider",
                "Finished calls per second. A line that breaks off is a provider that is not \
                 called any more; compare with the errors beside it.",
                Show::RequestsPerSecond,
            )
            .draw(rate(&REQUESTS).by::<(Provider,)>())
            .stacked(),
            Panel::time_series(
                "Error share by provider",
                "Share of each provider's calls that end with an error, cancelled calls left out. \
                 One high line is that provider's trouble, all lines high are yours: network, key \
                 or prompt.",
                Show::Ratio,
            )
            .draw(failed().by::<(Provider,)>())
            .without_data("no calls"),
        ],
    )
}

/// Everything about each model in one line.
pub(super) fn models() -> Row {
    Row::open(
        "Models",
        [Panel::table(
            "Models",
            "What each model did in the shown time, the one that fails most first; a share in \
             color is that of an alert. Sort by a column to find the model that is slow or costs \
             most.",
        )
        .draw(
            failed()
                .shown()
                .by::<(Provider, Model)>()
                .named("Error share")
                .show(Show::Ratio)
                .limit(&limits::ERROR_SHARE),
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
