//! Requests that are served.

use botmeter_board::{Panel, Row, Show, average, heat, increase, last, quantile, rate, share_of};

use crate::{
    Method, Route, Status,
    board::{HttpThresholds, alerts::failed},
    instruments::{REQUEST_DURATION, REQUESTS, REQUESTS_IN_FLIGHT},
};

pub(super) fn requests() -> Row {
    let [by_route, by_status, failed, abandoned] = answers();
    let [percentiles, heat_map, route_times, in_flight] = times();
    Row::open(
        "Requests",
        [by_route, by_status, failed, abandoned, percentiles, heat_map, route_times, in_flight],
    )
}

fn answers() -> [Panel; 4] {
    [
        Panel::time_series(
            "Requests by route",
            "Requests per second, by the route that they matched. Many under `unmatched` are \
             scanners, or clients with an old address.",
            Show::RequestsPerSecond,
        )
        .draw(rate(&REQUESTS).by::<(Route,)>())
        .stacked(),
        Panel::time_series(
            "Requests by status",
            "Requests per second, by the status of their response. 4xx are the clients' mistakes, \
             unless many come with a deployment of yours; 499 are clients that went away.",
            Show::RequestsPerSecond,
        )
        .draw(rate(&REQUESTS).by::<(Status,)>())
        .stacked(),
        Panel::time_series(
            "Failed requests by route",
            "Requests per second that were answered with a status of 500 or above. If one route \
             fails, look at that route; if all fail together, look at what they share, such as a \
             database.",
            Show::RequestsPerSecond,
        )
        .draw(rate(&REQUESTS).any_of(Status::SERVER_ERRORS).by::<(Route,)>())
        .with_traces(),
        Panel::time_series(
            "Share of requests that clients gave up",
            "Share of each route's requests whose client went away before the end. For streams \
             this may be usual; for the rest it means that people, or timeouts, do not wait that \
             long.",
            Show::Ratio,
        )
        .draw(share_of(&REQUESTS).that(Status::ClientClosedRequest).by::<(Route,)>())
        .without_data("no requests"),
    ]
}

fn times() -> [Panel; 4] {
    [
        Panel::time_series(
            "Response time",
            "The time within which 50, 95 and 99 of 100 requests end. The p50 is what a user \
             feels; if only the p99 rises, one route is slow, or something that it depends on.",
            Show::Seconds,
        )
        .draw(quantile(0.5, &REQUEST_DURATION).all().named("p50"))
        .draw(quantile(0.95, &REQUEST_DURATION).all().named("p95"))
        .draw(quantile(0.99, &REQUEST_DURATION).all().named("p99"))
        .with_traces()
        .without_data("no requests"),
        Panel::heatmap(
            "Distribution of response time",
            "How many requests took how long. Two bands are two kinds of requests, such as those \
             that ask a model and those that do not.",
            Show::Seconds,
        )
        .draw(heat(&REQUEST_DURATION))
        .without_data("no requests"),
        Panel::time_series(
            "Response time by route (p95)",
            "The time within which 95 of 100 requests of each route end. If only one line rises, \
             the trouble is that route's; if all rise, it is the server's.",
            Show::Seconds,
        )
        .draw(quantile(0.95, &REQUEST_DURATION).by::<(Route,)>())
        .with_traces()
        .without_data("no requests"),
        Panel::time_series(
            "Requests in flight by method",
            "Requests whose response has not ended. The lines follow the load; one that only \
             grows means that handlers hang: set a timeout.",
            Show::Count,
        )
        .draw(last(&REQUESTS_IN_FLIGHT).by::<(Method,)>()),
    ]
}

/// Everything about each route in one line.
pub(super) fn routes(of: &HttpThresholds) -> Row {
    Row::open(
        "Routes",
        [Panel::table(
            "Routes",
            "What each route did in the time shown, the one that fails most first. A share is \
             colored where an alert would fire if all routes failed as often. Sort by a column to \
             find the one that is slow.",
        )
        .draw(
            failed()
                .shown()
                .by::<(Method, Route)>()
                .named("Failed")
                .show(Show::Ratio)
                .limit(&of.failed_share),
        )
        .draw(increase(&REQUESTS).by::<(Method, Route)>().named("Requests"))
        .draw(
            average(&REQUEST_DURATION)
                .shown()
                .by::<(Method, Route)>()
                .named("Average time")
                .show(Show::Seconds),
        )
        .draw(
            quantile(0.95, &REQUEST_DURATION)
                .shown()
                .by::<(Method, Route)>()
                .named("Time (p95)")
                .show(Show::Seconds),
        )
        .without_data("no requests")],
    )
}
