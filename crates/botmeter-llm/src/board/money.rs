//! What it costs, kept as series and watched.

use std::time::Duration;

use botmeter_board::{Alert, Example, Limit, Recorded, Recording, Severity, Show, increase};

use super::{limits, titles};
use crate::{
    Model, Provider, Status,
    instruments::{COST, COST_UNPRICED, REQUESTS},
};

pub(super) const HOUR: Duration = Duration::from_hours(1);
pub(super) const DAY: Duration = Duration::from_hours(24);

/// The model of the examples.
const MODEL: (Provider, &str) = (Provider::OpenAi, "gpt-4o");

/// The cost of hours and days, which several alerts need.
pub(super) struct Money {
    hour: Recorded<()>,
    day: Recorded<()>,
    budget: Limit,
}

impl Money {
    pub(super) fn new(budget: Limit) -> Self {
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
            budget,
        }
    }

    pub(super) fn recordings(&self) -> Vec<Recording> {
        vec![self.hour.clone().into(), self.day.clone().into()]
    }

    pub(super) fn alerts(&self) -> Vec<Alert> {
        vec![self.exceeded(), self.projected(), self.spike(), unpriced()]
    }

    fn exceeded(&self) -> Alert {
        let per_minute = self.budget.value / (24.0 * 60.0);
        let after = DAY + HOUR;
        Alert::new("LlmCostHigh", Severity::Critical, self.day.query().above(&self.budget))
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
                 (`board_with_budget`) and generate it again.",
            ])
            .panel(titles::COST_OF_A_DAY)
            .tested(
                Example::after(after)
                    .grows(&COST, MODEL, per_minute * 2.0)
                    .fires::<()>((), format!("{:.2} USD", self.budget.value * 2.0)),
                Example::after(after).grows(&COST, MODEL, per_minute * 0.9),
            )
    }

    fn projected(&self) -> Alert {
        Alert::new(
            "LlmDailyBudgetProjected",
            Severity::Warning,
            (self.day.query() + self.hour.query() * 6.0).above(&self.budget),
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
            Example::after(Duration::from_hours(2))
                .grows(&COST, MODEL, self.budget.value / 120.0)
                .fires::<()>((), format!("{:.2} USD", self.budget.value * 4.0)),
            Example::after(Duration::from_hours(2)).grows(&COST, MODEL, self.budget.value / 1200.0),
        )
    }

    fn spike(&self) -> Alert {
        let average_of_the_day_before = self.day.ago(HOUR) / 24.0;
        Alert::new(
            "LlmCostSpike",
            Severity::Warning,
            self.hour
                .query()
                .above_times(&limits::COST_SPIKE, average_of_the_day_before)
                .and(self.hour.query().above(&limits::WORTH_A_SPIKE))
                .and(self.day.ago(DAY).at_least(&limits::A_DAY_BEFORE)),
        )
        .held_for(Duration::from_mins(10))
        .says(
            "The last hour cost far more than the hours of the day before.",
            "{job} spent {value} on model providers within the last hour, more than three times \
             the hourly average of the day before.",
            Show::Dollars,
        )
        .runbook(&[
            "Look at \"Requests by model\": more calls, or the same calls at a higher cost?",
            "More calls: find the bot or the loop that makes them.",
            "Higher cost: see \"Tokens per request\" and whether a deployment switched the model.",
        ])
        .panel(titles::COST_PER_HOUR)
        .tested(
            Example::after(Duration::from_hours(31))
                .grows(&COST, MODEL, 0.01)
                .grows(&COST, (Provider::OpenAi, "o1"), 0.1)
                .from(Duration::from_hours(30))
                .fires::<()>((), "6.60 USD"),
            // The same jump on the first day, when there is nothing to compare.
            Example::after(Duration::from_hours(20))
                .grows(&COST, MODEL, 0.01)
                .grows(&COST, (Provider::OpenAi, "o1"), 0.1)
                .from(Duration::from_hours(19)),
        )
    }
}

fn unpriced() -> Alert {
    Alert::new(
        "LlmModelUnpriced",
        Severity::Info,
        increase(&COST_UNPRICED).over(HOUR).by::<(Provider, Model)>().above_times(
            &limits::UNPRICED,
            increase(&REQUESTS).except(Status::Success).over(HOUR).by(),
        ),
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
        Example::after(HOUR)
            .grows(&COST_UNPRICED, MODEL, 1.0)
            .grows(&REQUESTS, (MODEL.0, MODEL.1, Status::Cancelled), 0.5)
            .fires::<(Provider, Model)>(MODEL, "60"),
        // Users who stop streams.
        Example::after(HOUR).grows(&COST_UNPRICED, MODEL, 1.0).grows(
            &REQUESTS,
            (MODEL.0, MODEL.1, Status::Cancelled),
            1.0,
        ),
    )
}
