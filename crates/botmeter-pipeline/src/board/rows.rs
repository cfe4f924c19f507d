//! What the dashboard shows, in the order of what one looks at first.

use std::time::Duration;

use botmeter_board::{
    Color, Panel, Row, Show, age, forecast, heat, highest, increase, last, observations, oldest,
    quantile, rate, share,
};

use super::{
    PipelineThresholds,
    alerts::{acceptance, failed},
    titles,
};
use crate::{
    PipelineName, Stage,
    instruments::{
        CURATED, GENERATED, LAST_PUBLISHED, PUBLISHED, QUEUE_DEPTH, REJECTED, STAGE_LATENCY,
    },
};

const HOUR: Duration = Duration::from_hours(1);

pub(super) fn all(of: &PipelineThresholds) -> Vec<Row> {
    vec![overview(of), flow(of), stages(of), backlog(of), one_by_one()]
}

fn overview(of: &PipelineThresholds) -> Row {
    let (chosen, rejected) = (|| increase(&CURATED).all(), || increase(&REJECTED).all());
    Row::open(
        "Overview",
        [
            Panel::stat(
                "Generated",
                "Pieces that were generated within the time shown. If there are many more than \
                 are published, most of the money is spent on what nobody reads.",
                Show::Count,
            )
            .draw(increase(&GENERATED).all()),
            Panel::stat(
                "Published",
                "Pieces that were published within the time shown. If pieces were chosen and none \
                 was published, publication is blocked.",
                Show::Count,
            )
            .draw(increase(&PUBLISHED).all()),
            Panel::stat(
                "Acceptance",
                "Share of the pieces judged within the time shown that were good enough. It drops \
                 when a prompt or a model gets worse, or when the judgment gets stricter.",
                Show::Ratio,
            )
            .draw(share(chosen(), chosen() + rejected()))
            .limit(&of.acceptance_low)
            .without_data("none judged"),
            Panel::stat(
                "Failure rate",
                "Share of the passes through all stages within the time shown that failed. A few \
                 are normal, because a stage tries again; see \"Failed passes\" for the stage.",
                Show::Ratio,
            )
            .draw(failed().shown().all())
            .limit(&of.stage_failures_high)
            .without_data("no passes"),
            Panel::stat(
                "Longest queue",
                "Pieces that wait for the stage with the longest queue. \"Backlog\" shows which \
                 stage it is, and whether it is catching up.",
                Show::Count,
            )
            .draw(highest(&QUEUE_DEPTH).all())
            .without_data("no queue reported"),
            Panel::stat(
                "Longest without publication",
                "Time since the last publication of the process that has gone longest without \
                 one. A pipeline that publishes once a day may show a day; beyond that, it is \
                 overdue.",
                Show::Seconds,
            )
            .draw(oldest(&LAST_PUBLISHED).all())
            .limit(&of.publication_overdue)
            .without_data("no publication reported"),
        ],
    )
}

fn flow(of: &PipelineThresholds) -> Row {
    Row::open(
        "Flow",
        [
            Panel::time_series(
                "Pieces",
                "Pieces per minute that were generated, chosen, rejected and published. The first \
                 line that drops to zero shows the stage that has stopped.",
                Show::PerMinute,
            )
            .draw(rate(&GENERATED).all().per_minute().named("generated"))
            .draw(rate(&CURATED).all().per_minute().named("curated").color(Color::Green))
            .draw(rate(&REJECTED).all().per_minute().named("rejected").color(Color::Red))
            .draw(rate(&PUBLISHED).all().per_minute().named("published")),
            Panel::bar_gauge(
                "From draft to publication",
                "What became of the pieces within the time shown. Pieces that were chosen and not \
                 published are waiting, and so are those that were generated and neither chosen \
                 nor rejected.",
                Show::Count,
            )
            .draw(increase(&GENERATED).all().named("generated"))
            .draw(increase(&CURATED).all().named("curated"))
            .draw(increase(&REJECTED).all().named("rejected"))
            .draw(increase(&PUBLISHED).all().named("published")),
            Panel::time_series(
                titles::PUBLISHED_BY_PIPELINE,
                "Pieces per minute that each pipeline published. If a line stays at zero while \
                 pieces are chosen, publication is blocked.",
                Show::PerMinute,
            )
            .draw(rate(&PUBLISHED).by::<(PipelineName,)>().per_minute())
            .bars(),
            Panel::time_series(
                titles::ACCEPTANCE_BY_PIPELINE,
                "Share of the pieces that each pipeline judged within twelve hours that were good \
                 enough. It follows changes of prompts and models, so look for one where it bends.",
                Show::Ratio,
            )
            .draw(acceptance())
            .limit(&of.acceptance_low)
            .without_data("none judged"),
            Panel::time_series(
                titles::TIME_SINCE_PUBLICATION,
                "Time since each pipeline last published something. An even sawtooth is a \
                 pipeline on schedule; a line that climbs past its usual peaks is one that has \
                 stopped.",
                Show::Seconds,
            )
            .draw(age(&LAST_PUBLISHED).by::<(PipelineName,)>())
            .limit(&of.publication_overdue)
            .without_data("no publication reported")
            .size(24, 8),
        ],
    )
}

