//! What the dashboard shows, in the order of what one looks at first.

use std::time::Duration;

use botmeter_board::{
    Color, Panel, Row, Show, age, forecast, heat, highest, increase, last, oldest, quantile, rate,
};

use super::{BotThresholds, alerts::failed, objectives, titles};
use crate::{
    BotName, ErrorKind, Status,
    instruments::{
        ACTIVE, CONSECUTIVE_FAILURES, DURATION, EXECUTIONS, FAILURES, LAST_SUCCESS, QUEUE_DEPTH,
    },
};

const HOUR: Duration = Duration::from_hours(1);

pub(super) fn all(of: &BotThresholds) -> Vec<Row> {
    vec![overview(of), one_by_one(of), outcome(of), success(of), time(of), backlog(of)]
}

fn overview(of: &BotThresholds) -> Row {
    Row::open(
        "Overview",
        [
            Panel::stat(
                "Failure rate",
                "Share of the runs of the last hour that failed, cancelled runs left out. A few \
                 percent are normal. When it is high, look at \"Failed runs\" for the bot and at \
                 \"Failures by type\" for the reason.",
                Show::Ratio,
            )
            .draw(failed().over(HOUR).all())
            .limit(&of.failures_high)
            .without_data("no runs"),
            Panel::stat(
                "Runs",
                "Runs that ended within the time shown, however they ended. None at all means \
                 that nothing starts the bots.",
                Show::Count,
            )
            .draw(increase(&EXECUTIONS).all()),
            Panel::stat(
                "Under way",
                "Runs that have started and not ended. A number that only grows means that runs \
                 do not end: see \"Runs under way\".",
                Show::Count,
            )
            .draw(last(&ACTIVE).all()),
            Panel::stat(
                "Longest queue",
                "Items that wait for the bot with the longest queue. When there are many, \"Queue \
                 depth\" shows which bot it is and whether it is catching up.",
                Show::Count,
            )
            .draw(highest(&QUEUE_DEPTH).all())
            .limit(&of.queue_high)
            .without_data("no queue reported"),
            Panel::stat(
                "Longest without success",
                "Time since the last success of the process that has gone longest without one. Up \
                 to the schedule of the slowest bot is usual; beyond the limit, one is overdue.",
                Show::Seconds,
            )
            .draw(oldest(&LAST_SUCCESS).all())
            .limit(&of.success_overdue)
            .without_data("no success reported"),
            Panel::stat(
                "Most failures in a row",
                "How many runs have failed in a row, for the bot with the most. Zero is good; \
                 from the limit on, the bot will not recover by itself.",
                Show::Count,
            )
            .draw(highest(&CONSECUTIVE_FAILURES).all())
            .limit(&of.failures_in_a_row),
        ],
    )
}

fn outcome(of: &BotThresholds) -> Row {
    Row::open(
        "Outcome",
        [
            Panel::time_series(
                titles::FAILED_RUNS,
                "Share of each bot's runs of the last hour that failed, cancelled runs left out. \
                 If one bot fails, look at that bot; if all fail together, look at what they \
                 share, such as a model provider.",
                Show::Ratio,
            )
            .draw(failed().over(HOUR).by::<(BotName,)>())
            .limit(&of.failures_high)
            .without_data("no runs"),
            Panel::time_series(
                "Failures by type",
                "Failed runs per minute, by what made them fail. `internal` is a fault of the bot \
                 itself; for the rest, look where the type points.",
                Show::PerMinute,
            )
            .draw(rate(&FAILURES).by::<(ErrorKind,)>().per_minute())
            .stacked()
            .bars(),
            Panel::time_series(
                "Runs by outcome",
                "Runs per minute by how they ended. Many cancelled runs mean that whatever starts \
                 the bots gives up early, often because of a time limit outside the run.",
                Show::PerMinute,
            )
            .draw(
                rate(&EXECUTIONS)
                    .only(Status::Success)
                    .all()
                    .per_minute()
                    .named("success")
                    .color(Color::Green),
            )
            .draw(
                rate(&EXECUTIONS)
                    .only(Status::Error)
                    .all()
                    .per_minute()
                    .named("error")
                    .color(Color::Red),
            )
            .draw(
                rate(&EXECUTIONS)
                    .only(Status::Cancelled)
                    .all()
                    .per_minute()
                    .named("cancelled")
                    .color(Color::Gray),
            )
            .stacked(),
            Panel::time_series(
                "Runs by bot",
                "Runs per minute of each bot, however they ended. A line that drops to zero is a \
                 bot that is no longer started.",
                Show::PerMinute,
            )
            .draw(rate(&EXECUTIONS).by::<(BotName,)>().per_minute()),
            Panel::time_series(
                titles::FAILURES_IN_A_ROW,
                "How many runs of each bot have failed since its last success. A line that climbs \
                 is a bot that does not recover; cancelled runs do not count.",
                Show::Count,
            )
            .draw(highest(&CONSECUTIVE_FAILURES).by::<(BotName,)>())
            .limit(&of.failures_in_a_row),
            Panel::budget_left(
                "Budget left: failed runs",
                "How much of the budget for failed runs of the last 30 days is left. Below zero, it is \
                 spent: put what makes runs succeed before everything new. It is made of what \
                 rules recorded each hour for whole jobs; hours without the rules, or before what \
                 Prometheus keeps, are not counted.",
                &objectives::errors(of),
            )
            .without_data("no hour with runs on record")
            .size(4, 8),
            Panel::burn(
                titles::ERROR_BUDGET,
                "How fast the month's budget for failed runs is used up. At 1, it lasts exactly a \
                 month; at 2, half of one. The dashed lines are where alerts fire.",
                &objectives::errors(of),
            )
            .without_data("no runs")
            .size(8, 8),
        ],
    )
}

