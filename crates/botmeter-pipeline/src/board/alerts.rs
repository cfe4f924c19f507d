//! What somebody should be told of content pipelines.

use std::time::Duration;

use botmeter_board::{
    Alert, Example, Limit, Query, Severity, Share, Show, age, forecast, increase, said, share,
    share_of,
};
use botmeter_core::process::HEARTBEAT;

use super::{PipelineThresholds, titles};
use crate::{
    PipelineName, Stage,
    instruments::{
        CURATED, FAILURES, LAST_PUBLISHED, PUBLISHED, QUEUE_DEPTH, REJECTED, STAGE_LATENCY,
    },
};

const HOUR: Duration = Duration::from_hours(1);
const HALF_A_DAY: Duration = Duration::from_hours(12);

/// How long the last publication of a process that has ended is remembered.
const REMEMBERED: Duration = Duration::from_hours(48);

/// From how many pieces on there is something to be published.
const SOMETHING_CHOSEN: Limit = Limit::new(1.0, "a piece was chosen to be published");

/// How many pieces are published where publication is blocked.
const NOTHING_PUBLISHED: Limit =
    Limit::new(0.0, "what was chosen goes out within hours, unless something holds it back");

/// The pipeline of the examples.
const PIPELINE: &str = "blog";

pub(super) fn all(of: &PipelineThresholds) -> Vec<Alert> {
    vec![
        stage_failures_high(of),
        backlog_growing(of),
        publication_overdue(of),
        publication_blocked(),
        acceptance_low(of),
    ]
}

/// How many pieces were judged within half a day, per pipeline.
fn judged() -> Query<(PipelineName,)> {
    increase(&CURATED).over(HALF_A_DAY).by() + increase(&REJECTED).over(HALF_A_DAY).by()
}

/// Of the pieces judged within half a day, the share that was chosen.
pub(super) fn acceptance() -> Query<(PipelineName,)> {
    share(increase(&CURATED).over(HALF_A_DAY).by(), judged())
}

/// The share of passes that fail. Those that were called off cannot be left
/// out, because the time of a pass does not say how it ended.
pub(super) fn failed() -> Share<(PipelineName, Stage)> {
    share_of(&STAGE_LATENCY).counted_in(&FAILURES)
}

fn stage_failures_high(of: &PipelineThresholds) -> Alert {
    // Enough of them, if an hour needs more than it does by default.
    let often = (of.enough_passes.value / 5.0).max(1.0);
    let allowed = of.stage_failures_high.value;
    let many = (allowed * 1.25).min(f64::midpoint(1.0, allowed));
    let stage = (PIPELINE, Stage::Publication);
    let passes =
        |failures: f64| {
            Example::after(Duration::from_mins(40))
                .observes(&STAGE_LATENCY, stage, 2.0, often)
                .grows(&FAILURES, stage, failures * often)
        };
    Alert::new(
        "PipelineStageFailuresHigh",
        Severity::Warning,
        failed()
            .over(HOUR)
            .by::<(PipelineName, Stage)>()
            .above(&of.stage_failures_high)
            .of_at_least(&of.enough_passes),
    )
    .held_for(Duration::from_mins(15))
    .says(
        "The {stage} of the pipeline {pipeline} fails often.",
        "{value} of the passes through the {stage} of the pipeline {pipeline} in {job} failed \
         within the last hour.",
        Show::Ratio,
    )
    .runbook(&[
        "If generation fails, its models do: look at the errors of the LLM calls.",
        "If curation fails, its models do, or it cannot read their replies: look at the JSON of \
         the narratives as well.",
        "If publication fails, it is usually the platform: look at its status page, and check \
         whether the key has expired.",
        "What failed waits for the stage again: \"Backlog\" shows how much that is.",
    ])
    .panel(titles::FAILED_PASSES)
    .tested(
        passes(many).fires::<(PipelineName, Stage)>(stage, said(Show::Ratio, many)),
        passes(allowed * 9.0 / 10.0),
    )
}

fn backlog_growing(of: &PipelineThresholds) -> Alert {
    let full = of.backlog_full.value;
    let too_many = (full * 1.25).max(full + 1.0);
    let stage = (PIPELINE, Stage::Curation);
    let waiting =
        |pieces| Example::after(Duration::from_mins(70)).holds(&QUEUE_DEPTH, stage, pieces);
    Alert::new(
        "PipelineBacklogGrowing",
        Severity::Warning,
        forecast(HOUR, &QUEUE_DEPTH)
            .over(Duration::from_mins(30))
            .by::<(PipelineName, Stage)>()
            .above(&of.backlog_full),
    )
    .held_for(Duration::from_mins(30))
    .says(
        "More and more pieces wait for the {stage} of the pipeline {pipeline}.",
        "If it goes on as in the last half hour, {value} pieces will wait for the {stage} of the \
         pipeline {pipeline} in {job} an hour from now.",
        Show::Count,
    )
    .runbook(&[
        "Look at \"Failed passes\": a stage that fails gets nothing done.",
        "Look at \"Latency by stage\": a stage that has become slow gets less done.",
        "If the stage is as fast as ever, the one before it makes more than it can take: let that \
         one make less.",
    ])
    .panel(titles::BACKLOG_IN_AN_HOUR)
    .tested(
        waiting(too_many).fires::<(PipelineName, Stage)>(stage, said(Show::Count, too_many)),
        waiting(full - 1.0),
    )
}

