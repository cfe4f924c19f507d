//! What is to go well with bots, and how often.

use botmeter_board::{Measure, Objective, observations};

use super::{alerts::failed, limits, titles};
use crate::{Status, instruments::DURATION};

pub(super) fn all() -> Vec<Objective> {
    vec![errors(), latency()]
}

/// Few runs fail.
pub(super) fn errors() -> Objective {
    Objective::new("bot_run_errors", &limits::SUCCESS_TARGET, Measure::failures(failed()))
        .of_at_least(&limits::BURN_FLOOR)
        .alert(
            "BotRunErrorBudgetBurn",
            "Bots fail so often that the month's share of failures is used up too fast.",
        )
        .runbook(&[
            "Look at the panel `Failed runs`: one bot, or all of them?",
            "One bot: follow BotFailuresHigh for it.",
            "All of them: look at what they share, which is most often a model provider or the \
             last deployment.",
        ])
        .panel(titles::ERROR_BUDGET)
}

/// Only successful runs: a run that fails at once is not a fast one.
pub(super) fn latency() -> Objective {
    Objective::new(
        "bot_run_latency",
        &limits::IN_TIME_TARGET,
        Measure::slower(observations(&DURATION).only(Status::Success), limits::IN_TIME),
    )
    .of_at_least(&limits::BURN_FLOOR)
    .alert(
        "BotRunLatencyBudgetBurn",
        "Runs take so long that the month's share of slow runs is used up too fast.",
    )
    .runbook(&[
        "Look at the panel `Slowest runs`: one bot, or all of them?",
        "Compare with the latency of LLM calls and of tools, which is where the time of a run \
         goes.",
        "A bot whose runs take longer than five minutes by design needs a bound of its own: \
         silence this alert for its job.",
    ])
    .panel(titles::LATENCY_BUDGET)
}
