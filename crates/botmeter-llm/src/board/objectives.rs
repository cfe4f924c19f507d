//! What is to go well, and how often.

use botmeter_board::{Measure, Objective, observations};

use super::{LlmThresholds, alerts::failed, titles};
use crate::{Status, instruments::DURATION};

/// The time that counts as fast, one of the buckets of the duration.
const FAST_SECONDS: f64 = 20.48;

/// Calls succeed.
pub(super) fn errors(of: &LlmThresholds) -> Objective {
    Objective::new("llm_errors", &of.success_target, Measure::failures(failed()))
        .of_at_least(&of.burn_floor)
        .alert(
            "LlmErrorBudgetBurn",
            "Calls to model providers fail more often than the month's error budget allows.",
        )
        .runbook(&[
            "Look at \"Errors by type\": `rate_limit`, `server` and `timeout` are the provider's, \
             `auth`, `invalid_request` and `context_length` are yours.",
            "If it is one provider, read its status page, and switch to another or to a smaller \
             model until it recovers.",
            "If it began with a deployment (the purple marks), roll back.",
            "For `auth`, check that the key is set, valid and paid for.",
        ])
        .panel(titles::ERROR_BURN)
}

/// Successful calls are fast enough.
pub(super) fn latency(of: &LlmThresholds) -> Objective {
    Objective::new(
        "llm_slow",
        &of.in_time_target,
        // Failures are the other objective's; a fast failure is no success.
        Measure::slower(observations(&DURATION).only(Status::Success), FAST_SECONDS),
    )
    .of_at_least(&of.burn_floor)
    .alert(
        "LlmLatencyBudgetBurn",
        "Calls to model providers are slow more often than the month's error budget allows.",
    )
    .runbook(&[
        "Look at \"Latency by model (p95)\" to see whether it is one model or all.",
        "Compare with \"Time per output token (p95)\" and \"Tokens per request\": longer replies \
         take longer, slower tokens are the provider's doing.",
        "Look at \"Retries by error type\": the time of retries is part of the call.",
        "Limit the length of replies, stream them, or move to a faster model.",
    ])
    .panel(titles::LATENCY_BURN)
}
