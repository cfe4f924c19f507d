//! What somebody should be told of content pipelines.

use std::time::Duration;

use botmeter_board::{
    Alert, Example, Query, Severity, Share, Show, age, forecast, increase, share, share_of,
};
use botmeter_core::process::HEARTBEAT;

use super::{limits, titles};
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

/// The pipeline of the examples.
const PIPELINE: &str = "blog";

pub(super) fn all() -> Vec<Alert> {
    vec![
        stage_failures_high(),
        backlog_growing(),
        publication_overdue(),
        publication_blocked(),
        acceptance_low(),
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

fn stage_failures_high() -> Alert {
    let stage = (PIPELINE, Stage::Publication);
    let passes = |failures| {
        Example::after(Duration::from_mins(40))
            .observes(&STAGE_LATENCY, stage, 2.0, 1.0)
            .grows(&FAILURES, stage, failures)
    };
    Alert::new(
        "PipelineStageFailuresHigh",
        Severity::Warning,
        failed()
            .over(HOUR)
            .by::<(PipelineName, Stage)>()
            .above(&limits::STAGE_FAILURES_HIGH)
            .of_at_least(&limits::ENOUGH_PASSES),
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
    .tested(passes(0.25).fires::<(PipelineName, Stage)>(stage, "25%"), passes(0.15))
}

fn backlog_growing() -> Alert {
    let stage = (PIPELINE, Stage::Curation);
    let waiting =
        |pieces| Example::after(Duration::from_mins(70)).holds(&QUEUE_DEPTH, stage, pieces);
    Alert::new(
        "PipelineBacklogGrowing",
        Severity::Warning,
        forecast(HOUR, &QUEUE_DEPTH)
            .over(Duration::from_mins(30))
            .by::<(PipelineName, Stage)>()
            .above(&limits::BACKLOG_FULL),
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
    .tested(waiting(250.0).fires::<(PipelineName, Stage)>(stage, "250"), waiting(199.0))
}

fn publication_overdue() -> Alert {
    // The process ends after ten minutes: who never comes back is overdue, too.
    let end = Duration::from_mins(10);
    let silent = |hours| {
        Example::after(Duration::from_hours(hours))
            .holds(&LAST_PUBLISHED, (PIPELINE,), 0.0)
            .until(end)
            .ticks(&HEARTBEAT, ())
            .until(end)
    };
    Alert::new(
        "PipelinePublicationOverdue",
        Severity::Warning,
        age(&LAST_PUBLISHED)
            .over(REMEMBERED)
            .by::<(PipelineName,)>()
            .above(&limits::PUBLICATION_OVERDUE),
    )
    .held_for(Duration::from_mins(5))
    .says(
        "The pipeline {pipeline} has published nothing for more than a day.",
        "The pipeline {pipeline} in {job} last published something {value} ago.",
        Show::Seconds,
    )
    .runbook(&[
        "Look at \"Pieces\": where does the flow end? The first line at zero is the stage.",
        "Nothing generated: look at what starts the pipeline, and at the errors of the LLM calls.",
        "Nothing chosen: follow PipelineAcceptanceLow.",
        "Chosen and not published: follow PipelinePublicationBlocked.",
        "If the pipeline is meant to publish less than once a day, silence this alert for it.",
    ])
    .panel(titles::TIME_SINCE_PUBLICATION)
    .tested(silent(27).fires::<(PipelineName,)>((PIPELINE,), "1d 3h 0m 0s"), silent(26))
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
            .at_least(&limits::SOMETHING_CHOSEN)
            .and(increase(&PUBLISHED).over(HALF_A_DAY).by().at_most(&limits::NOTHING_PUBLISHED)),
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

fn acceptance_low() -> Alert {
    let pieces = |chosen, rejected| {
        Example::after(Duration::from_hours(13)).grows(&CURATED, (PIPELINE,), chosen).grows(
            &REJECTED,
            (PIPELINE,),
            rejected,
        )
    };
    Alert::new(
        "PipelineAcceptanceLow",
        Severity::Info,
        acceptance().below(&limits::ACCEPTANCE_LOW).and(judged().at_least(&limits::ENOUGH_JUDGED)),
    )
    .held_for(Duration::from_mins(30))
    .says(
        "Most of what the pipeline {pipeline} generates is rejected.",
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
    .tested(pieces(1.0, 9.0).fires::<(PipelineName,)>((PIPELINE,), "10%"), pieces(2.1, 7.9))
}
