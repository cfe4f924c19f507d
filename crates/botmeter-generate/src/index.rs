//! What there is, as data: for programs that know none of the domains.

use std::collections::BTreeMap;

use botmeter_board::{Board, Limit};
use botmeter_core::{Descriptor, label::Values};
use serde::Serialize;

use crate::{
    Catalogue, Options,
    catalogue::Entry,
    files::MARK,
    rules::{Group, Rule, Rules},
};

/// Raised when a reader of the format before would misunderstand the file.
const FORMAT: u32 = 1;

/// The names of everything that a catalogue has.
#[derive(Serialize)]
pub(crate) struct Index<'a> {
    format: u32,
    generated: String,
    instruments: Vec<Instrument<'a>>,
    groups: Vec<GroupOfRules<'a>>,
    dashboards: Vec<Dashboard<'a>>,
}

#[derive(Serialize)]
struct Instrument<'a> {
    domain: &'a str,
    /// As it is recorded.
    name: &'a str,
    /// As Prometheus has it; the series of a histogram have an ending more.
    family: String,
    kind: &'static str,
    unit: &'a str,
    help: &'a str,
    labels: Vec<Label<'a>>,
    #[serde(skip_serializing_if = "<[f64]>::is_empty")]
    buckets: &'a [f64],
}

#[derive(Serialize)]
struct Label<'a> {
    key: &'a str,
    #[serde(flatten)]
    values: Admitted<'a>,
}

/// What a label may hold.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Admitted<'a> {
    /// These values alone.
    Values(&'a [&'a str]),
    /// So many texts, and then `other`.
    Limit(usize),
}

#[derive(Serialize)]
struct GroupOfRules<'a> {
    domain: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recordings: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alerts: Vec<Alert<'a>>,
}

#[derive(Serialize)]
struct Alert<'a> {
    name: &'a str,
    /// Those that the rule adds, the severity among them.
    labels: BTreeMap<&'a str, &'a str>,
    limits: Vec<Bound<'a>>,
}

/// What a value is compared with.
#[derive(Serialize)]
struct Bound<'a> {
    value: f64,
    reason: &'a str,
}

#[derive(Serialize)]
struct Dashboard<'a> {
    /// None for one that crosses domains.
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a str>,
    uid: &'a str,
    title: &'a str,
}

impl<'a> Index<'a> {
    pub(crate) fn of(catalogue: &'a Catalogue, rules: &'a [Rules], options: &Options) -> Self {
        let entries = &catalogue.entries;
        let instruments = entries.iter().flat_map(|entry| {
            let domain = entry.domain().unwrap_or_default();
            entry.instruments().iter().map(move |of| instrument(domain, of))
        });
        let groups = rules.iter().flat_map(|rules| {
            let entry = entries.iter().find(|entry| entry.domain() == Some(rules.domain));
            rules.groups.iter().map(move |group| group_of_rules(rules.domain, entry, group))
        });
        let dashboards = entries.iter().flat_map(|entry| {
            let dashboards = entry.board.dashboards.iter();
            dashboards.map(|of| Dashboard {
                domain: entry.domain(),
                uid: &of.uid,
                title: &of.title,
            })
        });
        Self {
            format: FORMAT,
            generated: format!("{MARK}: {}", options.command),
            instruments: instruments.collect(),
            groups: groups.collect(),
            dashboards: dashboards.collect(),
        }
    }
}

fn instrument<'a>(domain: &'a str, of: &'a Descriptor) -> Instrument<'a> {
    let labels = of.labels().iter().map(|label| {
        let values = match label.values() {
            Values::Closed(values) => Admitted::Values(values),
            Values::Open { limit } => Admitted::Limit(limit),
        };
        Label { key: label.key(), values }
    });
    Instrument {
        domain,
        name: of.name(),
        family: of.prometheus_name(),
        kind: of.kind().prometheus(),
        unit: of.unit().as_str(),
        help: of.help(),
        labels: labels.collect(),
        buckets: of.buckets(),
    }
}

fn group_of_rules<'a>(
    domain: &'a str,
    entry: Option<&'a Entry>,
    group: &'a Group,
) -> GroupOfRules<'a> {
    let (mut recordings, mut alerts) = (Vec::new(), Vec::new());
    for rule in &group.rules {
        match rule {
            Rule::Record(record) => recordings.push(record.name.as_str()),
            Rule::Alert(alert) => alerts.push(Alert {
                name: &alert.name,
                labels: alert.labels.iter().map(|(key, value)| (*key, value.as_str())).collect(),
                limits: entry.map_or_else(Vec::new, |entry| bounds(&entry.board, &alert.name)),
            }),
        }
    }
    GroupOfRules { domain, name: &group.name, recordings, alerts }
}

/// What the values of an alert of a board are compared with.
fn bounds<'a>(board: &'a Board, alert: &str) -> Vec<Bound<'a>> {
    let alerts = board.alerts.iter().filter(|of| of.name == alert);
    let plain = alerts.flat_map(|of| of.when.limits.iter().map(|(_, limit)| limit));
    let objectives = board.objectives.iter().filter(|of| of.alert == alert);
    let burns = objectives.flat_map(|of| [&of.target, &of.floor]);
    let bound = |limit: &'a Limit| Bound { value: limit.value, reason: &limit.reason };
    plain.chain(burns).map(bound).collect()
}
