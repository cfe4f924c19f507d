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
            Panel::budget_left(
                "Budget left: failed calls",
                "How much of the error budget of the last 30 days is left: 1 % of the calls may \
                 fail. Below zero, it is spent: put what makes calls succeed before everything \
                 new. It is made of what rules recorded each hour for whole jobs; hours without \
                 the rules, or before what Prometheus keeps, are not counted.",
                errors,
            )
            .without_data("no hour with calls on record")
            .size(4, 8),
            Panel::burn(
                titles::ERROR_BURN,
                "How fast the month's budget for failed calls is used up. At 1, it lasts exactly a \
                 month; at 2, half of one. Above a dashed line in both windows, an alert fires. \
                 See which errors grow.",
                errors,
            )
            .without_data("no calls")
            .size(8, 8),
            Panel::budget_left(
                "Budget left: slow calls",
                "How much of the budget of the last 30 days is left: 5 % of the calls may take \
                 longer than 20.48 s. Below zero, it is spent: put what makes calls fast before \
                 everything new. It is made of what rules recorded each hour for whole jobs; hours \
                 without the rules, or before what Prometheus keeps, are not counted.",
                slow,
            )
            .without_data("no hour with calls on record")
            .size(4, 8),
            Panel::burn(
                titles::LATENCY_BURN,
                "How fast the month's budget for slow calls (above 20.48 s) is used up. At 1, it \
                 lasts exactly a month; at 2, half of one. Above a dashed line in both windows, an \
                 alert fires. See which model is slow.",
                slow,
            )
            .without_data("no calls")
            .size(8, 8),
        ],
    )
}
