//! The layer `rules`: whether they are loaded and can be evaluated.

use std::collections::BTreeSet;

use botmeter_telemetry::Finding;

use super::{Examination, listed, unanswered};
use crate::doctor::{names::compare, prometheus::Group};

pub(super) const RULES: &str = "rules";

pub(super) fn are_loaded(examination: &mut Examination) -> Finding {
    let groups = match examination.prometheus.groups() {
        Ok(groups) => groups,
        Err(error) => return unanswered(RULES, &error),
    };
    let comparison = compare(&examination.known.expected, &examination.names);
    let domains: BTreeSet<&str> =
        comparison.present.iter().map(|family| family.domain.as_str()).collect();
    let groups_of_ours = examination.known.groups.iter();
    let wanted: Vec<&String> = groups_of_ours
        .filter(|(domain, _)| domains.contains(domain.as_str()))
        .map(|(_, name)| name)
        .collect();
    let is_loaded = |name: &&&String| groups.iter().any(|group| group.name == ***name);
    let missing: Vec<String> =
        wanted.iter().filter(|name| !is_loaded(name)).map(|name| (*name).clone()).collect();
    if !missing.is_empty() {
        let remedy = "for alerts, in prometheus.yml, and reload it (a pattern that fits no file is no \
                      error, so in a container the folder has to be mounted):\nrule_files:\n  - \
                      dashboards/prometheus/*.rules.yml";
        // Metrics get through all the same: alerts are what is missing.
        if missing.len() == wanted.len() {
            let evidence = "none of botmeter's are loaded, so nobody is alerted";
            return Finding::hint(RULES, evidence, remedy);
        }
        let loaded = groups.len();
        let evidence = format!(
            "{loaded} groups of rules are loaded, without these: {}",
            listed(&missing, ", ")
        );
        return Finding::broken(RULES, evidence, remedy);
    }
    let ours: Vec<&Group> =
        groups.iter().filter(|group| wanted.iter().any(|name| **name == group.name)).collect();
    let rules = || ours.iter().flat_map(|group| &group.rules);
    let sick: Vec<String> = rules()
        .filter(|rule| rule.health == "err")
        .map(|rule| format!("{}: {}", rule.name, rule.last_error))
        .collect();
    if !sick.is_empty() {
        return Finding::broken(
            RULES,
            format!("rules that cannot be evaluated: {}", listed(&sick, "\n")),
            "load the rules as they are generated, and once: two series \
             where one is expected often come from loading a file twice",
        );
    }
    let fresh = rules().filter(|rule| rule.health == "unknown").count();
    let mut evidence = format!("{} rules in {} groups", rules().count(), ours.len());
    if fresh > 0 {
        evidence = format!("{evidence}, of which {fresh} were not evaluated yet");
    }
    match examination.prometheus.alertmanagers() {
        Ok(0) => Finding::ok(RULES, format!("{evidence}; no Alertmanager: alerts reach nobody")),
        Ok(_) => Finding::ok(RULES, evidence),
        Err(error) => unanswered(RULES, &error),
    }
}
