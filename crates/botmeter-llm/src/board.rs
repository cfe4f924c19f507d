//! The dashboard, the alerts and the objectives of this domain.

mod alerts;
mod limits;
mod money;
mod objectives;
mod rows;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

use crate::{Model, Provider, instruments::REQUESTS};

/// What one day may cost, in US dollars, unless something else is said.
pub const DAILY_BUDGET_DOLLARS: f64 = 10.0;

/// The board, with a budget of [`DAILY_BUDGET_DOLLARS`] a day for each job.
pub fn board() -> Board {
    board_with_budget(DAILY_BUDGET_DOLLARS)
}

/// The board, with this budget in US dollars a day for each job.
pub fn board_with_budget(dollars_per_day: f64) -> Board {
    let budget = limits::daily_budget(dollars_per_day);
    let objectives = [objectives::errors(), objectives::latency()];
    let money = money::Money::new(budget);
    let mut alerts = alerts::alerts();
    alerts.extend(money.alerts());
    Board::new()
        .dashboard(
            Dashboard::new(
                "llm-api-health",
                "botmeter / LLM API health",
                "Do the model providers answer, how fast, and at what cost?",
            )
            .tags(&["llm"])
            .span_attributes(&[("model", "gen_ai.request.model")])
            .variables([
                Variable::of::<Provider, _, _>("Provider", &REQUESTS),
                Variable::of::<Model, _, _>("Model", &REQUESTS),
            ])
            .rows(rows::rows(&budget, &objectives)),
        )
        .recordings(money.recordings())
        .alerts(alerts)
        .objectives(objectives)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_that_is_asked_for_is_the_one_that_alerts() {
        let board = board_with_budget(250.0);
        let budgets: Vec<_> = board
            .alerts
            .iter()
            .filter(|alert| ["LlmCostHigh", "LlmDailyBudgetProjected"].contains(&alert.name))
            .map(|alert| alert.when.limits[0].1.value)
            .collect();
        assert_eq!(budgets, [250.0, 250.0]);
    }
}