fn success(of: &BotThresholds) -> Row {
    Row::open(
        "Success",
        [Panel::time_series(
            titles::TIME_SINCE_SUCCESS,
            "Time since each bot last did its job. An even sawtooth is a bot on schedule; a line \
             that climbs past its usual peaks is a bot that has stopped succeeding, whether it \
             runs or not.",
            Show::Seconds,
        )
        .draw(age(&LAST_SUCCESS).by::<(BotName,)>())
        .limit(&of.success_late)
        .limit(&of.success_overdue)
        .without_data("no success reported")
        .size(24, 8)],
    )
}

fn time(of: &BotThresholds) -> Row {
    Row::open(
        "Durations",
        [
            Panel::time_series(
                "Duration of runs",
                "The time within which half, 95 of 100 and 99 of 100 runs end, however they end. \
                 If only the p99 rises, some runs have a slow dependency; if the p50 rises, all \
                 of them do.",
                Show::Seconds,
            )
            .draw(quantile(0.5, &DURATION).all().named("p50"))
            .draw(quantile(0.95, &DURATION).all().named("p95"))
            .draw(quantile(0.99, &DURATION).all().named("p99"))
            .without_data("no runs"),
            Panel::time_series(
                "Slowest runs",
                "The time within which 95 of 100 runs of each bot end. Compare with the latency \
                 of LLM calls: most of a run is spent waiting for a model.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DURATION).by::<(BotName,)>())
            .without_data("no runs"),
            Panel::heatmap(
                "Distribution of durations",
                "How many runs took how long. Two bands are two kinds of runs, such as those with \
                 something to do and those without.",
                Show::Seconds,
            )
            .draw(heat(&DURATION))
            .without_data("no runs"),
            Panel::budget_left(
                "Budget left: slow runs",
                "How much of the budget for slow runs of the last 30 days is left. Below zero, it is \
                 spent: put what makes runs fast before everything new. It is made of what \
                 rules recorded each hour for whole jobs; hours without the rules, or before what \
                 Prometheus keeps, are not counted.",
                &objectives::latency(of),
            )
            .without_data("no hour with runs on record")
            .size(4, 8),
            Panel::burn(
                titles::LATENCY_BUDGET,
                "How fast the month's budget for slow runs is used up: successful ones that take \
                 longer than five minutes. At 1, it lasts exactly a month; at 2, half of one. The \
                 dashed lines are where alerts fire.",
                &objectives::latency(of),
            )
            .without_data("no runs")
            .size(8, 8),
        ],
    )
}

fn backlog(of: &BotThresholds) -> Row {
    Row::open(
        "Backlog",
        [
            Panel::time_series(
                titles::QUEUE_DEPTH,
                "Items that wait for each bot. A sawtooth is a queue that gets emptied; a steady \
                 climb is one that does not.",
                Show::Count,
            )
            .draw(last(&QUEUE_DEPTH).by::<(BotName,)>())
            .limit(&of.queue_high)
            .without_data("no queue reported")
            .size(8, 8),
            Panel::time_series(
                titles::QUEUE_DEPTH_IN_AN_HOUR,
                "Items that will wait for each bot an hour from now, if it goes on as in the last \
                 half hour. Below zero means that the queue will be empty before then.",
                Show::Count,
            )
            .draw(forecast(HOUR, &QUEUE_DEPTH).over(Duration::from_mins(30)).by::<(BotName,)>())
            .limit(&of.queue_full)
            .without_data("no queue reported")
            .size(8, 8),
            Panel::time_series(
                titles::RUNS_UNDER_WAY,
                "Runs of each bot that have started and not ended. It goes back to zero between \
                 runs; a line that stays up while no run ends is a run that is stuck.",
                Show::Count,
            )
            .draw(last(&ACTIVE).by::<(BotName,)>())
            .size(8, 8),
        ],
    )
}

fn one_by_one(of: &BotThresholds) -> Row {
    Row::open(
        "Bots one by one",
        [Panel::table(
            "Bots",
            "Each bot within the time shown, the one that fails most first: the share of its runs \
             that failed, its runs, how long 95 of 100 took, and how long ago it last succeeded. \
             Colors follow the limits of alerts. Sort by the column that you worry about.",
        )
        .draw(
            failed()
                .shown()
                .by::<(BotName,)>()
                .named("Failed")
                .show(Show::Ratio)
                .limit(&of.failures_high),
        )
        .draw(increase(&EXECUTIONS).by::<(BotName,)>().named("Runs"))
        .draw(quantile(0.95, &DURATION).shown().by::<(BotName,)>().named("p95").show(Show::Seconds))
        .draw(
            age(&LAST_SUCCESS)
                .by::<(BotName,)>()
                .named("Last success")
                .show(Show::Seconds)
                .limit(&of.success_overdue),
        )
        .draw(
            highest(&CONSECUTIVE_FAILURES)
                .by::<(BotName,)>()
                .named("Failures in a row")
                .limit(&of.failures_in_a_row),
        )
        .draw(last(&QUEUE_DEPTH).by::<(BotName,)>().named("Waiting").limit(&of.queue_high))
        .without_data("no runs")],
    )
}
