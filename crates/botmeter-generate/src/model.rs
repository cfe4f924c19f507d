//! Everything that is generated, before it is checked and written.

use std::collections::BTreeMap;

use botmeter_board::Limits;

use crate::{
    Catalogue, Error, Files, Options, Problem,
    definitions::Definitions,
    files::{INDEX, MARK},
    grafana,
    index::Index,
    kubernetes, reference,
    rules::{self, Rules},
    yaml::Yaml,
};

/// Everything that is generated.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) definitions: Definitions,
    pub(crate) dashboards: Vec<grafana::Dashboard>,
    pub(crate) rules: Vec<Rules>,
    /// Test files by what they are called.
    tests: Vec<(String, Yaml)>,
    /// Reference pages by domain.
    pub(crate) pages: Vec<(&'static str, String)>,
    /// What was found wrong on the way.
    pub(crate) problems: Vec<Problem>,
}

impl Model {
    pub(crate) fn of(catalogue: &Catalogue, options: &Options) -> Self {
        let mut model = Self {
            definitions: Definitions::new(catalogue.instruments(), &options.fleet),
            dashboards: Vec::new(),
            rules: Vec::new(),
            tests: Vec::new(),
            pages: Vec::new(),
            problems: Vec::new(),
        };
        let boards: Vec<_> = catalogue.entries.iter().map(|entry| &entry.board).collect();
        let limits = Limits::of(&boards);
        for entry in &catalogue.entries {
            let mut dashboards = Vec::new();
            for dashboard in &entry.board.dashboards {
                let (drawn, problems) = grafana::dashboard(dashboard, &limits, options);
                dashboards.push(drawn);
                model.problems.extend(problems);
            }
            let (rules, problems) = rules::rules(entry, options);
            model.problems.extend(problems);
            if let Some(rules) = &rules {
                let fleet = &options.fleet;
                let files = rules::tests::files(rules, &entry.board, fleet, &mut model.problems);
                for (suffix, tests) in files {
                    model.tests.push((format!("{}{suffix}", rules.domain), tests));
                }
                for record in rules.records() {
                    model.definitions.record(&record.name, &record.keys);
                }
            }
            if let Some(domain) = entry.domain() {
                let page = reference::page(domain, entry, rules.as_ref(), &dashboards, options);
                model.pages.push((domain, page));
            }
            model.dashboards.extend(dashboards);
            model.rules.extend(rules);
        }
        if let Some(recorded) = rules::recorded(catalogue, options, &model.rules) {
            for record in recorded.records() {
                model.definitions.record(&record.name, &record.keys);
            }
            model.rules.push(recorded);
        }
        model
    }

    /// The texts of all files.
    pub(crate) fn files(&self, catalogue: &Catalogue, options: &Options) -> Result<Files, Error> {
        let mut texts = BTreeMap::new();
        let mark = format!("# {MARK}: {}\n", options.command);
        for dashboard in &self.dashboards {
            let mut text = serde_json::to_string_pretty(dashboard).map_err(|error| {
                Error::because(format!("write the dashboard {} as JSON", dashboard.uid), error)
            })?;
            text.push('\n');
            let manifest = kubernetes::dashboard(&dashboard.uid, &text, options);
            texts.insert(
                format!("kubernetes/dashboard-{}.yaml", dashboard.uid),
                mark.clone() + &manifest.document(),
            );
            texts.insert(format!("grafana/{}.json", dashboard.uid), text);
        }
        for rules in &self.rules {
            let path = format!("prometheus/{}.rules.yml", rules.domain);
            texts.insert(path, mark.clone() + &rules.yaml().document());
            let manifest = kubernetes::rules(rules, options);
            texts.insert(
                format!("kubernetes/rules-{}.yaml", rules.domain),
                mark.clone() + &manifest.document(),
            );
        }
        let monitor = kubernetes::pod_monitor(options);
        texts.insert("kubernetes/pod-monitor.yaml".to_owned(), mark.clone() + &monitor.document());
        for (name, tests) in &self.tests {
            let path = format!("prometheus/tests/{name}.test.yml");
            texts.insert(path, mark.clone() + &tests.document());
        }
        let reference = reference::index(&self.rules, &self.pages, options);
        texts.insert("reference/README.md".to_owned(), reference);
        for (domain, page) in &self.pages {
            texts.insert(format!("reference/{domain}.md"), page.clone());
        }
        let index = Index::of(catalogue, &self.rules, options);
        let index = serde_json::to_string_pretty(&index)
            .map_err(|error| Error::because("write the catalogue as JSON", error))?;
        texts.insert(INDEX.to_owned(), index + "\n");
        Ok(Files { texts, command: options.command.clone() })
    }
}
