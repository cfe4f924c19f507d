//! The panels of the overview, from what one looks at first to the details.

use std::time::Duration;

use botmeter_board::{
    Color, Limit, Panel, Row, Severity, Share, Show, age, firing, firing_for, highest, increase,
    last, oldest, quantile, rate, share_of,
};
use botmeter_bot::{
    self as bot, BotName,
    instruments::{EXECUTIONS, LAST_SUCCESS, QUEUE_DEPTH},
};
use botmeter_http::{self as http, instruments::REQUESTS as HTTP_REQUESTS};
use botmeter_llm::{
    self as llm, Model, Provider,
    instruments::{COST, DURATION, REQUESTS as LLM_REQUESTS},
};
use botmeter_orchestrator::instruments::MERGE_QUEUE_DEPTH;
use botmeter_pipeline::{PipelineName, instruments::QUEUE_DEPTH as PIPELINE_QUEUE};
use botmeter_telemetry::{
    BackendKind, ExportStatus,
    self_observation::{EXPORTS, LAST_EXPORT},
};

use crate::Thresholds;

/// Where one looks closer.
const LLM: &str = "llm-api-health";
const BOTS: &str = "bot-health";

const DAY: Duration = Duration::from_hours(24);

const ANY_ALERT: Limit = Limit::new(1.0, "an alert fires only where somebody has something to do");

const LINKS: &str = "\
- [LLM calls](/d/llm-api-health?$kept)
- [Bots](/d/bot-health?$kept)
- [Narratives](/d/narrative-performance?$kept)
- [Pipelines](/d/content-pipeline?$kept)
- [Agent orchestrator](/d/agent-orchestrator?$kept)
- [HTTP and tools](/d/http-and-tools?$kept)
- [Telemetry](/d/telemetry?$kept)";

pub(super) fn rows(of: &Thresholds) -> Vec<Row> {
    vec![what_fires(), now(of), traffic(), queues(of), arrival(), links()]
}

fn failed_calls() -> Share<(Provider, Model, llm::Status)> {
    share_of(&LLM_REQUESTS).that(llm::Status::Error).not_counting(llm::Status::Cancelled)
}

fn failed_runs() -> Share<(BotName, bot::Status)> {
    share_of(&EXECUTIONS).that(bot::Status::Error).not_counting(bot::Status::Cancelled)
}

fn what_fires() -> Row {
    Row::open(
        "What is wrong",
        [Panel::table(
            "What fires",
            "The alerts that fire now for the chosen jobs, and for how long each has asked for \
             attention, the critical ones first. Begin with these, and follow their runbooks.",
        )
        .draw(firing_for().named("For").show(Show::Seconds))
        .per_job()
        .without_data("no alert fires, or Prometheus has none of the rules")
        .size(24, 6)],
    )
}

