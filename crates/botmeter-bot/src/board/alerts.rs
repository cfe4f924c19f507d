//! What somebody should be told of bots.

use std::time::Duration;

use botmeter_board::{
    Alert, Example, Limit, Query, Severity, Share, Show, age, forecast, highest, increase, last,
    said, share_of,
};
use botmeter_core::process::HEARTBEAT;

use super::{BotThresholds, titles};
use crate::{
    BotName, Status,
    instruments::{ACTIVE, CONSECUTIVE_FAILURES, EXECUTIONS, LAST_SUCCESS, QUEUE_DEPTH},
};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// A scrape that fails leaves a hole, and a hole would end an alert.
const LATELY: Duration = Duration::from_mins(5);

/// How long the last success of a process that has ended is remembered.
const REMEMBERED: Duration = Duration::from_hours(48);

/// How many successes a day make a bot one that succeeds often.
const SUCCEEDS_OFTEN: Limit = Limit::new(96.0, "one in each quarter of an hour of the day");

/// From how many runs on a bot is at work.
const AT_WORK: Limit = Limit::new(1.0, "a run has started and not ended");

/// How many runs end where all of them are stuck.
const NONE_ENDS: Limit = Limit::new(0.0, "a run that is not stuck ends within the hour");

/// The bot of the examples.
const BOT: &str = "newsletter";

pub(super) fn all(of: &BotThresholds) -> Vec<Alert> {
    vec![
        failures_high(of),
        failing(of),
        success_late(of),
        success_overdue(of),
        queue_high(of),
        queue_growing(of),
        run_stuck(),
    ]
}

/// The share of runs that fail. One that was called off is neither good nor bad.
pub(super) fn failed() -> Share<(BotName, Status)> {
    share_of(&EXECUTIONS).that(Status::Error).not_counting(Status::Cancelled)
}

/// How long ago each bot did its job, also if its process has ended since; far
/// enough back to see that it was longer ago than this.
fn silence(limit: Duration) -> Query<(BotName,)> {
    age(&LAST_SUCCESS).over(REMEMBERED.max(limit + REMEMBERED / 4)).by()
}

fn failures_high(of: &BotThresholds) -> Alert {
    // Enough of them, if an hour needs more than it does by default.
    let often = (of.enough_runs.value / 10.0).max(1.0);
    let runs = |per_minute: f64, error: f64| {
        Example::after(Duration::from_mins(30))
            .grows(&EXECUTIONS, (BOT, Status::Error), error * often)
            .grows(&EXECUTIONS, (BOT, Status::Success), (per_minute - error) * often)
    };
    let (allowed, many) = (of.failures_high.value, (of.failures_high.value * 2.0).min(1.0));
    Alert::new(
        "BotFailuresHigh",
        Severity::Warning,
        failed()
            .over(HOUR)
            .by::<(BotName,)>()
            .above(&of.failures_high)
            .of_at_least(&of.enough_runs),
    )
    .held_for(Duration::from_mins(10))
    .says(
        "Many runs of the bot {bot} fail.",
        "{value} of the runs of the bot {bot} in {job} failed within the last hour.",
        Show::Ratio,
    )
    .runbook(&[
        "Look at \"Failures by type\": it tells whether a model, a tool, the storage, the \
         platform or the bot itself is to blame.",
        "For `llm`, look at the dashboard of the LLM calls; for `platform`, at the platform's \
         status page; for `internal`, at the bot's log.",
        "If it began with a deployment, roll that back first and investigate afterwards.",
    ])
    .panel(titles::FAILED_RUNS)
    .tested(
        runs(5.0, many * 5.0).fires::<(BotName,)>((BOT,), said(Show::Ratio, many)),
        runs(10.0, allowed * 9.0),
    )
}

