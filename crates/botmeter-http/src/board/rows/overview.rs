//! Is it well at all?

use botmeter_board::{Panel, Row, Show, increase, last, quantile, rate};

use super::{HttpThresholds, alerts, titles};
use crate::instruments::{REQUEST_DURATION, REQUESTS, REQUESTS_IN_FLIGHT, TOOL_CALLS};

pub(super) fn overview(of: &HttpThresholds) -> Row {
    Row::open(
        "Overview",
        [
            Panel::stat(
                "Requests",
                "Requests that ended in the time shown. Zero means that there are none, or that \
                 whatever is in front of the server does not let them through.",
                Show::Count,
            )
            .draw(increase(&REQUESTS).all()),
            Panel::stat(
                "Failed requests",
                "Share of the requests in the time shown that were answered with a status of 500 \
                 or above; requests that clients gave up on are left out. Well below 1 % is \
                 usual; above that, look at the routes below.",
                Show::Ratio,
            )
            .draw(alerts::failed().shown().all())
            .limit(&of.failed_share)
            .without_data("no requests"),
            Panel::stat(
                "Response time (p95)",
                "The time within which 95 of 100 requests in the time shown ended, including \
                 streams. If all routes rise, the server is at its limit.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &REQUEST_DURATION).shown().all())
            .without_data("no requests"),
            Panel::stat(
                "Requests in flight",
                "Requests whose response has not ended. A number that only grows means that \
                 handlers hang, or that clients keep streams open.",
                Show::Count,
            )
            .draw(last(&REQUESTS_IN_FLIGHT).all()),
            Panel::stat(
                "Tool calls",
                "Tool calls that ended in the time shown. Zero while agents are at work means \
                 that they do not know their tools, or that telemetry is lost.",
                Show::Count,
            )
            .draw(increase(&TOOL_CALLS).all()),
            Panel::stat(
                "Failed tool calls",
                "Share of the tool calls in the time shown that failed, cancelled calls left out. \
                 A few percent are models trying things out; above that, see which tool it is.",
                Show::Ratio,
            )
            .draw(alerts::failed_calls().shown().all())
            .limit(&of.tool_error_share)
            .without_data("no calls"),
            Panel::time_series(
                "Request rate",
                "Requests per second. Compare with the hours before: a step down means that \
                 clients cannot get through, a step up means more load, or retries.",
                Show::RequestsPerSecond,
            )
            .draw(rate(&REQUESTS).all()),
            Panel::time_series(
                titles::FAILED_SHARE,
                "Share of requests that were answered with a status of 500 or above, or whose \
                 handler panicked; requests that clients gave up on are left out. Above the \
                 dashed line for five minutes, an alert fires; see which route it is.",
                Show::Ratio,
            )
            .draw(alerts::failed().all())
            .limit(&of.failed_share)
            .with_traces()
            .without_data("no requests"),
        ],
    )
}
