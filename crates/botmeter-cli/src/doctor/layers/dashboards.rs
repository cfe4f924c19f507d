//! The layer `dashboards`: whether they ask for what is there.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use botmeter_telemetry::Finding;

use super::{Examination, listed, series::selector, unanswered};
use crate::doctor::queries::{self, Query};

pub(super) const DASHBOARDS: &str = "dashboards";

const REMEDY: &str = "generate the dashboards anew, and provision those; what is of your own has to \
                      be changed by hand";

pub(super) fn ask_for_what_is_there(examination: &mut Examination) -> Finding {
    let queries = match queries::read(&examination.known.dashboards) {
        Ok(queries) => queries,
        Err(error) => return Finding::broken(DASHBOARDS, format!("{error:#}"), REMEDY),
    };
    match problems(examination, &queries) {
        Err(error) => unanswered(DASHBOARDS, &error),
        Ok((problems, _)) if !problems.is_empty() => {
            Finding::broken(DASHBOARDS, listed(&problems, "\n"), REMEDY)
        }
        Ok((_, later)) => {
            let count = queries.len() - later;
            let evidence = format!("{count} queries ask for names and labels that are there");
            Finding::ok(
                DASHBOARDS,
                match later {
                    0 => evidence,
                    _ => format!(
                        "{evidence}; {later} wait for a rule, or for the first event of \
                                  their kind"
                    ),
                },
            )
        }
    }
}

/// What is wrong with the queries, and how many of them ask for something that
/// is not there yet and may come.
fn problems(examination: &Examination, queries: &[Query]) -> Result<(Vec<String>, usize)> {
    let recorded: BTreeSet<String> = {
        let groups = examination.prometheus.groups()?;
        groups.into_iter().flat_map(|group| group.rules).map(|rule| rule.name).collect()
    };
    let mut keys: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut later = 0;
    for Query { place, selects, groups, fault } in queries {
        if let Some(fault) = fault {
            problems.push(format!("{place}: {fault}"));
        }
        let mut is_later = false;
        let mut known = BTreeSet::new();
        for (name, labels) in selects {
            if is_made_by_rules(name) || recorded.contains(name) {
                is_later = true;
                continue;
            }
            if !examination.names.contains(name) {
                is_later = true;
                if !examination.known.expected.iter().any(|family| family.has(name)) {
                    problems.push(format!("{place}: asks for {name}, which is not there"));
                }
                continue;
            }
            if !keys.contains_key(name.as_str()) {
                let job = examination.options.job.as_deref();
                keys.insert(name, examination.prometheus.keys(&selector(name, job))?);
            }
            let there = &keys[name.as_str()];
            for label in labels.difference(there) {
                problems
                    .push(format!("{place}: selects {name} by {label}, which it does not have"));
            }
            known.extend(there.iter().cloned());
        }
        // What a series that is not there yet will have, nobody can ask.
        if !is_later {
            for label in groups.difference(&known) {
                problems.push(format!("{place}: groups by {label}, which nothing there has"));
            }
        }
        later += usize::from(is_later);
    }
    problems.sort();
    problems.dedup();
    Ok((problems, later))
}

/// Alerts that fire, and names with a colon, which only rules may have.
fn is_made_by_rules(name: &str) -> bool {
    name == "ALERTS" || name == "ALERTS_FOR_STATE" || name.contains(':')
}