fn stages(of: &PipelineThresholds) -> Row {
    Row::open(
        "Stages",
        [
            Panel::time_series(
                "Latency by stage",
                "The time within which 95 of 100 passes through each stage end, however they end. \
                 Generation and curation are as fast as their models, publication as fast as its \
                 platform.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &STAGE_LATENCY).by::<(Stage,)>())
            .without_data("no passes"),
            Panel::time_series(
                titles::FAILED_PASSES,
                "Share of the passes through each stage of each pipeline that failed; those that \
                 were called off do not count as failed. If one stage fails, something that it \
                 depends on has failed.",
                Show::Ratio,
            )
            .draw(failed().by::<(PipelineName, Stage)>())
            .limit(&of.stage_failures_high)
            .without_data("no passes"),
            Panel::time_series(
                "Passes by stage",
                "Passes through each stage per minute, however they ended. Stages that work on \
                 batches have fewer passes than the pipeline has pieces.",
                Show::PerMinute,
            )
            .draw(observations(&STAGE_LATENCY).by::<(Stage,)>().per_minute()),
            Panel::heatmap(
                "Distribution of latencies",
                "How many passes took how long, all stages together. Choose a pipeline above to \
                 see only that one.",
                Show::Seconds,
            )
            .draw(heat(&STAGE_LATENCY))
            .without_data("no passes"),
        ],
    )
}

fn backlog(of: &PipelineThresholds) -> Row {
    Row::open(
        "Waiting",
        [
            Panel::time_series(
                "Backlog",
                "Pieces that wait for each stage of each pipeline. A sawtooth is a queue that \
                 gets emptied; a steady climb is one that does not.",
                Show::Count,
            )
            .draw(last(&QUEUE_DEPTH).by::<(PipelineName, Stage)>())
            .without_data("no queue reported"),
            Panel::time_series(
                titles::BACKLOG_IN_AN_HOUR,
                "Pieces that will wait for each stage an hour from now, if it goes on as in the \
                 last half hour. Below zero means that the queue will be empty before then.",
                Show::Count,
            )
            .draw(
                forecast(HOUR, &QUEUE_DEPTH)
                    .over(Duration::from_mins(30))
                    .by::<(PipelineName, Stage)>(),
            )
            .limit(&of.backlog_full)
            .without_data("no queue reported"),
        ],
    )
}

fn one_by_one() -> Row {
    let chosen = || increase(&CURATED).by::<(PipelineName,)>();
    let rejected = || increase(&REJECTED).by();
    Row::collapsed(
        "Pipelines one by one",
        [Panel::table(
            "Pipelines",
            "Each pipeline within the time shown: what it generated, chose, rejected and \
             published, the share that was good enough, and when it last published.",
        )
        .draw(increase(&GENERATED).by::<(PipelineName,)>().named("Generated"))
        .draw(chosen().named("Chosen"))
        .draw(increase(&REJECTED).by::<(PipelineName,)>().named("Rejected"))
        .draw(increase(&PUBLISHED).by::<(PipelineName,)>().named("Published"))
        .draw(share(chosen(), chosen() + rejected()).named("Accepted").show(Show::Ratio))
        .draw(
            age(&LAST_PUBLISHED)
                .by::<(PipelineName,)>()
                .named("Last publication")
                .show(Show::Seconds),
        )
        .without_data("no pieces")],
    )
}
