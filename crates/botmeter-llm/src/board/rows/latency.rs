//! How long calls take.

use botmeter_board::{Panel, Row, Show, average, heat, last, quantile};

use crate::{
    Model, Provider, Status,
    board::{LlmThresholds, titles},
    instruments::{DURATION, IN_FLIGHT, TIME_PER_OUTPUT_TOKEN, TIME_TO_FIRST_TOKEN},
};

pub(super) fn latency(of: &LlmThresholds) -> Row {
    Row::open(
        "Latency",
        [
            Panel::time_series(
                "Latency",
                "The time within which 50, 95 and 99 of 100 calls end, failures included. The \
                 p50 is what a user feels, the p99 what timeouts have to allow for.",
                Show::Seconds,
            )
            .draw(quantile(0.5, &DURATION).all().named("p50"))
            .draw(quantile(0.95, &DURATION).all().named("p95"))
            .draw(quantile(0.99, &DURATION).all().named("p99"))
            .with_traces()
            .without_data("no calls"),
            Panel::heatmap(
                "Distribution of latency",
                "How many calls took how long. Two bands are two kinds of calls; a band that \
                 moves up is a provider that slows down; a band at a timeout is calls that were \
                 lost.",
                Show::Seconds,
            )
            .draw(heat(&DURATION))
            .without_data("no calls"),
            Panel::time_series(
                "Latency by model (p95)",
                "The time within which 95 of 100 calls of each model end. If only one line rises, \
                 the trouble is that model's: switch to another, or shorten its replies.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DURATION).by::<(Provider, Model)>())
            .with_traces()
            .without_data("no calls"),
            Panel::time_series(
                "Average latency by outcome",
                "The mean time of calls, by how they ended. Errors that take as long as a timeout \
                 are timeouts; cancelled calls show how long callers are willing to wait.",
                Show::Seconds,
            )
            .draw(average(&DURATION).by::<(Status,)>())
            .without_data("no calls"),
            Panel::time_series(
                titles::FIRST_TOKEN,
                "The time within which 95 of 100 streamed calls show their first token. This is \
                 what a reader waits for; above the dashed line, a chat feels broken.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &TIME_TO_FIRST_TOKEN).by::<(Provider, Model)>())
            .limit(&of.first_token)
            .with_traces()
            .without_data("no streamed calls"),
            Panel::time_series(
                "Time per output token (p95)",
                "The time that one token of a streamed reply takes. Below 0.05 s is faster than \
                 people read; a rise means that the provider is overloaded.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &TIME_PER_OUTPUT_TOKEN).by::<(Provider, Model)>())
            .with_traces()
            .without_data("no streamed calls"),
            Panel::time_series(
                "Calls in flight by provider",
                "Calls that have started and not ended. The lines follow the load; one that only \
                 grows means that replies do not arrive: check timeouts and concurrency limits.",
                Show::Count,
            )
            .draw(last(&IN_FLIGHT).by::<(Provider,)>()),
        ],
    )
}
