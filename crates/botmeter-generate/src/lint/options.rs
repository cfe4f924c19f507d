//! Options that mean nothing, or not what they seem to.

use std::{collections::BTreeSet, time::Duration};

use botmeter_board::spelt;
use botmeter_core::{Descriptor, label::LabelInfo, process};

use crate::{Catalogue, Options, Problem, rules::RECORDED};

/// Grafana itself takes what is shorter for this, unless it was set up otherwise.
const SHORTEST_REFRESH: Duration = Duration::from_secs(5);

/// Labels that Prometheus, its rules or the dashboards have already.
const TAKEN: &[&str] = &[
    "job",
    "instance",
    "le",
    "alertname",
    "alertstate",
    "severity",
    "window",
    "slo",
    "datasource",
    "prometheus_datasource",
    "jaeger_datasource",
];

/// What is the same on all dashboards.
pub(super) fn of_pages(options: &Options) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut object =
        |option: &str, what: &str| problems.push(Problem::new(format!("option {option}"), what));
    if options.range < Duration::from_mins(1) || options.range.subsec_nanos() > 0 {
        object("range", "dashboards show a minute at least, in whole seconds");
    }
    if let Some(refresh) = options.refresh
        && (refresh < SHORTEST_REFRESH || refresh.subsec_nanos() > 0)
    {
        let shortest = spelt(SHORTEST_REFRESH);
        let what =
            format!("dashboards ask anew every {shortest} at most, in whole seconds; or `None`");
        object("refresh", &what);
    }
    for tag in [&options.tag].into_iter().chain(&options.more_tags) {
        if tag.trim().is_empty() {
            object("tag", "one is empty, by which nothing is found; leave it out");
        }
    }
    problems
}

/// Which bots are looked at, and what tells them apart.
pub(super) fn of_fleet(options: &Options, catalogue: &Catalogue) -> Vec<Problem> {
    let fleet = &options.fleet;
    let instruments = catalogue.instruments();
    let of_all = [process::BUILD.descriptor(), process::START_TIME.descriptor()];
    let own: BTreeSet<_> =
        instruments.chain(of_all).flat_map(Descriptor::labels).map(LabelInfo::key).collect();
    let mut problems = Vec::new();
    let mut known = BTreeSet::new();
    let selected = fleet.selected.iter().map(|(key, value)| ("selector", key, Some(value)));
    let extra = fleet.labels.iter().map(|key| ("extra label", key, None));
    for (option, key, value) in selected.chain(extra) {
        let mut object = |what: &str| {
            problems.push(Problem::new(format!("option {option} {key:?}"), what));
        };
        if !is_label(key) {
            object(
                "a label is made of letters, digits and underscores, does not begin with a digit, \
                 and two underscores in front are Prometheus' own",
            );
        }
        if TAKEN.contains(&key.as_str()) {
            object("what is generated has a label or a variable of this name; take another");
        }
        if own.contains(key.as_str()) {
            object("an instrument has this label, which means something else there; take another");
        }
        if !known.insert(key) {
            object("is given twice; give it once, as a selector or as an extra label");
        }
        match value {
            Some(value) if value.is_empty() => {
                object("there is no value, which would select the series that lack the label");
            }
            Some(value) if value.contains('$') || value.contains("[[") => {
                object("Grafana would take a value with $ or [[ for a variable; select by another");
            }
            _ => {}
        }
    }
    problems
}

/// Whose pages are somewhere else.
pub(super) fn of_references(options: &Options, catalogue: &Catalogue) -> Vec<Problem> {
    let domains: Vec<_> = catalogue.domains().collect();
    let unknown = options.references.keys().filter(|name| !domains.contains(&name.as_str()));
    let problem = |name: &String| {
        let what = format!("no domain has this name; there are {}", domains.join(", "));
        Problem::new(format!("option reference_of {name:?}"), what)
    };
    unknown.map(problem).collect()
}

/// Which dashboards are about jobs as a whole.
pub(super) fn of_recorded(options: &Options, catalogue: &Catalogue) -> Vec<Problem> {
    let mut problems = Vec::new();
    for uid in &options.recorded {
        let mut object =
            |what: &str| problems.push(Problem::new(format!("option recorded {uid:?}"), what));
        let boards = catalogue.entries.iter().map(|entry| &entry.board);
        if !boards.flat_map(|board| &board.dashboards).any(|dashboard| dashboard.uid == *uid) {
            object("no dashboard has this uid; give one that is generated");
        }
        if catalogue.domains().any(|domain| domain == RECORDED) {
            object("its rules go into the file of a domain of the name `recorded`; rename that");
        }
    }
    problems
}

fn is_label(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !key.starts_with("__")
        && key.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
}