fn failing(of: &BotThresholds) -> Alert {
    let in_a_row =
        |runs| Example::after(Duration::from_mins(5)).holds(&CONSECUTIVE_FAILURES, (BOT,), runs);
    let too_many = of.failures_in_a_row.value;
    Alert::new(
        "BotFailing",
        Severity::Critical,
        highest(&CONSECUTIVE_FAILURES)
            .over(LATELY)
            .by::<(BotName,)>()
            .at_least(&of.failures_in_a_row),
    )
    .says(
        "Every run of the bot {bot} fails.",
        "The last {value} runs of the bot {bot} in {job} all failed.",
        Show::Count,
    )
    .runbook(&[
        "Look at \"Failures by type\" for what makes the runs fail.",
        "Read the error of the last run in the bot's log.",
        "For `config`, compare the bot's settings with those of the last run that succeeded; \
         \"Time since success\" tells when that was.",
    ])
    .panel(titles::FAILURES_IN_A_ROW)
    .tested(
        in_a_row(too_many).fires::<(BotName,)>((BOT,), said(Show::Count, too_many)),
        in_a_row(too_many - 1.0),
    )
}

fn success_late(of: &BotThresholds) -> Alert {
    // The bot succeeds in the first ten minutes and then no more.
    let (end, limit) = (Duration::from_mins(10), of.success_late.minutes());
    let silent = limit + Duration::from_mins(10);
    let stops = |per_minute| {
        Example::after(end + silent)
            .grows(&EXECUTIONS, (BOT, Status::Success), per_minute)
            .until(end)
            .holds(&LAST_SUCCESS, (BOT,), end.as_secs_f64())
    };
    Alert::new(
        "BotSuccessLate",
        Severity::Warning,
        silence(limit).above(&of.success_late).and(
            increase(&EXECUTIONS).only(Status::Success).over(DAY).by().at_least(&SUCCEEDS_OFTEN),
        ),
    )
    .held_for(Duration::from_mins(5))
    .says(
        "The bot {bot}, which usually succeeds often, has not succeeded for a while.",
        "The bot {bot} in {job} last succeeded {value} ago.",
        Show::Seconds,
    )
    .runbook(&[
        "Look at \"Runs by outcome\": does the bot run and fail, or does it not run at all?",
        "If it fails, follow BotFailing.",
        "If it does not run, look at what starts it: the scheduler, the queue, the process.",
        "If a run started and does not end, follow BotRunStuck.",
    ])
    .panel(titles::TIME_SINCE_SUCCESS)
    .tested(
        stops(20.0).fires::<(BotName,)>((BOT,), said(Show::Seconds, silent.as_secs_f64())),
        stops(8.0),
    )
}

fn success_overdue(of: &BotThresholds) -> Alert {
    let limit = of.success_overdue.minutes();
    // The process ends after ten minutes: who never comes back is overdue, too.
    let end = Duration::from_mins(10);
    let silent = |time| {
        Example::after(time)
            .holds(&LAST_SUCCESS, (BOT,), 0.0)
            .until(end)
            .ticks(&HEARTBEAT, ())
            .until(end)
    };
    let late = limit + HOUR;
    Alert::new("BotSuccessOverdue", Severity::Critical, silence(limit).above(&of.success_overdue))
        .held_for(Duration::from_mins(5))
        .says(
            "The bot {bot} has not succeeded for too long.",
            "The bot {bot} in {job} last succeeded {value} ago.",
            Show::Seconds,
        )
        .runbook(&[
            "Look at \"Runs by outcome\": does the bot run and fail, or does it not run at all?",
            "If it fails, follow BotFailing.",
            "If it does not run, look at what starts it: the scheduler, the queue, the process.",
            "A bot that runs less often than this allows is overdue by design: silence this alert \
             for it, or give it a higher limit.",
        ])
        .panel(titles::TIME_SINCE_SUCCESS)
        .tested(
            silent(late).fires::<(BotName,)>((BOT,), said(Show::Seconds, late.as_secs_f64())),
            silent(limit),
        )
}

