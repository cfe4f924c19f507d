//! The layer `rules`: whether they are loaded and can be evaluated.

use std::{collections::BTreeSet, ffi::OsStr, fs, path::Path};

use anyhow::{Context, Result, ensure};
use botmeter_telemetry::Finding;

use super::{Examination, listed, unanswered};
use crate::doctor::{names::compare, prometheus::Group};

pub(super) const RULES: &str = "rules";

/// The groups of rules that each domain has.
pub(in crate::doctor) type RuleGroups = Vec<(String, Vec<String>)>;

/// Reads the names of the groups in the generated files of a folder.
pub(in crate::doctor) fn rule_groups(folder: &Path) -> Result<RuleGroups> {
    let failed = || format!("failed to read the rules in {}", folder.display());
    let mut groups = RuleGroups::new();
    for entry in fs::read_dir(folder).with_context(failed)? {
        let path = entry.with_context(failed)?.path();
        let file = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
        let Some(domain) = file.strip_suffix(".rules.yml") else { continue };
        let text = fs::read_to_string(&path).with_context(failed)?;
        // As the generator writes it: only groups stand this far to the left.
        let names = text.lines().filter_map(|line| line.strip_prefix("  - name: "));
        let names = names.map(|name| name.trim_matches(['\'', '"']).to_owned());
        groups.push((domain.to_owned(), names.collect()));
    }
    groups.sort();
    ensure!(!groups.is_empty(), "there are no rules (*.rules.yml) in {}", folder.display());
    Ok(groups)
}

pub(super) fn are_loaded(examination: &mut Examination) -> Finding {
    let groups = match examination.prometheus.groups() {
        Ok(groups) => groups,
        Err(error) => return unanswered(RULES, &error),
    };
    let comparison = compare(&examination.expected, &examination.names);
    let domains: BTreeSet<&str> = comparison.present.iter().map(|family| family.domain).collect();
    let wanted: Vec<&String> = examination
        .rules
        .iter()
        .filter(|(domain, _)| domains.contains(domain.as_str()))
        .flat_map(|(_, names)| names)
        .collect();
    let is_loaded = |name: &&&String| groups.iter().any(|group| group.name == ***name);
    let missing: Vec<String> =
        wanted.iter().filter(|name| !is_loaded(name)).map(|name| (*name).clone()).collect();
    if !missing.is_empty() {
        let folder = crate::dashboards::folder().join("prometheus");
        let change = format!(
            "in prometheus.yml, and reload it (a pattern that fits no file is no error, so in a \
             container the folder has to be mounted):\nrule_files:\n  - {}/*.rules.yml",
            folder.display()
        );
        // They are offered: metrics get through without them.
        if missing.len() == wanted.len() {
            return Finding::skipped(
                RULES,
                format!("none of botmeter's are loaded, so nobody is alerted; {change}"),
            );
        }
        let loaded = groups.len();
        return Finding::broken(
            RULES,
            format!(
                "{loaded} groups of rules are loaded, without these: {}",
                listed(&missing, ", ")
            ),
            change,
        );
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
            "load the rules as they are generated (`cargo xtask dashboards`), and once: two series \
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_of_every_generated_file_are_found() {
        let folder = crate::dashboards::folder().join("prometheus");
        let groups = rule_groups(&folder).unwrap();
        let of = |wanted: &str| groups.iter().find(|(domain, _)| domain == wanted).unwrap();
        assert!(of("llm").1.contains(&"llm-alerts".to_owned()), "{groups:?}");
        for (domain, names) in &groups {
            let path = folder.join(format!("{domain}.rules.yml"));
            let text = fs::read_to_string(path).unwrap();
            assert_eq!(names.len(), text.matches("- name: ").count(), "{domain}");
        }
    }
}
