//! Reference pages: what a domain records, shows and alerts on.

mod alerts;
mod instruments;

use std::collections::BTreeMap;

use botmeter_board::{Kind, spelt};

use crate::{
    catalogue::Entry,
    files::MARK,
    grafana,
    options::Options,
    rules::{Rule, Rules},
};

/// The page of a domain, in Markdown.
pub(crate) fn page(
    domain: &str,
    entry: &Entry,
    rules: Option<&Rules>,
    dashboards: &[grafana::Dashboard],
    options: &Options,
) -> String {
    let mut page = Page::default();
    page.line(&format!("<!-- {MARK}: {} -->", options.command));
    page.line(&format!("# {domain}"));
    instruments::section(&mut page, entry);
    panels(&mut page, entry, dashboards);
    if let Some(rules) = rules {
        recordings(&mut page, entry, rules);
        alerts::section(&mut page, entry, rules);
    }
    page.0
}

/// The page that lists all domains and all alerts: from a name alone, one
/// finds the runbook.
pub(crate) fn index(
    rules: &[Rules],
    pages: &[(&'static str, String)],
    options: &Options,
) -> String {
    let mut page = Page::default();
    page.line(&format!("<!-- {MARK}: {} -->", options.command));
    page.line("# Reference");
    page.line("What each domain records, shows and alerts on:");
    let domains = pages.iter().map(|(domain, _)| format!("- [{domain}]({domain}.md)"));
    page.line(&domains.collect::<Vec<_>>().join("\n"));
    let names: BTreeMap<_, _> = rules
        .iter()
        .flat_map(|rules| rules.alerts().map(|alert| (&*alert.name, rules.domain)))
        .collect();
    if !names.is_empty() {
        page.line("## Alerts");
        let names = names.into_iter().map(|(name, domain)| {
            // Whoever has the name as it is spelt leads here.
            format!("- <a id=\"{name}\"></a>[{name}]({domain}.md#{})", name.to_lowercase())
        });
        page.line(&names.collect::<Vec<_>>().join("\n"));
    }
    page.0
}

/// Paragraphs with an empty line between them.
#[derive(Debug, Default)]
struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn table(&mut self, heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let mut table = row(heads.iter().map(|head| (*head).to_owned()));
        table.push('\n');
        table.push_str(&row(heads.iter().map(|_| "---".to_owned())));
        for cells in rows {
            table.push('\n');
            table.push_str(&row(cells
                .into_iter()
                .map(|cell| cell.replace('|', "\\|").replace('\n', " "))));
        }
        self.line(&table);
    }

    fn code(&mut self, language: &str, code: &str) {
        self.line(&format!("```{language}\n{code}\n```"));
    }
}

fn row(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

/// A name as Markdown shows code.
fn code(name: &str) -> String {
    format!("`{name}`")
}

fn panels(page: &mut Page, entry: &Entry, drawn: &[grafana::Dashboard]) {
    for dashboard in &entry.board.dashboards {
        page.line(&format!("## Dashboard {}", code(&dashboard.uid)));
        page.line(&format!("**{}.** {}", dashboard.title, dashboard.description));
        let mut rows = Vec::new();
        for section in &dashboard.rows {
            for panel in section.panels.iter().filter(|panel| panel.kind != Kind::Text) {
                let queries: Vec<_> = drawn
                    .iter()
                    .filter(|drawn| drawn.uid == dashboard.uid)
                    .flat_map(grafana::Dashboard::panels)
                    .filter(|drawn| drawn.title == panel.title)
                    .flat_map(|drawn| &drawn.targets)
                    .map(|target| code(&target.expr))
                    .collect();
                rows.push(vec![
                    section.title.to_string(),
                    panel.title.to_string(),
                    panel.description.to_string(),
                    queries.join("<br>"),
                ]);
            }
        }
        page.table(&["Row", "Panel", "What it shows", "Queries"], rows);
    }
}

fn recordings(page: &mut Page, entry: &Entry, rules: &Rules) {
    if rules.records().next().is_none() {
        return;
    }
    page.line("## Recorded series");
    let mut rows = Vec::new();
    for group in &rules.groups {
        for rule in &group.rules {
            let Rule::Record(record) = rule else { continue };
            let own = entry.board.recordings.iter().find(|own| own.name == record.name);
            let every = group.interval.map_or_else(
                || "as Prometheus is set".to_owned(),
                |interval| format!("every {}", spelt(interval)),
            );
            rows.push(vec![
                code(&record.name),
                own.map_or_else(
                    || "For an objective, below.".to_owned(),
                    |own| own.help.to_string(),
                ),
                every,
                code(&record.expr),
            ]);
        }
    }
    page.table(&["Series", "What it tells", "Evaluated", "Query"], rows);
}
