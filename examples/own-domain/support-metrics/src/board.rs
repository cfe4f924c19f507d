//! What the support desk has to show, and what somebody should be told.

use std::time::Duration;

use botmeter_board::{
    Alert, Board, Color, Dashboard, Example, Limit, Panel, Query, Row, Severity, Share, Show,
    Variable, increase, last, quantile, rate, share_of,
};

use crate::{
    Outcome, Queue, Reason,
    instruments::{DURATION, HAND_OVERS, OPEN, TICKETS},
};

const MOSTLY: Limit =
    Limit::new(0.5, "a bot that hands over every second ticket is in the customer's way");
const ENOUGH: Limit = Limit::new(10.0, "of fewer tickets, a few odd ones would decide");
const HALF_AN_HOUR: Duration = Duration::from_mins(30);
const HANDED_OVER: &str = "Share handed over";

/// The dashboard and the alert of the support desk.
pub fn board() -> Board {
    Board::new()
        .dashboard(
            Dashboard::new(
                "support-desk",
                "Support desk",
                "Does the bot solve what customers ask, and how fast?",
            )
            .tags(&["support"])
            .variables([Variable::of::<Queue, _, _>("Queue", &TICKETS)])
            .rows([overview(), endings()]),
        )
        .alerts([mostly_handed_over()])
}

fn overview() -> Row {
    Row::open(
        "Overview",
        [
            Panel::stat(
                "Tickets",
                "Tickets that ended in the shown time. Zero in business hours means that no \
                 question reaches the bot: try the form that customers use.",
                Show::Count,
            )
            .draw(increase(&TICKETS).all()),
            Panel::stat(
                "Solved by the bot",
                "Share of the tickets of the shown time that the bot's answer ended, abandoned \
                 ones left out. If it falls, see below which queue hands over more than it did.",
                Show::Ratio,
            )
            .draw(share_that(Outcome::Solved).shown().all()),
            Panel::stat(
                "Open tickets",
                "Tickets that have not ended. A number that only grows means that the bot hangs, \
                 or that the program keeps tickets without ending them.",
                Show::Count,
            )
            .draw(last(&OPEN).all()),
        ],
    )
}

fn endings() -> Row {
    Row::open(
        "How tickets end",
        [
            Panel::time_series(
                "Tickets by outcome",
                "Tickets per minute by how they ended. Green should be most of them; red is the \
                 bot's own fault, so read its log.",
                Show::PerMinute,
            )
            .draw(per_minute(Outcome::Solved).named("solved").color(Color::Green))
            .draw(per_minute(Outcome::HandedOver).named("handed over").color(Color::Yellow))
            .draw(per_minute(Outcome::Failed).named("failed").color(Color::Red))
            .draw(per_minute(Outcome::Abandoned).named("abandoned").color(Color::Gray)),
            Panel::time_series(
                HANDED_OVER,
                "Share of each queue's tickets that a person had to take over, abandoned ones left \
                 out. Above the dashed line for ten minutes, somebody is told; the reasons are \
                 beside it.",
                Show::Ratio,
            )
            .draw(share_that(Outcome::HandedOver).by::<(Queue,)>())
            .limit(&MOSTLY),
            Panel::time_series(
                "Hand-overs by reason",
                "Tickets per minute that a person took over. Many that were asked for are a bot \
                 that annoys; many unsure ones are knowledge that it lacks.",
                Show::PerMinute,
            )
            .draw(rate(&HAND_OVERS).by::<(Reason,)>().per_minute()),
            Panel::time_series(
                "Time to the end (p95)",
                "The time within which 95 of 100 tickets of each queue end. If it jumps, compare \
                 with the latency of the model.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DURATION).by::<(Queue,)>()),
        ],
    )
}

fn per_minute(outcome: Outcome) -> Query<()> {
    rate(&TICKETS).only(outcome).all().per_minute()
}

/// Of the tickets whose customers waited for their end.
fn share_that(ended: Outcome) -> Share<(Queue, Outcome)> {
    share_of(&TICKETS).that(ended).not_counting(Outcome::Abandoned)
}

fn mostly_handed_over() -> Alert {
    Alert::new(
        "SupportMostlyHandedOver",
        Severity::Warning,
        share_that(Outcome::HandedOver)
            .over(HALF_AN_HOUR)
            .by::<(Queue,)>()
            .above(&MOSTLY)
            .of_at_least(&ENOUGH),
    )
    .held_for(Duration::from_mins(10))
    .says(
        "The bot hands over most tickets of {queue}.",
        "{value} of the tickets in {queue} of {job} went to a person.",
        Show::Ratio,
    )
    .runbook(&[
        "Look at \"Hand-overs by reason\": did customers ask for a person, or was the bot unsure?",
        "If it was unsure, see what is asked, and add it to what the bot knows.",
        "If the model or the prompt changed at that time, take back the change.",
    ])
    .panel(HANDED_OVER)
    .tested(
        Example::after(Duration::from_hours(1))
            .grows(&TICKETS, ("billing", Outcome::HandedOver), 3.0)
            .grows(&TICKETS, ("billing", Outcome::Solved), 1.0)
            .fires::<(Queue,)>(("billing",), "75%"),
        Example::after(Duration::from_hours(1))
            .grows(&TICKETS, ("billing", Outcome::HandedOver), 2.0)
            .grows(&TICKETS, ("billing", Outcome::Solved), 2.0),
    )
}
