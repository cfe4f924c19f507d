//! What is to go well with bots, and how often.

use botmeter_board::{Measure, Objective, observations};

use super::{BotThresholds, alerts::failed, titles};
use crate::{Status, instruments::DURATION};

/// Until when a run is in time, in seconds: a bound of the buckets.
const IN_TIME: f64 = 300.5;

pub(super) fn all(of: &BotThresholds) -> Vec<Objective> {
    vec![errors(of), latency(of)]
}

/// Few runs fail.
pub(super) fn errors(of: &BotThresholds) -> Objective {
    Objective::new("bot_run_errors", &of.success_target, Measure::failures(failed()))
        .of_at_least(&of.burn_floor)
        .alert(
            "BotRunErrorBudgetBurn",
            "Bots fail so often that the month's error budget is used up too fast.",
        )
        .runbook(&[
            "Look at \"Failed runs\": one bot, or all of them?",
            "One bot: follow BotFailuresHigh for it.",
            "All of them: look at what they share, usually a model provider or the last \
             deployment.",
        ])
        .panel(titles::ERROR_BUDGET)
}

/// Only successful runs: a run that fails at once is not a fast one.
pub(super) fn latency(of: &BotThresholds) -> Objective {
    Objective::new(
        "bot_run_latency",
        &of.in_time_target,
        Measure::slower(observations(&DURATION).only(Status::Success), IN_TIME),
    )
    .of_at_least(&of.burn_floor)
    .alert(
        "BotRunLatencyBudgetBurn",
        "Runs take so long that the month's budget for slow runs is used up too fast.",
    )
    .runbook(&[
        "Look at \"Slowest runs\": one bot, or all of them?",
        "Compare with the latency of LLM calls and of tools, which is where the time of a run \
         goes.",
        "If a bot's runs are meant to take longer than five minutes, silence this alert for its \
         job.",
    ])
    .panel(titles::LATENCY_BUDGET)
}
