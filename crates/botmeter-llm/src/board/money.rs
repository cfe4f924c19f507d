//! What it costs, kept as series and watched.

use std::time::Duration;

use botmeter_board::{Alert, Example, Limit, Recorded, Recording, Severity, Show, increase, said};

use super::{LlmThresholds, titles};
use crate::{
    Model, Provider, Status,
    instruments::{COST, COST_UNPRICED, REQUESTS},
};

pub(super) const HOUR: Duration = Duration::from_hours(1);
pub(super) const DAY: Duration = Duration::from_hours(24);

/// A day to compare with.
const A_DAY_BEFORE: Limit =
    Limit::new(0.0, "it only has to exist: without a day before, there is nothing to compare");

/// The model of the examples.
const MODEL: (Provider, &str) = (Provider::OpenAi, "gpt-4o");

/// The cost of hours and days, which several alerts need.
pub(super) struct Money<'a> {
    hour: Recorded<()>,
    day: Recorded<()>,
    of: &'a LlmThresholds,
}

impl<'a> Money<'a> {
    pub(super) fn new(of: &'a LlmThresholds) -> Self {
        Self {
            hour: Recorded::new(
                "llm_cost_dollars:increase1h",
                increase(&COST).over(HOUR).all(),
                "US dollars spent within an hour.",
            ),
            day: Recorded::new(
                "llm_cost_dollars:increase1d",
                increase(&COST).over(DAY).all(),
                "US dollars spent within a day.",
            ),
            of,
        }
    }

    pub(super) fn recordings(&self) -> Vec<Recording> {
        vec![self.hour.clone().into(), self.day.clone().into()]
    }

    pub(super) fn alerts(&self) -> Vec<Alert> {
        vec![self.exceeded(), self.projected(), self.spike(), unpriced(self.of)]
    }

    fn exceeded(&self) -> Alert {
        let budget = self.of.daily_budget.value;
        let spends =
            |dollars: f64| Example::after(DAY + HOUR).grows(&COST, MODEL, dollars / (24.0 * 60.0));
        // Where nothing may be spent, too, a dollar is too much.
        let too_much = (budget * 2.0).max(1.0);
        Alert::new("LlmCostHigh", Severity::Critical, self.day.query().above(&self.of.daily_budget))
            .held_for(Duration::from_mins(1))
            .says(
                "The calls of a day cost more than the daily budget.",
                "{job} spent {value} on model providers within 24 hours, which is more than its \
                 daily budget.",
                Show::Dollars,
            )
            .runbook(&[
                "Look at \"Cost per hour\" and \"Most expensive models\" for what grew.",
                "More requests: is it real load, or a loop? Stop the bot if it is a loop.",
                "The same requests at a higher cost: see \"Cost per request\" and \"Tokens per \
                 request\"; cut the context or use a smaller model.",
                "If the spending is right, make the board with a higher budget \
                 (`daily_budget`) and generate it again.",
            ])
            .panel(titles::COST_OF_A_DAY)
            .tested(
                spends(too_much).fires::<()>((), said(Show::Dollars, too_much)),
                spends(budget * 0.9),
            )
    }

    fn projected(&self) -> Alert {
        let budget = self.of.daily_budget.value;
        // At the pace of two hours, of which the last counts seven times.
        let spends =
            |projected: f64| Example::after(2 * HOUR).grows(&COST, MODEL, projected / (8.0 * 60.0));
        let too_much = (budget * 4.0).max(1.0);
        Alert::new(
            "LlmDailyBudgetProjected",
            Severity::Warning,
            (self.day.query() + self.hour.query() * 6.0).above(&self.of.daily_budget),
        )
        .held_for(Duration::from_mins(15))
        .says(
            "The daily budget for calls will be exceeded within six hours.",
            "At the pace of the last hour, {job} will have spent {value} within 24 hours, six \
             hours from now.",
            Show::Dollars,
        )
        .runbook(&[
            "Look at \"Cost per hour\": is the pace of the last hour the usual one?",
            "If a batch is running, wait for its end or slow it down.",
            "If it is a loop, stop it before the budget is gone.",
        ])
        .panel(titles::COST_OF_A_DAY)
        .tested(
            spends(too_much).fires::<()>((), said(Show::Dollars, too_much)),
            spends(budget * 0.4),
        )
    }

    fn spike(&self) -> Alert {
        let usual = 0.01 * self.of.worth_a_spike.value.max(1.0);
        let jump = usual * (self.of.cost_spike.value * 10.0 / 3.0);
        let jumps = |after| {
            Example::after(after)
                .grows(&COST, MODEL, usual)
                .grows(&COST, (Provider::OpenAi, "o1"), jump)
                .from(after.saturating_sub(HOUR))
        };
        let average_of_the_day_before = self.day.ago(HOUR) / 24.0;
        Alert::new(
            "LlmCostSpike",
            Severity::Warning,
            self.hour
                .query()
                .above_times(&self.of.cost_spike, average_of_the_day_before)
                .and(self.hour.query().above(&self.of.worth_a_spike))
                .and(self.day.ago(DAY).at_least(&A_DAY_BEFORE)),
        )
        .held_for(Duration::from_mins(10))
        .says(
            "The last hour cost far more than the hours of the day before.",
            "{job} spent {value} on model providers within the last hour, far more than the \
             hourly average of the day before.",
            Show::Dollars,
        )
        .runbook(&[
            "Look at \"Requests by model\": more calls, or the same calls at a higher cost?",
            "More calls: find the bot or the loop that makes them.",
            "Higher cost: see \"Tokens per request\" and whether a deployment switched the model.",
        ])
        .panel(titles::COST_PER_HOUR)
        .tested(
            jumps(Duration::from_hours(31))
                .fires::<()>((), said(Show::Dollars, (usual + jump) * 60.0)),
            // The same jump on the first day, when there is nothing to compare.
            jumps(Duration::from_hours(20)),
        )
    }
}

fn unpriced(of: &LlmThresholds) -> Alert {
    let broken_off = |per_minute: f64| {
        Example::after(HOUR).grows(&COST_UNPRICED, MODEL, 1.0).grows(
            &REQUESTS,
            (MODEL.0, MODEL.1, Status::Cancelled),
            per_minute,
        )
    };
    let implied = 1.25 / of.unpriced.value;
    Alert::new(
        "LlmModelUnpriced",
        Severity::Info,
        increase(&COST_UNPRICED)
            .over(HOUR)
            .by::<(Provider, Model)>()
            .above_times(&of.unpriced, increase(&REQUESTS).except(Status::Success).over(HOUR).by()),
    )
    .says(
        "Calls to a model have no price, so their cost is not counted.",
        "{value} calls of {job} to {model} at {provider} within an hour have no price and are \
         missing from all cost figures. Those are more than the calls that broke off.",
        Show::Count,
    )
    .runbook(&[
        "Add the model's price to the program's price book.",
        "If the program's log warns of a price without a rate for the provider's cache, add that \
         rate.",
        "If the price is there, the provider reported no tokens: ask it for usage (streams need \
         an option for that), and make sure that the driver reads it.",
    ])
    .panel(titles::UNPRICED)
    .tested(
        broken_off(implied / 2.0).fires::<(Provider, Model)>(MODEL, "60"),
        // Users who stop streams.
        broken_off(implied),
    )
}
