//! Limits of one's own, every one of every board.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use anyhow::Result;
use botmeter_board::Limit;
use botmeter_catalogue::{Thresholds, catalogue_with};
use botmeter_generate::{Options, generate};

/// Nearly everything is too much.
pub(crate) fn strict() -> Thresholds {
    let mut own = Thresholds::default();
    own.bot.failures_high = limit(0.03);
    own.bot.enough_runs = limit(3.0);
    own.bot.failures_in_a_row = limit(2.0);
    own.bot.success_late = limit(1250.0);
    own.bot.success_overdue = limit(7200.0);
    own.bot.queue_high = limit(3.0);
    own.bot.queue_full = limit(7.0);
    own.bot.success_target = limit(0.99);
    own.bot.in_time_target = limit(0.99);
    own.bot.burn_floor = limit(2.0);
    own.http.failed_share = limit(0.01);
    own.http.enough_requests = limit(5.0);
    own.http.tool_error_share = limit(0.02);
    own.http.enough_calls = limit(3.0);
    own.http.tool_time = limit(1.0);
    own.llm.error_share = limit(0.03);
    own.llm.refused_share = limit(0.02);
    own.llm.enough_calls = limit(5.0);
    own.llm.rate_limit_events = limit(0.0);
    own.llm.first_token = limit(0.7);
    own.llm.enough_streams = limit(2.0);
    own.llm.cache_drop = limit(0.8);
    own.llm.cache_in_use = limit(0.02);
    own.llm.enough_tokens = limit(500.0);
    own.llm.daily_budget = limit(0.0);
    own.llm.cost_spike = limit(1.5);
    own.llm.worth_a_spike = limit(0.1);
    own.llm.unpriced = limit(0.5);
    own.llm.success_target = limit(0.999);
    own.llm.in_time_target = limit(0.99);
    own.llm.burn_floor = limit(2.0);
    own.llm.shown_errors = limit(0.001);
    own.llm.shown_latency = limit(5.0);
    own.narrative.success_low = limit(0.99);
    own.narrative.enough_runs = limit(2.0);
    own.narrative.json_failures_high = limit(0.01);
    own.narrative.enough_replies = limit(3.0);
    own.orchestrator.merges_at_once = limit(1.0);
    own.orchestrator.conflict_share = limit(0.1);
    own.orchestrator.enough_merges = limit(2.0);
    own.orchestrator.failed_share = limit(0.03);
    own.orchestrator.enough_tasks = limit(3.0);
    own.orchestrator.late_retries = limit(0.0);
    own.orchestrator.held_up = limit(0.0);
    own.pipeline.stage_failures_high = limit(0.02);
    own.pipeline.enough_passes = limit(2.0);
    own.pipeline.backlog_full = limit(0.0);
    own.pipeline.publication_overdue = limit(3600.0);
    own.pipeline.acceptance_low = limit(0.9);
    own.pipeline.enough_judged = limit(5.0);
    own.telemetry.heartbeat_age = limit(120.0);
    own.telemetry.starts = limit(1.0);
    own.telemetry.failed_exports = limit(0.1);
    own.telemetry.enough_exports = limit(2.0);
    own.telemetry.dropped = limit(3.0);
    own.telemetry.overflow = limit(5.0);
    own
}

