//! The dashboard, the alerts and the objectives of this domain.

mod alerts;
mod money;
mod objectives;
mod rows;
mod thresholds;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

pub use self::thresholds::LlmThresholds;
use crate::{Model, Provider, instruments::REQUESTS};

/// The dashboard `llm-api-health`, its recordings, alerts and objectives.
pub fn board() -> Board {
    board_with(&LlmThresholds::default())
}

/// The same with limits of one's own, in alerts, panels and objectives; among
/// them the budget of a day.
pub fn board_with(of: &LlmThresholds) -> Board {
    let objectives = [objectives::errors(of), objectives::latency(of)];
    let money = money::Money::new(of);
    let mut alerts = alerts::alerts(of);
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
            .rows(rows::rows(of, &objectives)),
        )
        .recordings(money.recordings())
        .alerts(alerts)
        .objectives(objectives)
}

#[cfg(test)]
mod tests {
    use botmeter_board::Limit;

    use super::*;

    #[test]
    fn the_budget_that_is_asked_for_is_the_one_that_alerts() {
        let daily_budget = Limit::new(250.0, "agreed on");
        let own = LlmThresholds { daily_budget, ..LlmThresholds::default() };
        let board = board_with(&own);
        let budgets: Vec<_> = board
            .alerts
            .iter()
            .filter(|alert| ["LlmCostHigh", "LlmDailyBudgetProjected"].contains(&&*alert.name))
            .map(|alert| alert.when.limits[0].1.value)
            .collect();
        assert_eq!(budgets, [250.0, 250.0]);
    }
}
