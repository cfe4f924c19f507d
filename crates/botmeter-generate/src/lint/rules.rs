//! Rules: their names, their queries and where they lead.

use std::collections::{BTreeMap, BTreeSet};

use super::promql;
use crate::{
    Problem,
    definitions::Definitions,
    grafana::{self, panel_id},
    rules::{Group, Rule, Rules},
};

/// Prometheus takes rules with one name for one, and people take alerts so.
pub(super) fn unique(all: &[Rules]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen = BTreeMap::new();
    for rules in all {
        for record in rules.records() {
            let identity = (record.name.clone(), record.labels.clone());
            if let Some(other) = seen.insert(identity, rules.domain) {
                problems.push(Problem::new(
                    format!("recording {}", record.name),
                    format!("the domain {other} has one of this name; rename one of them"),
                ));
            }
            if !is_record_name(&record.name) {
                problems.push(Problem::new(
                    format!("recording {}", record.name),
                    "the name is made of level, metric and operation with colons between them",
                ));
            }
        }
        for alert in rules.alerts() {
            let labels = alert.labels.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
            let identity = (alert.name.to_string(), labels.collect());
            let place = format!("alert {}", alert.name);
            if let Some(other) = seen.insert(identity, rules.domain) {
                let what = format!("the domain {other} has one of this name; rename one of them");
                problems.push(Problem::new(&place, what));
            }
            if !alert.name.starts_with(|c: char| c.is_ascii_uppercase())
                || !alert.name.bytes().all(|c| c.is_ascii_alphanumeric())
            {
                let what = "the name is one word that starts with a capital, such as QueueStalled";
                problems.push(Problem::new(place, what));
            }
        }
    }
    problems
}

fn is_record_name(name: &str) -> bool {
    let parts: Vec<_> = name.split(':').collect();
    parts.len() == 3
        && parts.iter().all(|part| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
        })
}

/// Every query of every rule.
pub(super) fn queries(rules: &Rules, definitions: &Definitions) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in rules.groups.iter().flat_map(|Group { rules, .. }| rules) {
        let (place, expr, expected) = match rule {
            Rule::Record(record) => {
                let own = record
                    .keys
                    .iter()
                    .filter(|key| !record.labels.iter().any(|(added, _)| added == *key));
                let own: BTreeSet<_> = own.cloned().collect();
                (format!("recording {}", record.name), &record.expr, Some(own))
            }
            Rule::Alert(alert) => (format!("alert {}", alert.name), &alert.expr, None),
        };
        let checked = promql::check(expr, definitions, promql::Place::Rule);
        problems.extend(checked.problems.iter().map(|what| Problem::new(&place, what)));
        if expected.is_none() && checked.problems.is_empty() {
            for key in definitions.fleet.keys().filter(|key| !checked.labels.contains(*key)) {
                let what = format!("the result has no label {key}, which tells bots apart");
                problems.push(Problem::new(&place, what));
            }
        }
        if let Some(expected) = expected
            && checked.problems.is_empty()
            && expected != checked.labels
        {
            let what = format!(
                "the result has the labels {:?}, which its name does not say",
                checked.labels
            );
            problems.push(Problem::new(place, what));
        }
    }
    problems
}

/// Every alert leads to a panel and to a section of a page.
pub(super) fn links(
    rules: &Rules,
    dashboards: &[grafana::Dashboard],
    pages: &[(&'static str, String)],
) -> Vec<Problem> {
    let page = pages.iter().find(|(domain, _)| *domain == rules.domain).map(|(_, page)| page);
    let mut problems = Vec::new();
    for alert in rules.alerts() {
        let mut object =
            |what: String| problems.push(Problem::new(format!("alert {}", alert.name), what));
        let has_panel = alert.dashboard.as_deref().is_some_and(|uid| {
            let mut panels = dashboards
                .iter()
                .filter(|dashboard| dashboard.uid == uid)
                .flat_map(grafana::Dashboard::panels);
            let id = panel_id(uid, &alert.panel);
            let link = format!("/d/{uid}?viewPanel={id}&");
            panels.any(|panel| panel.id == id)
                && alert.dashboard_url.as_ref().is_none_or(|url| url.contains(&link))
        });
        // One without a title was complained of as a part that is missing.
        if !has_panel && !alert.panel.trim().is_empty() {
            object(format!(
                "leads to the panel {:?}, which no dashboard of its board has",
                alert.panel
            ));
        }
        let Some(runbook) = &alert.runbook_url else { continue };
        let anchor = runbook.split_once('#').map_or("", |(_, anchor)| anchor);
        let has_section = page.is_some_and(|page| {
            page.lines()
                .filter_map(|line| line.strip_prefix("### "))
                .any(|heading| heading.to_lowercase() == anchor)
        });
        if !has_section {
            object(format!("leads to the section {anchor:?}, which no reference page has"));
        }
    }
    problems
}
