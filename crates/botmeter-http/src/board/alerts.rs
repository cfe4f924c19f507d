//! What somebody should be told.

use std::time::Duration;

use botmeter_board::{Alert, Example, Severity, Share, Show, observed, quantile, share_of};

use super::{limits, titles};
use crate::{
    Method, Outcome, Route, Status, Tool,
    instruments::{REQUESTS, TOOL_CALLS, TOOL_DURATION},
};

const FIVE_MINUTES: Duration = Duration::from_mins(5);
const QUARTER: Duration = Duration::from_mins(15);

/// The tool of the examples.
const TOOL: &str = "search";

pub(super) fn alerts() -> Vec<Alert> {
    vec![http_errors_high(), tool_errors_high(), tool_slow()]
}

const fn ended(status: Status) -> (Method, &'static str, Status) {
    (Method::Get, "/runs/{id}", status)
}

/// The share of requests that the server failed, of those whose client waited.
pub(super) fn failed() -> Share<(Method, Route, Status)> {
    let failed = share_of(&REQUESTS).that_any_of(Status::SERVER_ERRORS);
    failed.not_counting(Status::ClientClosedRequest)
}

/// The share of calls of tools that failed, of those that were not given up.
pub(super) fn failed_calls() -> Share<(Tool, Outcome)> {
    share_of(&TOOL_CALLS).that(Outcome::Error).not_counting(Outcome::Cancelled)
}

fn http_errors_high() -> Alert {
    Alert::new(
        "HttpErrorsHigh",
        Severity::Critical,
        failed()
            .over(FIVE_MINUTES)
            .all()
            .above(&limits::FAILED_SHARE)
            .of_at_least(&limits::ENOUGH_REQUESTS),
    )
    .held_for(FIVE_MINUTES)
    .says(
        "Many requests fail on the server's side.",
        "{value} of the requests to {job} fail with a status of 500 or above.",
        Show::Ratio,
    )
    .runbook(&[
        "Look at \"Failed requests by route\": one route, or all of them?",
        "Look at \"Requests by status\": 500 is a handler that failed or panicked, so read the \
         log; 502, 503 and 504 come from something behind it, such as a model provider or a \
         database.",
        "If it began with a deployment (the purple marks), roll back.",
    ])
    .panel(titles::FAILED_SHARE)
    .tested(
        Example::after(Duration::from_mins(20))
            .grows(&REQUESTS, ended(Status::Ok), 90.0)
            .grows(&REQUESTS, ended(Status::InternalServerError), 6.0)
            .grows(&REQUESTS, ended(Status::OtherServerError), 4.0)
            .grows(&REQUESTS, ended(Status::ClientClosedRequest), 150.0)
            .fires::<()>((), "10%"),
        // What the clients did wrong, and those that went away.
        Example::after(Duration::from_mins(20))
            .grows(&REQUESTS, ended(Status::Ok), 70.0)
            .grows(&REQUESTS, ended(Status::NotFound), 26.0)
            .grows(&REQUESTS, ended(Status::ClientClosedRequest), 20.0)
            .grows(&REQUESTS, ended(Status::BadGateway), 4.0),
    )
}

fn tool_errors_high() -> Alert {
    Alert::new(
        "ToolErrorsHigh",
        Severity::Warning,
        failed_calls()
            .over(QUARTER)
            .by::<(Tool,)>()
            .above(&limits::TOOL_ERROR_SHARE)
            .of_at_least(&limits::ENOUGH_CALLS),
    )
    .held_for(QUARTER)
    .says(
        "Calls to a tool fail often.",
        "{value} of the calls that {job} makes to the tool {tool} fail.",
        Show::Ratio,
    )
    .runbook(&[
        "Call the tool by hand with the arguments of a failed call: does it fail for you?",
        "If it does, look at what the tool needs: its service, its key, its quota.",
        "If it does not, the model gets the arguments wrong: explain them in the tool's \
         description, with an example.",
    ])
    .panel(titles::TOOL_ERROR_SHARE)
    .tested(
        Example::after(Duration::from_mins(40))
            .grows(&TOOL_CALLS, (TOOL, Outcome::Success), 3.0)
            .grows(&TOOL_CALLS, (TOOL, Outcome::Error), 1.0)
            .grows(&TOOL_CALLS, (TOOL, Outcome::Cancelled), 16.0)
            .fires::<(Tool,)>((TOOL,), "25%"),
        // Calls that were given up are not the tool's failures.
        Example::after(Duration::from_mins(40))
            .grows(&TOOL_CALLS, (TOOL, Outcome::Success), 3.75)
            .grows(&TOOL_CALLS, (TOOL, Outcome::Cancelled), 1.75)
            .grows(&TOOL_CALLS, (TOOL, Outcome::Error), 0.25),
    )
}

fn tool_slow() -> Alert {
    Alert::new(
        "ToolSlow",
        Severity::Warning,
        quantile(0.95, &TOOL_DURATION)
            .over(QUARTER)
            .by::<(Tool,)>()
            .above(&limits::TOOL_TIME)
            .and(observed(&TOOL_DURATION).over(QUARTER).by().at_least(&limits::ENOUGH_CALLS)),
    )
    .held_for(QUARTER)
    .says(
        "A tool takes so long that calls are lost.",
        "5 of 100 calls that {job} makes to the tool {tool} take longer than {value}.",
        Show::Seconds,
    )
    .runbook(&[
        "Look at \"Tool calls by outcome\": cancelled calls are those that the caller gave up on.",
        "Look at \"Calls by tool\": does the time rise with the number of calls? Then the tool is \
         at its limit: make fewer calls at once, or give it more capacity.",
        "If the tool is meant to take long, let it answer at once and deliver the result later, \
         or raise its callers' timeouts and silence this alert for it.",
    ])
    .panel(titles::TOOL_TIME)
    .tested(
        Example::after(Duration::from_mins(40))
            .observes(&TOOL_DURATION, (TOOL,), 60.0, 2.0)
            .fires::<(Tool,)>((TOOL,), "1m 19s"),
        Example::after(Duration::from_mins(40)).observes(&TOOL_DURATION, (TOOL,), 20.0, 2.0),
    )
}
