//! Is it well at all?

use botmeter_board::{Panel, Row, Show, increase, last, quantile, rate};

use super::{alerts, limits, titles};
use crate::instruments::{REQUEST_DURATION, REQUESTS, REQUESTS_IN_FLIGHT, TOOL_CALLS};

pub(super) fn overview() -> Row {
    Row::open(
        "Overview",
        [
            Panel::stat(
                "Requests",
                "Requests that ended in the shown time. Zero means that nobody asks, or that what \
                 stands before the server does not let them through.",
                Show::Count,
            )
            .draw(increase(&REQUESTS).all()),
            Panel::stat(
                "Failed requests",
                "Share of the requests of the shown time that were answered with a code from 500 \
                 on, those that clients gave up left out. Well below 1 % is usual; above, look at \
                 the routes below.",
                Show::Ratio,
            )
            .draw(alerts::failed().shown().all())
            .limit(&limits::FAILED_SHARE)
            .without_data("no requests"),
            Panel::stat(
                "Response time (p95)",
                "The time within which 95 of 100 requests of the shown time ended, streams \
                 included. A rise of all routes is a server at its limit.",
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
                "Calls of tools that ended in the shown time. Zero with agents at work means that \
                 they do not know their tools, or that telemetry is lost.",
                Show::Count,
            )
            .draw(increase(&TOOL_CALLS).all()),
            Panel::stat(
                "Failed tool calls",
                "Share of the calls of tools in the shown time that failed, cancelled calls left \
                 out. A few percent are models that try; above, look at which tool it is.",
                Show::Ratio,
            )
            .draw(alerts::failed_calls().shown().all())
            .limit(&limits::TOOL_ERROR_SHARE)
            .without_data("no calls"),
            Panel::time_series(
                "Request rate",
                "Requests per second. Compare with the hours before: a step down is clients that \
                 cannot get through, a step up is load, or retries.",
                Show::RequestsPerSecond,
            )
            .draw(rate(&REQUESTS).all()),
            Panel::time_series(
                titles::FAILED_SHARE,
                "Share of requests that were answered with a code from 500 on, or whose handler \
                 panicked, those that clients gave up left out. Above the dashed line for five \
                 minutes, somebody is told; see which route it is.",
                Show::Ratio,
            )
            .draw(alerts::failed().all())
            .limit(&limits::FAILED_SHARE)
            .with_traces()
            .without_data("no requests"),
        ],
    )
}
