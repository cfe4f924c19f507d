//! What the dashboard shows, in the order of what one looks at first.

use std::time::Duration;

use botmeter_board::{
    Color, Panel, Row, Share, Show, heat, increase, last, observed, quantile, rate, share,
    share_of, volume,
};

use super::{
    NarrativeThresholds,
    alerts::{successful, useless_share},
    titles,
};
use crate::{
    ActName, NarrativeName, Status,
    instruments::{ACT_DURATION, ACTIVE, DURATION, EXECUTIONS, JSON_FAILURES, JSON_SUCCESS},
};

const HOUR: Duration = Duration::from_hours(1);

pub(super) fn all(of: &NarrativeThresholds) -> Vec<Row> {
    vec![overview(of), outcome(of), json(of), durations(), one_by_one()]
}

fn overview(of: &NarrativeThresholds) -> Row {
    let failures = || increase(&JSON_FAILURES).over(HOUR).all();
    Row::open(
        "Overview",
        [
            Panel::stat(
                "Success rate",
                "Share of the runs of the last hour that reached their end, cancelled runs left \
                 out. A few failures are usual; if the color warns, see in \"Successful runs\" \
                 which narrative it is.",
                Show::Ratio,
            )
            .draw(successful().over(HOUR).all())
            .limit(&of.success_low)
            .without_data("no runs"),
            Panel::stat(
                "JSON failure rate",
                "Share of the replies of the last hour from which the expected JSON could not be \
                 extracted. A few are usual; if the color warns, look at the prompts and the \
                 model.",
                Show::Ratio,
            )
            .draw(share(failures(), increase(&JSON_SUCCESS).over(HOUR).all() + failures()))
            .limit(&of.json_failures_high)
            .without_data("no JSON wanted"),
            Panel::stat(
                "Runs",
                "Runs that ended within the time shown, however they ended. None at all means \
                 that nothing starts the narratives.",
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
                "p95 of narratives",
                "The time within which 95 of 100 runs ended within the time shown. Compare with \
                 the acts: a narrative takes as long as its slowest ones together.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DURATION).shown().all())
            .without_data("no runs"),
            Panel::stat(
                "p95 of acts",
                "The time within which 95 of 100 acts ended within the time shown. Most of an act \
                 is spent waiting for a model: compare with the latency of LLM calls.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &ACT_DURATION).shown().all())
            .without_data("no acts"),
        ],
    )
}

fn outcome(of: &NarrativeThresholds) -> Row {
    let outcome = |status| rate(&EXECUTIONS).only(status).all().per_minute();
    Row::open(
        "Outcome",
        [
            Panel::time_series(
                titles::SUCCESSFUL_RUNS,
                "Share of each narrative's runs of the last hour that reached their end, \
                 cancelled runs left out. If one narrative fails, its prompt went wrong; if all \
                 fail together, look at the model that they share.",
                Show::Ratio,
            )
            .draw(successful().over(HOUR).by::<(NarrativeName,)>())
            .limit(&of.success_low)
            .without_data("no runs"),
            Panel::time_series(
                "Runs by outcome",
                "Runs per minute, by how they ended. Many cancelled runs mean that whatever \
                 starts the narratives gives up before they end.",
                Show::PerMinute,
            )
            .draw(outcome(Status::Success).named("success").color(Color::Green))
            .draw(outcome(Status::Error).named("error").color(Color::Red))
            .draw(outcome(Status::Cancelled).named("cancelled").color(Color::Gray))
            .stacked(),
            Panel::time_series(
                "Runs by narrative",
                "Runs per minute of each narrative, however they ended. A line that drops to zero \
                 is a narrative that is no longer started.",
                Show::PerMinute,
            )
            .draw(rate(&EXECUTIONS).by::<(NarrativeName,)>().per_minute()),
            Panel::time_series(
                titles::RUNS_UNDER_WAY,
                "Runs of each narrative that have started and not ended. It goes back to zero \
                 between runs; a line that stays up while no run ends is a run that is stuck.",
                Show::Count,
            )
            .draw(last(&ACTIVE).by::<(NarrativeName,)>()),
        ],
    )
}

fn json(of: &NarrativeThresholds) -> Row {
    Row::open(
        "JSON",
        [
            Panel::time_series(
                titles::JSON_OF_NO_USE,
                "Share of the replies to each narrative within the last hour from which the \
                 expected JSON could not be extracted. It jumps when a prompt or a model changes, \
                 and climbs when replies are cut off.",
                Show::Ratio,
            )
            .draw(useless_share())
            .limit(&of.json_failures_high)
            .without_data("no JSON wanted"),
            Panel::time_series(
                "JSON by narrative",
                "Replies per minute to each narrative whose JSON was usable, and whose JSON was \
                 not. Each failure is a call that was paid for in vain.",
                Show::PerMinute,
            )
            .draw(rate(&JSON_SUCCESS).by::<(NarrativeName,)>().per_minute().named("success"))
            .draw(rate(&JSON_FAILURES).by::<(NarrativeName,)>().per_minute().named("failure")),
        ],
    )
}

fn durations() -> Row {
    Row::open(
        "Durations",
        [
            Panel::time_series(
                "Duration of narratives",
                "The time within which 95 of 100 runs of each narrative end, however they end. If \
                 a line rises, one of its acts does: see \"Slowest acts\".",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DURATION).by::<(NarrativeName,)>())
            .without_data("no runs"),
            Panel::time_series(
                "Slowest acts",
                "The time within which 95 of 100 runs of each act end, however they end. Choose a \
                 narrative above to see only its acts.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &ACT_DURATION).by::<(ActName,)>())
            .without_data("no acts"),
            Panel::time_series(
                "Time by act",
                "How many acts of each name are under way on average, which is their share of the \
                 time. The broadest band is the act to make faster.",
                Show::Count,
            )
            .draw(volume(&ACT_DURATION).by::<(ActName,)>())
            .stacked(),
            Panel::time_series(
                "Failed acts",
                "Share of the acts of each name that failed, cancelled ones left out. The act \
                 with the highest share is the one that ends its narrative.",
                Show::Ratio,
            )
            .draw(failed_acts().by::<(ActName,)>())
            .without_data("no acts"),
            Panel::time_series(
                "Percentiles of narratives",
                "The time within which half, 95 of 100 and 99 of 100 runs end, however they end. \
                 If only the p99 rises, a few runs are long; if the p50 rises, all of them are.",
                Show::Seconds,
            )
            .draw(quantile(0.5, &DURATION).all().named("p50"))
            .draw(quantile(0.95, &DURATION).all().named("p95"))
            .draw(quantile(0.99, &DURATION).all().named("p99"))
            .without_data("no runs"),
            Panel::heatmap(
                "Distribution of acts",
                "How many acts took how long. Acts that a model answers at once and acts in which \
                 it thinks form two bands; a third is often a time limit.",
                Show::Seconds,
            )
            .draw(heat(&ACT_DURATION))
            .without_data("no acts"),
        ],
    )
}

fn failed_acts() -> Share<(NarrativeName, ActName, Status)> {
    share_of(&ACT_DURATION).that(Status::Error).not_counting(Status::Cancelled)
}

fn one_by_one() -> Row {
    Row::collapsed(
        "Narratives and acts one by one",
        [
            Panel::table(
                "Narratives",
                "Each narrative within the time shown: its runs, the share that reached its end, \
                 how long 95 of 100 took, and what became of the JSON in its replies.",
            )
            .draw(increase(&EXECUTIONS).by::<(NarrativeName,)>().named("Runs"))
            .draw(
                successful().shown().by::<(NarrativeName,)>().named("Succeeded").show(Show::Ratio),
            )
            .draw(
                quantile(0.95, &DURATION)
                    .shown()
                    .by::<(NarrativeName,)>()
                    .named("p95")
                    .show(Show::Seconds),
            )
            .draw(increase(&JSON_SUCCESS).by::<(NarrativeName,)>().named("JSON of use"))
            .draw(increase(&JSON_FAILURES).by::<(NarrativeName,)>().named("JSON of no use"))
            .without_data("no runs"),
            Panel::table(
                "Acts",
                "Each act of each narrative within the time shown: how often it ended, the share \
                 that failed, and how long 95 of 100 took. Sort by the column that you worry \
                 about.",
            )
            .draw(observed(&ACT_DURATION).by::<(NarrativeName, ActName)>().named("Ended"))
            .draw(
                failed_acts()
                    .shown()
                    .by::<(NarrativeName, ActName)>()
                    .named("Failed")
                    .show(Show::Ratio),
            )
            .draw(
                quantile(0.95, &ACT_DURATION)
                    .shown()
                    .by::<(NarrativeName, ActName)>()
                    .named("p95")
                    .show(Show::Seconds),
            )
            .without_data("no acts"),
        ],
    )
}
