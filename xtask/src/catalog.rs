//! The one list of domains: what dashboards, rules and reference pages are
//! generated from.

use botmeter_bot::Bots;
use botmeter_generate::Catalogue;
use botmeter_http::Http;
use botmeter_llm::Llm;
use botmeter_narrative::Narratives;
use botmeter_orchestrator::Orchestrator;
use botmeter_pipeline::Pipelines;
use botmeter_telemetry::SelfObservation;

use crate::overview;

/// Every domain of this repository with its board, in the order of their
/// names, then the dashboard that crosses them.
pub fn catalogue() -> Catalogue {
    Catalogue::new()
        .domain::<Bots>(botmeter_bot::board::board())
        .domain::<Http>(botmeter_http::board::board())
        .domain::<Llm>(botmeter_llm::board::board())
        .domain::<Narratives>(botmeter_narrative::board::board())
        .domain::<Orchestrator>(overview::with_models(botmeter_orchestrator::board::board()))
        .domain::<Pipelines>(botmeter_pipeline::board::board())
        .domain::<SelfObservation>(botmeter_telemetry::board())
        .dashboard(overview::dashboard())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use botmeter_board::Show;

    use super::*;
    use crate::repository;

    /// What the manifests call themselves.
    fn declared() -> BTreeSet<String> {
        let packages = repository::crates().unwrap();
        let domains = packages.iter().filter_map(|package| {
            let domain = package.metadata.get("botmeter")?.get("domain")?.as_str()?;
            Some(domain.to_owned())
        });
        domains.collect()
    }

    #[test]
    fn the_catalogue_has_every_domain_that_a_manifest_declares_and_no_other() {
        let listed: BTreeSet<_> = catalogue().domains().map(str::to_owned).collect();
        assert_eq!(
            listed,
            declared(),
            "left, what catalog.rs lists; right, `[package.metadata.botmeter] domain` in crates/"
        );
    }

    #[test]
    fn a_share_that_is_one_number_says_what_is_well() {
        let catalogue = catalogue();
        let dashboards = catalogue.boards().flat_map(|(_, board)| &board.dashboards);
        let panels = dashboards.flat_map(|page| &page.rows).flat_map(|row| &row.panels);
        let shares = panels.filter(|panel| panel.is_judged() && panel.show == Show::Ratio);
        let silent = shares.filter(|panel| panel.limits.is_empty() && panel.advice.is_empty());
        let silent: Vec<_> = silent.map(|panel| panel.title).collect();
        assert!(silent.is_empty(), "give these a limit or advice: {silent:?}");
    }
}
