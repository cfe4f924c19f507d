//! What crosses domains: the dashboard `overview`, and what the orchestrator's
//! dashboard shows of the calls to models.
//!
//! It is here and in no domain, because domains do not know each other.

mod rows;

use botmeter_board::{Board, Dashboard, Panel, Row, Show, increase, rate};
use botmeter_llm::{
    Model, Status,
    instruments::{COST, REQUESTS},
};

/// The dashboard of the agent orchestrator.
const ORCHESTRATOR: &str = "agent-orchestrator";

/// The dashboard that tells whether everything is well.
pub(crate) fn dashboard() -> Dashboard {
    Dashboard::new(
        "overview",
        "botmeter / Overview",
        "Is everything well: is there traffic, does it succeed in time, what does it cost, does \
         anything pile up, and does the telemetry arrive?",
    )
    .tags(&["overview"])
    .rows(rows::rows())
}

/// The board of the orchestrator with what its workers ask of models.
pub(crate) fn with_models(mut orchestrator: Board) -> Board {
    for dashboard in &mut orchestrator.dashboards {
        if dashboard.uid == ORCHESTRATOR {
            dashboard.rows.push(models());
        }
    }
    orchestrator
}

fn models() -> Row {
    Row::collapsed(
        "Models",
        [
            Panel::stat(
                "Total LLM cost",
                "US dollars spent on calls to models in the shown time, as far as their prices \
                 are known. Compare with what the completed tasks are worth; a jump without more \
                 tasks is a loop: look at the retries.",
                Show::Dollars,
            )
            .draw(increase(&COST).all())
            .size(6, 8),
            Panel::time_series(
                "LLM requests by model",
                "Calls per second to each model that ended well and those that ended with an \
                 error. Errors should be few and short; a model with errors alone is down or \
                 refuses: look at the dashboard of the LLM calls.",
                Show::RequestsPerSecond,
            )
            .draw(rate(&REQUESTS).only(Status::Success).by::<(Model,)>().named("success"))
            .draw(rate(&REQUESTS).only(Status::Error).by::<(Model,)>().named("error"))
            .size(18, 8),
        ],
    )
}

#[cfg(test)]
mod tests {
    use botmeter_board::Kind;
    use botmeter_generate::{Files, Options, generate};

    use crate::catalogue;

    fn files() -> Files {
        generate(&catalogue(), &Options::new("test")).unwrap()
    }

    #[test]
    fn the_links_lead_to_all_other_dashboards() {
        let row = super::dashboard().rows.into_iter().find(|row| row.title == "Dashboards");
        let panels = row.unwrap().panels;
        assert_eq!(panels[0].kind, Kind::Text);
        let mut linked: Vec<_> = panels[0]
            .description
            .split("(/d/")
            .skip(1)
            .map(|rest| rest.split('?').next().unwrap().to_owned())
            .collect();
        linked.sort();
        let files = files();
        let others: Vec<_> = files
            .paths()
            .filter_map(|path| path.strip_prefix("grafana/")?.strip_suffix(".json"))
            .filter(|uid| *uid != "overview")
            .map(str::to_owned)
            .collect();
        assert_eq!(linked, others);
    }

    #[test]
    fn the_orchestrator_shows_what_its_models_cost() {
        let files = files();
        let dashboard = files.text("grafana/agent-orchestrator.json").unwrap();
        for expected in ["Total LLM cost", "LLM requests by model", "llm_cost_dollars_total"] {
            assert!(dashboard.contains(expected), "{expected}");
        }
    }

    /// What the alerts of a domain watch.
    fn subjects(domain: &str) -> Vec<&str> {
        match domain {
            "http" => vec!["Http", "Tool"],
            "orchestrator" => vec!["Agent", "Merge"],
            "telemetry" => vec!["Telemetry", "Bot"],
            domain => vec![domain],
        }
    }

    #[test]
    fn names_of_alerts_begin_with_what_they_are_about() {
        let catalogue = catalogue();
        for (domain, board) in catalogue.boards().filter_map(|(domain, of)| Some((domain?, of))) {
            let alerts = board.alerts.iter().map(|alert| alert.name);
            for name in alerts.chain(board.objectives.iter().map(|objective| objective.alert)) {
                let begins = |subject: &&str| {
                    name.get(..subject.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(subject))
                };
                assert!(subjects(domain).iter().any(begins), "{domain}: {name}");
            }
        }
    }
}
