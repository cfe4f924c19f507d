//! What somebody should be told.

use std::time::Duration;

use botmeter_board::{
    Alert, Example, Severity, Share, Show, estimated, observed, quantile, said, share_of,
};

use super::{HttpThresholds, titles};
use crate::{
    Method, Outcome, Route, Status, Tool,
    instruments::{REQUESTS, TOOL_CALLS, TOOL_DURATION},
};

const FIVE_MINUTES: Duration = Duration::from_mins(5);
const QUARTER: Duration = Duration::from_mins(15);

/// The tool of the examples.
const TOOL: &str = "search";

pub(super) fn alerts(of: &HttpThresholds) -> Vec<Alert> {
    vec![http_errors_high(of), tool_errors_high(of), tool_slow(of)]
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

fn http_errors_high(of: &HttpThresholds) -> Alert {
    // Enough of them, if five minutes need more than they do by default.
    let often = (of.enough_requests.value / 20.0).max(1.0);
    // Of a hundred that the client waited for.
    let (many, few) = ((of.failed_share.value * 200.0).min(100.0), of.failed_share.value * 80.0);
    let not_found = (100.0 - few).min(26.0);
    Alert::new(
        "HttpErrorsHigh",
        Severity::Critical,
        failed().over(FIVE_MINUTES).all().above(&of.failed_share).of_at_least(&of.enough_requests),
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
            .grows(&REQUESTS, ended(Status::Ok), (100.0 - many) * often)
            .grows(&REQUESTS, ended(Status::InternalServerError), many * 0.6 * often)
            .grows(&REQUESTS, ended(Status::OtherServerError), many * 0.4 * often)
            .grows(&REQUESTS, ended(Status::ClientClosedRequest), 150.0 * often)
            .fires::<()>((), said(Show::Ratio, many / 100.0)),
        // What the clients did wrong, and those that went away.
        Example::after(Duration::from_mins(20))
            .grows(&REQUESTS, ended(Status::Ok), (100.0 - few - not_found) * often)
            .grows(&REQUESTS, ended(Status::NotFound), not_found * often)
            .grows(&REQUESTS, ended(Status::ClientClosedRequest), 20.0 * often)
            .grows(&REQUESTS, ended(Status::BadGateway), few * often),
    )
}

fn tool_errors_high(of: &HttpThresholds) -> Alert {
    let allowed = of.tool_error_share.value;
    let often = (of.enough_calls.value / 10.0).max(1.0);
    let (many, few) = ((allowed * 10.0).min(2.0 + allowed * 2.0), allowed * 2.5);
    Alert::new(
        "ToolErrorsHigh",
        Severity::Warning,
        failed_calls()
            .over(QUARTER)
            .by::<(Tool,)>()
            .above(&of.tool_error_share)
            .of_at_least(&of.enough_calls),
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
            .grows(&TOOL_CALLS, (TOOL, Outcome::Success), (4.0 - many) * often)
            .grows(&TOOL_CALLS, (TOOL, Outcome::Error), many * often)
            .grows(&TOOL_CALLS, (TOOL, Outcome::Cancelled), 16.0 * often)
            .fires::<(Tool,)>((TOOL,), said(Show::Ratio, many / 4.0)),
        // Calls that were given up are not the tool's failures.
        Example::after(Duration::from_mins(40))
            .grows(&TOOL_CALLS, (TOOL, Outcome::Success), (4.0 - few) * often)
            .grows(&TOOL_CALLS, (TOOL, Outcome::Cancelled), 1.75 * often)
            .grows(&TOOL_CALLS, (TOOL, Outcome::Error), few * often),
    )
}

fn tool_slow(of: &HttpThresholds) -> Alert {
    let often = (of.enough_calls.value / 10.0).max(1.0);
    let calls_take = |seconds| {
        let calls = Example::after(Duration::from_mins(40));
        calls.observes(&TOOL_DURATION, (TOOL,), seconds, 2.0 * often)
    };
    // So far away that no bucket has both the limit and these.
    let (slow, fast) = (of.tool_time.value * 2.0, of.tool_time.value / 2.0);
    let shown = estimated(0.95, &TOOL_DURATION, slow);
    Alert::new(
        "ToolSlow",
        Severity::Warning,
        quantile(0.95, &TOOL_DURATION)
            .over(QUARTER)
            .by::<(Tool,)>()
            .above(&of.tool_time)
            .and(observed(&TOOL_DURATION).over(QUARTER).by().at_least(&of.enough_calls)),
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
        calls_take(slow).fires::<(Tool,)>((TOOL,), said(Show::Seconds, shown)),
        calls_take(fast),
    )
}