fn publication_overdue(of: &PipelineThresholds) -> Alert {
    let limit = of.publication_overdue.minutes();
    // The process ends after ten minutes: who never comes back is overdue, too.
    let end = Duration::from_mins(10);
    let silent = |time| {
        Example::after(time)
            .holds(&LAST_PUBLISHED, (PIPELINE,), 0.0)
            .until(end)
            .ticks(&HEARTBEAT, ())
            .until(end)
    };
    let late = limit + HOUR;
    Alert::new(
        "PipelinePublicationOverdue",
        Severity::Warning,
        age(&LAST_PUBLISHED)
            // Far enough back to see that it was longer ago than this.
            .over(REMEMBERED.max(limit + REMEMBERED / 4))
            .by::<(PipelineName,)>()
            .above(&of.publication_overdue),
    )
    .held_for(Duration::from_mins(5))
    .says(
        "The pipeline {pipeline} has published nothing for too long.",
        "The pipeline {pipeline} in {job} last published something {value} ago.",
        Show::Seconds,
    )
    .runbook(&[
        "Look at \"Pieces\": where does the flow end? The first line at zero is the stage.",
        "Nothing generated: look at what starts the pipeline, and at the errors of the LLM calls.",
        "Nothing chosen: follow PipelineAcceptanceLow.",
        "Chosen and not published: follow PipelinePublicationBlocked.",
        "A pipeline that publishes less often than this allows is overdue by design: silence this \
         alert for it, or give it a higher limit.",
    ])
    .panel(titles::TIME_SINCE_PUBLICATION)
    .tested(
        silent(late).fires::<(PipelineName,)>((PIPELINE,), said(Show::Seconds, late.as_secs_f64())),
        silent(limit),
    )
}

fn publication_blocked() -> Alert {
    let pieces = |published| {
        Example::after(Duration::from_hours(25)).grows(&CURATED, (PIPELINE,), 0.5).grows(
            &PUBLISHED,
            (PIPELINE,),
            published,
        )
    };
    Alert::new(
        "PipelinePublicationBlocked",
        Severity::Warning,
        increase(&CURATED)
            .over(HALF_A_DAY)
            .by::<(PipelineName,)>()
            .at_least(&SOMETHING_CHOSEN)
            .and(increase(&PUBLISHED).over(HALF_A_DAY).by().at_most(&NOTHING_PUBLISHED)),
    )
    // After a start, too, there has to be half a day to publish something.
    .held_for(HALF_A_DAY)
    .says(
        "The pipeline {pipeline} chooses content and publishes none of it.",
        "The pipeline {pipeline} in {job} chose {value} pieces within twelve hours and published \
         none of them.",
        Show::Count,
    )
    .runbook(&[
        "Look at \"Failed passes\" for the publication: if it fails, the log says what the \
         platform answered.",
        "If it does not fail, it is not started: look at the scheduler, and check whether \
         somebody has to approve what was chosen.",
    ])
    .panel(titles::PUBLISHED_BY_PIPELINE)
    .tested(pieces(0.0).fires::<(PipelineName,)>((PIPELINE,), "360"), pieces(0.01))
}

fn acceptance_low(of: &PipelineThresholds) -> Alert {
    let often = (of.enough_judged.value / 20.0).max(1.0);
    // Of ten.
    let pieces =
        |chosen: f64| {
            Example::after(Duration::from_hours(13))
                .grows(&CURATED, (PIPELINE,), chosen * often)
                .grows(&REJECTED, (PIPELINE,), (10.0 - chosen) * often)
        };
    let required = of.acceptance_low.value;
    Alert::new(
        "PipelineAcceptanceLow",
        Severity::Info,
        acceptance().below(&of.acceptance_low).and(judged().at_least(&of.enough_judged)),
    )
    .held_for(Duration::from_mins(30))
    .says(
        "Too much of what the pipeline {pipeline} generates is rejected.",
        "Only {value} of the pieces that the pipeline {pipeline} in {job} judged within twelve \
         hours were good enough.",
        Show::Ratio,
    )
    .runbook(&[
        "Read some of the rejected pieces: are they bad, or is the judgment too strict?",
        "If they are bad, look for a change to the prompt or the model that writes them.",
        "If the judgment is too strict, look for a change to the prompt or the model that judges.",
    ])
    .panel(titles::ACCEPTANCE_BY_PIPELINE)
    .tested(
        pieces(required * 5.0)
            .fires::<(PipelineName,)>((PIPELINE,), said(Show::Ratio, required / 2.0)),
        pieces((required * 10.5).min(10.0)),
    )
}