/// Hardly anything is too much.
pub(crate) fn lenient() -> Thresholds {
    let mut own = Thresholds::default();
    own.bot.failures_high = limit(0.6);
    own.bot.enough_runs = limit(400.0);
    own.bot.failures_in_a_row = limit(50.0);
    own.bot.success_late = limit(36_000.0);
    own.bot.success_overdue = limit(345_600.0);
    own.bot.queue_high = limit(12_500.0);
    own.bot.queue_full = limit(30_000.0);
    own.bot.success_target = limit(0.94);
    own.bot.in_time_target = limit(0.94);
    own.bot.burn_floor = limit(500.0);
    own.http.failed_share = limit(0.7);
    own.http.enough_requests = limit(3000.0);
    own.http.tool_error_share = limit(0.8);
    own.http.enough_calls = limit(700.0);
    own.http.tool_time = limit(70.0);
    own.llm.error_share = limit(0.8);
    own.llm.refused_share = limit(0.7);
    own.llm.enough_calls = limit(900.0);
    own.llm.rate_limit_events = limit(5.0);
    own.llm.first_token = limit(15.0);
    own.llm.enough_streams = limit(300.0);
    own.llm.cache_drop = limit(0.2);
    own.llm.cache_in_use = limit(0.8);
    own.llm.enough_tokens = limit(5_000_000.0);
    own.llm.daily_budget = limit(2500.0);
    own.llm.cost_spike = limit(12.0);
    own.llm.worth_a_spike = limit(40.0);
    own.llm.unpriced = limit(3.0);
    own.llm.success_target = limit(0.94);
    own.llm.in_time_target = limit(0.94);
    own.llm.burn_floor = limit(500.0);
    own.llm.shown_errors = limit(0.2);
    own.llm.shown_latency = limit(600.0);
    own.narrative.success_low = limit(0.3);
    own.narrative.enough_runs = limit(300.0);
    own.narrative.json_failures_high = limit(0.7);
    own.narrative.enough_replies = limit(800.0);
    own.orchestrator.merges_at_once = limit(5.0);
    own.orchestrator.conflict_share = limit(0.9);
    own.orchestrator.enough_merges = limit(100.0);
    own.orchestrator.failed_share = limit(0.7);
    own.orchestrator.enough_tasks = limit(500.0);
    own.orchestrator.late_retries = limit(40.0);
    own.orchestrator.held_up = limit(20.0);
    own.pipeline.stage_failures_high = limit(0.9);
    own.pipeline.enough_passes = limit(300.0);
    own.pipeline.backlog_full = limit(9000.0);
    own.pipeline.publication_overdue = limit(691_200.0);
    own.pipeline.acceptance_low = limit(0.01);
    own.pipeline.enough_judged = limit(4000.0);
    own.telemetry.heartbeat_age = limit(2400.0);
    own.telemetry.starts = limit(7.5);
    own.telemetry.failed_exports = limit(0.9);
    own.telemetry.enough_exports = limit(200.0);
    own.telemetry.dropped = limit(700.0);
    own.telemetry.overflow = limit(900.0);
    own
}

fn limit(value: f64) -> Limit {
    Limit::new(value, OWN)
}

const OWN: &str = "it is so here";

/// What is shown is what alerts, and the generator finds nothing wrong.
#[test]
fn alerts_panels_and_objectives_have_limits_of_ones_own() -> Result<()> {
    for own in [strict(), lenient()] {
        let catalogue = catalogue_with(&own);
        let mut changed = BTreeSet::new();
        for (_, board) in catalogue.boards() {
            for alert in &board.alerts {
                let limits = alert.when.limits.iter().map(|(_, limit)| limit);
                note(&mut changed, limits.clone());
                // What no limit of one's own is about says why it is the same for all.
                let is_own = limits.clone().any(|limit| limit.reason == OWN);
                assert_eq!(is_own, !FIXED.contains(&&*alert.name), "{}", alert.name);
            }
            for objective in &board.objectives {
                note(&mut changed, [&objective.target, &objective.floor]);
            }
            for panel in board.dashboards.iter().flat_map(|it| &it.rows).flat_map(|row| &row.panels)
            {
                let columns = panel.lines.iter().flat_map(|line| &line.limits);
                note(&mut changed, panel.limits.iter().chain(columns));
                let advised = panel.lines.iter().flat_map(|line| &line.advice);
                note(&mut changed, panel.advice.iter().chain(advised).map(|(_, limit)| limit));
            }
        }
        let said = format!("{own:?}");
        for value in said.split("value: ").skip(1).filter_map(|rest| rest.split(',').next()) {
            assert!(changed.contains(value), "nothing has the limit {value}");
        }
        generate(&catalogue, &Options::new("cargo xtask dashboards"))?;
    }
    Ok(())
}

/// Alerts about what is wrong by itself, whatever the number.
const FIXED: &[&str] = &[
    "BotRunStuck",
    "NarrativeStuck",
    "PipelinePublicationBlocked",
    "LlmAccountEmpty",
    "BotTelemetryAbsent",
];

fn note<L: Borrow<Limit>>(changed: &mut BTreeSet<String>, limits: impl IntoIterator<Item = L>) {
    let own = limits.into_iter().filter(|limit| limit.borrow().reason == OWN);
    changed.extend(own.map(|limit| format!("{:?}", limit.borrow().value)));
}
