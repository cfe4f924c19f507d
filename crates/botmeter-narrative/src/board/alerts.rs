//! What somebody should be told of narratives.

use std::time::Duration;

use botmeter_board::{
    Alert, Example, Limit, Query, Severity, Share, Show, increase, last, rest, said, share,
    share_of,
};

use super::{NarrativeThresholds, titles};
use crate::{
    NarrativeName, Status,
    instruments::{ACTIVE, EXECUTIONS, JSON_FAILURES, JSON_SUCCESS},
};

const HOUR: Duration = Duration::from_hours(1);

/// A scrape that fails leaves a hole, and a hole would end an alert.
const LATELY: Duration = Duration::from_mins(5);

/// From how many runs on a narrative is under way.
const UNDER_WAY: Limit = Limit::new(1.0, "a run has started and not ended");

/// How many runs end where all of them are stuck.
const NONE_ENDS: Limit = Limit::new(0.0, "a run that is not stuck ends within the hour");

/// The narrative of the examples.
const NARRATIVE: &str = "weekly_report";

pub(super) fn all(of: &NarrativeThresholds) -> Vec<Alert> {
    vec![success_low(of), json_failures_high(of), stuck()]
}

/// The share of runs that reach their end, of those that were not called off.
pub(super) fn successful() -> Share<(NarrativeName, Status)> {
    share_of(&EXECUTIONS).that(Status::Success).not_counting(Status::Cancelled)
}

/// Within an hour, per narrative.
pub(super) fn useless_share() -> Query<(NarrativeName,)> {
    share(increase(&JSON_FAILURES).over(HOUR).by(), replies())
}

fn replies() -> Query<(NarrativeName,)> {
    increase(&JSON_SUCCESS).over(HOUR).by() + increase(&JSON_FAILURES).over(HOUR).by()
}

fn success_low(of: &NarrativeThresholds) -> Alert {
    // Enough of them, if an hour needs more than it does by default.
    let often = (of.enough_runs.value / 10.0).max(1.0);
    let runs = |per_minute: f64, error: f64| {
        Example::after(Duration::from_mins(30))
            .grows(&EXECUTIONS, (NARRATIVE, Status::Success), (per_minute - error) * often)
            .grows(&EXECUTIONS, (NARRATIVE, Status::Error), error * often)
    };
    let allowed = rest(of.success_low.value);
    let many = (allowed * 2.0).min(1.0);
    Alert::new(
        "NarrativeSuccessLow",
        Severity::Warning,
        successful()
            .over(HOUR)
            .by::<(NarrativeName,)>()
            .below(&of.success_low)
            .of_at_least(&of.enough_runs),
    )
    .held_for(Duration::from_mins(15))
    .says(
        "Many runs of the narrative {narrative} fail.",
        "Only {value} of the runs of the narrative {narrative} in {job} succeeded within the last \
         hour.",
        Show::Ratio,
    )
    .runbook(&[
        "Look at \"Failed acts\": it shows which act ends the narrative early.",
        "If \"JSON of no use\" is up as well, follow NarrativeJsonFailuresHigh.",
        "Look at the errors of the LLM calls: a narrative needs all of its calls to succeed, so \
         it fails more often than any of them.",
        "If it began with a change of a prompt or of a model, undo that first.",
    ])
    .panel(titles::SUCCESSFUL_RUNS)
    .tested(
        runs(5.0, many * 5.0)
            .fires::<(NarrativeName,)>((NARRATIVE,), said(Show::Ratio, rest(many))),
        runs(10.0, allowed * 9.0),
    )
}

fn json_failures_high(of: &NarrativeThresholds) -> Alert {
    let often = (of.enough_replies.value / 20.0).max(1.0);
    let replies_per_minute = |all: f64, bad: f64| {
        Example::after(Duration::from_mins(30))
            .grows(&JSON_SUCCESS, (NARRATIVE,), (all - bad) * often)
            .grows(&JSON_FAILURES, (NARRATIVE,), bad * often)
    };
    let allowed = of.json_failures_high.value;
    let many = (allowed * 2.0).min(1.0);
    Alert::new(
        "NarrativeJsonFailuresHigh",
        Severity::Warning,
        useless_share().above(&of.json_failures_high).and(replies().at_least(&of.enough_replies)),
    )
    .held_for(Duration::from_mins(15))
    .says(
        "The JSON in many replies to the narrative {narrative} is unusable.",
        "The expected JSON could not be extracted from {value} of the replies to the narrative \
         {narrative} in {job} within the last hour.",
        Show::Ratio,
    )
    .runbook(&[
        "Read some of the replies that failed: are they cut off, wrapped in prose, or of a \
         different shape?",
        "If they are cut off, raise the limit of completion tokens or ask for less.",
        "If they are wrapped in prose, ask the provider for structured output, or give an example \
         in the prompt.",
        "If it began with a different model, go back to the previous one.",
    ])
    .panel(titles::JSON_OF_NO_USE)
    .tested(
        replies_per_minute(5.0, many * 5.0)
            .fires::<(NarrativeName,)>((NARRATIVE,), said(Show::Ratio, many)),
        replies_per_minute(10.0, allowed * 9.0),
    )
}

fn stuck() -> Alert {
    let under_way = |ends_per_minute| {
        Example::after(Duration::from_mins(100)).holds(&ACTIVE, (NARRATIVE,), 1.0).grows(
            &EXECUTIONS,
            (NARRATIVE, Status::Success),
            ends_per_minute,
        )
    };
    Alert::new(
        "NarrativeStuck",
        Severity::Warning,
        last(&ACTIVE)
            .over(LATELY)
            .by::<(NarrativeName,)>()
            .at_least(&UNDER_WAY)
            .and(increase(&EXECUTIONS).over(LATELY).by().at_most(&NONE_ENDS)),
    )
    // None may end while this goes on, so it is an hour without an end.
    .held_for(HOUR)
    .says(
        "Runs of the narrative {narrative} start and do not end.",
        "{value} runs of the narrative {narrative} in {job} are under way, and none has ended for \
         an hour.",
        Show::Count,
    )
    .runbook(&[
        "Look at \"Time by act\" to find the act in which the runs hang: it is the one after the \
         last that ended.",
        "Look at the LLM calls in flight: a call without a time limit can wait forever.",
        "Restart the process if the runs hold up others.",
        "If the narrative is meant to take more than an hour, silence this alert for it.",
    ])
    .panel(titles::RUNS_UNDER_WAY)
    .tested(under_way(0.0).fires::<(NarrativeName,)>((NARRATIVE,), "1"), under_way(0.05))
}
