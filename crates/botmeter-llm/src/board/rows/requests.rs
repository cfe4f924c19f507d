//! Requests and what went wrong with them.

use botmeter_board::{Color, Panel, Row, Show, rate, share};

use crate::{
    ErrorKind, Model, Provider, Status,
    board::{LlmThresholds, alerts, titles},
    instruments::{ERRORS, RATE_LIMITS, REQUESTS, RETRIES},
};

pub(super) fn requests(of: &LlmThresholds) -> Row {
    Row::open(
        "Requests and errors",
        [
            Panel::time_series(
                "Requests by model",
                "Finished calls per second. Use it to see which model carries the load, and \
                 whether a switch of models has taken effect.",
                Show::RequestsPerSecond,
            )
            .draw(rate(&REQUESTS).by::<(Model,)>()),
            Panel::time_series(
                "Requests by outcome",
                "Finished calls per second, by how they ended. Green should be nearly all; gray \
                 are callers that went away, often because they had waited too long.",
                Show::RequestsPerSecond,
            )
            .draw(outcome(Status::Success, "success", Color::Green))
            .draw(outcome(Status::Error, "error", Color::Red))
            .draw(outcome(Status::Cancelled, "cancelled", Color::Gray))
            .stacked(),
            Panel::time_series(
                titles::ERROR_SHARE,
                "Share of each model's calls that end with an error, cancelled calls left out. \
                 Above the dashed line for ten minutes, an alert fires; look at the errors by \
                 type for the reason.",
                Show::Ratio,
            )
            .draw(alerts::failed().by::<(Provider, Model)>())
            .limit(&of.error_share)
            .with_traces()
            .without_data("no calls"),
            Panel::time_series(
                titles::ERRORS,
                "Failed calls per second by reason. Rate limits, overload, timeouts and server \
                 errors are the provider's; quota (an empty account), auth, invalid requests and \
                 context length are yours to fix.",
                Show::PerSecond,
            )
            .draw(rate(&ERRORS).by::<(ErrorKind,)>())
            .stacked()
            .with_traces(),
            Panel::time_series(
                titles::RATE_LIMIT_EVENTS,
                "Refusals per second because of too many calls or tokens, including those that a \
                 retry made up for. Above the dashed line: spread the load, or ask for a higher \
                 quota.",
                Show::PerSecond,
            )
            .draw(rate(&RATE_LIMITS).by::<(Provider,)>())
            .limit(&of.rate_limit_events),
            Panel::time_series(
                titles::REFUSED_SHARE,
                "Share of each model's calls that were lost because of a rate limit, after all \
                 retries, cancelled calls left out. It should be zero; above the dashed line, the \
                 quota is too small.",
                Show::Ratio,
            )
            .draw(alerts::refused().by::<(Provider, Model)>())
            .limit(&of.refused_share)
            .without_data("no calls"),
            Panel::time_series(
                "Retries by error type",
                "Attempts after the first, per second, by what made the one before fail. A few \
                 are fine; many cost time and tokens, and hide a provider that is in trouble.",
                Show::PerSecond,
            )
            .draw(rate(&RETRIES).by::<(ErrorKind,)>())
            .stacked(),
            Panel::time_series(
                "Retries per request",
                "Attempts after the first for each finished call. Near zero is fine; near the \
                 number of retries that the program allows means that nothing works.",
                Show::Count,
            )
            .draw(share(rate(&RETRIES).by::<(Provider, Model)>(), rate(&REQUESTS).by()))
            .without_data("no calls"),
        ],
    )
}

fn outcome(status: Status, name: &'static str, color: Color) -> botmeter_board::Line {
    rate(&REQUESTS).only(status).all().named(name).color(color)
}