fn queue_high(of: &BotThresholds) -> Alert {
    let waiting =
        |items| Example::after(Duration::from_mins(20)).holds(&QUEUE_DEPTH, (BOT,), items);
    let high = of.queue_high.value;
    Alert::new(
        "BotQueueHigh",
        Severity::Warning,
        last(&QUEUE_DEPTH).over(LATELY).by::<(BotName,)>().above(&of.queue_high),
    )
    .held_for(Duration::from_mins(15))
    .says(
        "Many items wait for the bot {bot}.",
        "{value} items wait for the bot {bot} in {job}.",
        Show::Count,
    )
    .runbook(&[
        "Look at \"Queue depth\": did it jump, or does it climb?",
        "After a jump, give the bot the time that it needs for that many items.",
        "If it climbs, items come faster than the bot handles them: look at \"Slowest runs\" and \
         \"Runs by bot\", and start another process of the bot if its platform allows that.",
    ])
    .panel(titles::QUEUE_DEPTH)
    .tested(
        waiting(high + 1.0).fires::<(BotName,)>((BOT,), said(Show::Count, high + 1.0)),
        waiting(high),
    )
}

fn queue_growing(of: &BotThresholds) -> Alert {
    let waiting =
        |items| Example::after(Duration::from_mins(50)).holds(&QUEUE_DEPTH, (BOT,), items);
    let full = of.queue_full.value;
    Alert::new(
        "BotQueueGrowing",
        Severity::Warning,
        forecast(HOUR, &QUEUE_DEPTH)
            .over(Duration::from_mins(30))
            .by::<(BotName,)>()
            .above(&of.queue_full),
    )
    .held_for(Duration::from_mins(15))
    .says(
        "The queue of the bot {bot} grows faster than the bot empties it.",
        "If it goes on as in the last half hour, {value} items will wait for the bot {bot} in \
         {job} an hour from now.",
        Show::Count,
    )
    .runbook(&[
        "Look at \"Runs by bot\" and \"Slowest runs\": is the bot slower than usual, or are more \
         items coming?",
        "If it is slower, find out what it waits for: a model, a tool, the platform.",
        "If more items are coming, start another process of the bot, or discard those that are no \
         longer worth handling.",
    ])
    .panel(titles::QUEUE_DEPTH_IN_AN_HOUR)
    .tested(
        waiting(full * 1.2).fires::<(BotName,)>((BOT,), said(Show::Count, full * 1.2)),
        waiting(full - 1.0),
    )
}

fn run_stuck() -> Alert {
    let at_work = |ends_per_minute| {
        Example::after(Duration::from_mins(100)).holds(&ACTIVE, (BOT,), 1.0).grows(
            &EXECUTIONS,
            (BOT, Status::Success),
            ends_per_minute,
        )
    };
    Alert::new(
        "BotRunStuck",
        Severity::Warning,
        last(&ACTIVE)
            .over(LATELY)
            .by::<(BotName,)>()
            .at_least(&AT_WORK)
            .and(increase(&EXECUTIONS).over(LATELY).by().at_most(&NONE_ENDS)),
    )
    // None may end while this goes on, so it is an hour without an end.
    .held_for(HOUR)
    .says(
        "Runs of the bot {bot} start and do not end.",
        "{value} runs of the bot {bot} in {job} are under way, and none has ended for an hour.",
        Show::Count,
    )
    .runbook(&[
        "Find out what the run waits for: a model, a tool, the platform, a lock.",
        "Set a time limit for that inside the run: the run then fails with the type `timeout`.",
        "Restart the process if it holds up other runs.",
        "If the bot's runs are meant to take more than an hour, silence this alert for it.",
    ])
    .panel(titles::RUNS_UNDER_WAY)
    .tested(at_work(0.0).fires::<(BotName,)>((BOT,), "1"), at_work(0.05))
}
