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

use crate::Thresholds;

/// The dashboard of the agent orchestrator.
const ORCHESTRATOR: &str = "agent-orchestrator";

/// The dashboard that tells whether everything is well.
pub(crate) fn dashboard(of: &Thresholds) -> Dashboard {
    Dashboard::new(
        "overview",
        "botmeter / Overview",
        "Is everything well: is there traffic, does it succeed in time, what does it cost, does \
         anything pile up, and does the telemetry arrive?",
    )
    .tags(&["overview"])
    .rows(rows::rows(of))
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
                "US dollars spent on calls to models in the time shown, as far as their prices \
                 are known. Compare with what the completed tasks are worth; a jump without more \
                 tasks is a loop: look at the retries.",
                Show::Dollars,
            )
            .draw(increase(&COST).all())
            .size(6, 8),
            Panel::time_series(
                "LLM requests by model",
                "Calls per second to each model that succeeded, and that failed. Errors should be \
                 few and brief; a model that has nothing but errors is down, or refuses calls: \
                 look at the dashboard of the LLM calls.",
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

    use crate::{Thresholds, catalogue};

    fn files() -> Files {
        generate(&catalogue(), &Options::new("test")).unwrap()
    }

    #[test]
    fn the_links_lead_to_all_other_dashboards() {
        let row = super::dashboard(&Thresholds::default())
            .rows
            .into_iter()
            .find(|row| row.title == "Dashboards");
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
    fn the_links_keep_all_that_tells_bots_apart() {
        let options = Options::new("test").extra_label("cluster");
        let files = generate(&catalogue(), &options).unwrap();
        let overview = files.text("grafana/overview.json").unwrap();
        let links = overview.lines().find(|line| line.contains("\"content\"")).unwrap();
        let chosen = "?${__url_time_range}&${cluster:queryparam}&${job:queryparam}";
        let (all, kept) = (links.matches("(/d/").count(), links.matches(chosen).count());
        assert!(all > 0 && kept == all, "{kept} of {all} links keep the cluster: {links}");
    }

    #[test]
    fn the_orchestrator_shows_what_its_models_cost() {
        let files = files();
        let dashboard = files.text("grafana/agent-orchestrator.json").unwrap();
        for expected in ["Total LLM cost", "LLM requests by model", "llm_cost_dollars_total"] {
            assert!(dashboard.contains(expected), "{expected}");
        }
    }

    /// What a text puts in quotes.
    fn quoted(text: &impl AsRef<str>) -> Vec<String> {
        text.as_ref().split('"').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn what_a_text_puts_in_quotes_is_a_panel_or_a_row_of_its_board() {
        for (domain, board) in catalogue().boards() {
            let (mut known, mut named) = (Vec::new(), Vec::new());
            for row in board.dashboards.iter().flat_map(|dashboard| &dashboard.rows) {
                known.push(row.title.to_string());
                known.extend(row.panels.iter().map(|panel| panel.title.to_string()));
                named.extend(row.panels.iter().flat_map(|panel| quoted(&panel.description)));
            }
            named.extend(board.alerts.iter().flat_map(|of| of.runbook.iter().flat_map(quoted)));
            named.extend(board.objectives.iter().flat_map(|of| of.runbook.iter().flat_map(quoted)));
            named.extend(board.undrawn.iter().flat_map(|undrawn| quoted(&undrawn.because)));
            assert!(board.alerts.is_empty() || !named.is_empty(), "{domain:?} names no panel");
            for title in named {
                assert!(known.contains(&title), "{domain:?} names {title:?}, which is nowhere");
            }
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
            let alerts = board.alerts.iter().map(|alert| &alert.name);
            for name in alerts.chain(board.objectives.iter().map(|objective| &objective.alert)) {
                let begins = |subject: &&str| {
                    name.get(..subject.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(subject))
                };
                assert!(subjects(domain).iter().any(begins), "{domain}: {name}");
            }
        }
    }
}