fn now(of: &Thresholds) -> Row {
    Row::open(
        "Now",
        [
            Panel::stat(
                "Firing alerts",
                "Alerts of any severity that fire now for the chosen jobs. Zero is fine; \
                 otherwise, look at the list above and follow the runbooks.",
                Show::Count,
            )
            .draw(firing(Severity::Critical) + firing(Severity::Warning) + firing(Severity::Info))
            .advised_above(&ANY_ALERT),
            Panel::stat(
                "Failed LLM calls",
                "Share of the calls to models in the time shown that ended with an error, \
                 cancelled calls left out. Up to 1 % is usual; above that, the dashboard of the \
                 LLM calls shows which provider it is.",
                Show::Ratio,
            )
            .draw(failed_calls().shown().all())
            .advised_above(&of.llm.shown_errors)
            .leads_to(LLM)
            .without_data("no calls"),
            Panel::stat(
                "LLM latency (p95)",
                "The time within which 95 of 100 calls to models in the time shown ended. Seconds \
                 are usual, minutes are not: look at the latency by model.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DURATION).shown().all())
            .advised_above(&of.llm.shown_latency)
            .leads_to(LLM)
            .without_data("no calls"),
            Panel::stat(
                "LLM cost in 24 hours",
                "US dollars spent on calls to models within the last 24 hours, whatever time is \
                 shown. Compare with your daily budget; the dashboard of the LLM calls shows \
                 which model it is.",
                Show::Dollars,
            )
            .draw(increase(&COST).over(DAY).all())
            .leads_to(LLM),
            Panel::stat(
                "Failed bot runs",
                "Share of the runs of bots in the time shown that failed, cancelled runs left \
                 out. A few percent are usual; above that, the dashboard of the bots shows which \
                 bot it is, and why.",
                Show::Ratio,
            )
            .draw(failed_runs().shown().all())
            .limit(&of.bot.failures_high)
            .leads_to(BOTS)
            .without_data("no runs"),
            Panel::stat(
                "Oldest success of a bot",
                "The longest time since a bot last succeeded. It should not be longer than the \
                 slowest schedule of any bot; \"Time since success\" below shows which bot it is.",
                Show::Seconds,
            )
            .draw(oldest(&LAST_SUCCESS).all())
            .limit(&of.bot.success_overdue)
            .without_data("no success reported")
            .leads_to(BOTS),
        ],
    )
}

fn traffic() -> Row {
    Row::open(
        "Traffic and errors",
        [
            Panel::time_series(
                "Traffic",
                "Calls to models, runs of bots and HTTP requests per minute that ended. A line \
                 that falls to zero while the others go on shows the part that has stopped.",
                Show::PerMinute,
            )
            .draw(rate(&LLM_REQUESTS).all().per_minute().named("LLM requests"))
            .draw(rate(&EXECUTIONS).all().per_minute().named("bot runs"))
            .draw(rate(&HTTP_REQUESTS).all().per_minute().named("HTTP requests")),
            Panel::time_series(
                "Error shares",
                "Share of the calls to models and of the runs of bots that failed, and of the \
                 HTTP requests answered with a status of 500 or above; what was cancelled is left \
                 out. If calls fail first and runs follow, it is the provider; if only runs fail, \
                 it is the bot.",
                Show::Ratio,
            )
            .draw(failed_calls().all().named("LLM requests"))
            .draw(failed_runs().all().named("bot runs"))
            .draw(
                share_of(&HTTP_REQUESTS)
                    .that_any_of(http::Status::SERVER_ERRORS)
                    .not_counting(http::Status::ClientClosedRequest)
                    .all()
                    .named("HTTP requests"),
            ),
            Panel::time_series(
                "LLM latency over time (p95)",
                "The time within which 95 of 100 calls to models ended. A steady line is fine; a \
                 rise without more traffic is the provider, and one with more traffic a quota or \
                 a pool.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DURATION).all().named("p95"))
            .without_data("no calls"),
            Panel::time_series(
                "Alerts over time",
                "Alerts that fire for the chosen jobs, by severity. Zero is fine; critical ones \
                 need somebody now, warnings today. Their runbooks say what to do.",
                Show::Count,
            )
            .draw(firing(Severity::Critical).named("critical").color(Color::Red))
            .draw(firing(Severity::Warning).named("warning").color(Color::Yellow))
            .draw(firing(Severity::Info).named("info").color(Color::Gray))
            .stacked(),
        ],
    )
}

fn queues(of: &Thresholds) -> Row {
    Row::open(
        "Queues and success",
        [
            Panel::time_series(
                "Waiting for bots",
                "Items that wait for each bot. A line that only rises is a bot that does not keep \
                 up: look at its durations and failures on the dashboard of the bots.",
                Show::Count,
            )
            .draw(last(&QUEUE_DEPTH).by::<(BotName,)>())
            .limit(&of.bot.queue_high)
            .without_data("no queue reported"),
            Panel::time_series(
                "Waiting in pipelines and for merges",
                "Pieces that wait in each pipeline, and branches that wait for the merge lock. \
                 Near zero or falling is fine; a line that only rises is stuck: look at its own \
                 dashboard for the stage.",
                Show::Count,
            )
            .draw(last(&PIPELINE_QUEUE).by::<(PipelineName,)>().named("pipeline"))
            .draw(highest(&MERGE_QUEUE_DEPTH).all().named("merges"))
            .without_data("no queue reported"),
            Panel::bar_gauge(
                "Time since success",
                "How long ago each bot last succeeded. Longer than its schedule means that it \
                 fails or does not run: look for it on the dashboard of the bots.",
                Show::Seconds,
            )
            .draw(age(&LAST_SUCCESS).by::<(BotName,)>())
            .limit(&of.bot.success_overdue)
            .without_data("no success reported")
            .size(24, 8),
        ],
    )
}

fn arrival() -> Row {
    Row::open(
        "Does the telemetry arrive?",
        [
            Panel::time_series(
                "Exports",
                "Exports per minute that arrived and that failed. A steady line of arrivals and \
                 no failures is fine; otherwise, do not trust anything on this page: look at the \
                 dashboard of the telemetry.",
                Show::PerMinute,
            )
            .draw(
                rate(&EXPORTS)
                    .only(ExportStatus::Success)
                    .all()
                    .per_minute()
                    .named("arrived")
                    .color(Color::Green),
            )
            .draw(
                rate(&EXPORTS)
                    .only(ExportStatus::Error)
                    .all()
                    .per_minute()
                    .named("failed")
                    .color(Color::Red),
            ),
            Panel::time_series(
                "Time since the last export",
                "How long ago an export last arrived, by backend. About one interval is fine; a \
                 line that rises means that nothing gets through: see the log of the program.",
                Show::Seconds,
            )
            .draw(age(&LAST_EXPORT).by::<(BackendKind,)>())
            .without_data("no process reports"),
        ],
    )
}

fn links() -> Row {
    Row::open("Dashboards", [Panel::text("Where to look next", LINKS).size(24, 6)])
}
