//! The panels, from what one looks at first to the details.

mod latency;
mod overview;
mod requests;
mod tokens;

use botmeter_board::{Objective, Panel, Row};

use super::{LlmThresholds, titles};

/// All rows.
pub(super) fn rows(of: &LlmThresholds, objectives: &[Objective; 2]) -> Vec<Row> {
    vec![
        overview::overview(of),
        overview::models(of),
        requests::requests(of),
        latency::latency(of),
        tokens::tokens(),
        tokens::money(&of.daily_budget),
        error_budgets(objectives),
    ]
}

fn error_budgets([errors, slow]: &[Objective; 2]) -> Row {
    Row::open(
        "Error budgets",
        [
            Panel::burn(
                titles::ERROR_BURN,
                "How fast the month's budget for failed calls is used up. At 1, it lasts exactly a \
                 month; at 2, half of one. Above a dashed line in both windows, an alert fires. \
                 See which errors grow.",
                errors,
            )
            .without_data("no calls"),
            Panel::burn(
                titles::LATENCY_BURN,
                "How fast the month's budget for slow calls (above 20.48 s) is used up. At 1, it \
                 lasts exactly a month; at 2, half of one. Above a dashed line in both windows, an \
                 alert fires. See which model is slow.",
                slow,
            )
            .without_data("no calls"),
        ],
    )
}
