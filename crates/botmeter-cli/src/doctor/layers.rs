//! The layers in the order in which metrics pass them.

mod dashboards;
mod otlp;
mod page;
mod rules;
mod series;
mod server;
mod stranger;
mod targets;

use std::collections::BTreeSet;

use botmeter_telemetry::{Diagnosis, Environment, Finding};

use super::{
    Options,
    known::Known,
    prometheus::{Labels, Prometheus, Target},
};

/// What to look at, and what was seen so far.
#[derive(Debug)]
pub(super) struct Examination {
    pub(super) options: Options,
    /// How the program pushes.
    pub(super) environment: Environment,
    /// Where the page is; nothing where the program pushes.
    pub(super) page: Option<String>,
    pub(super) prometheus: Prometheus,
    pub(super) known: Known,
    /// What is at the endpoint, once somebody looked.
    pub(super) endpoint: Option<Diagnosis>,
    /// Once somebody looked, and of the job alone if there is one.
    pub(super) targets: Vec<Target>,
    /// The targets of other jobs.
    pub(super) others: Vec<Target>,
    pub(super) names: BTreeSet<String>,
    /// The series of one of our own families.
    pub(super) series: Vec<Labels>,
}

type Look = fn(&mut Examination) -> Finding;

/// Each layer with who looks at it.
pub(super) const LAYERS: &[(&str, Look)] = &[
    (page::PAGE, page::served),
    (page::NAMES, page::names),
    (otlp::ENDPOINT, otlp::endpoint),
    (otlp::NETWORK, otlp::network),
    (otlp::RECEIVER, otlp::receiver),
    (server::PROMETHEUS, server::look),
    (targets::TARGETS, targets::are_up),
    (series::SERIES, series::are_there),
    (series::LABELS, series::have_labels),
    (targets::INTERVAL, targets::interval),
    (series::AGE, series::are_fresh),
    (rules::RULES, rules::are_loaded),
    (dashboards::DASHBOARDS, dashboards::ask_for_what_is_there),
];

/// A question that should have had an answer.
fn unanswered(layer: &'static str, error: &anyhow::Error) -> Finding {
    Finding::broken(
        layer,
        format!("{error:#}"),
        "repeat it; if it stays, give the address of a Prometheus whose API may be asked: \
         --prometheus URL",
    )
}

/// More than this of a kind hides what comes after.
const MOST: usize = 6;

/// The first of them, and how many more there are.
fn listed(items: &[String], separator: &str) -> String {
    let shown = items[..items.len().min(MOST)].join(separator);
    match items.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown}{separator}and {more} more"),
    }
}
