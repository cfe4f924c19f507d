//! Files from instruments and boards.
#![doc = include_str!("../README.md")]

mod catalogue;
mod definitions;
mod error;
mod files;
mod grafana;
mod index;
mod kubernetes;
mod lint;
mod model;
mod options;
mod reference;
mod replacement;
mod rules;
#[cfg(test)]
mod sample;
#[cfg(test)]
#[expect(clippy::needless_raw_string_hashes, reason = "this is how expect-test writes texts")]
mod tests;
mod yaml;

pub use botmeter_board::promql::Fleet;
pub use catalogue::Catalogue;
pub use error::{Error, Problem};
pub use files::{Files, Mode, Report};
pub use options::Options;
pub use replacement::Replacement;

use botmeter_board::promql;
use model::Model;

/// The files of a catalogue, checked.
///
/// - `catalogue.json`: the names of all instruments, rules and dashboards, for
///   programs that know none of the domains.
/// - `grafana/<uid>.json`: a dashboard.
/// - `kubernetes/dashboard-<uid>.yaml`, `kubernetes/rules-<domain>.yaml`: the
///   same as a `ConfigMap` and a `PrometheusRule`.
/// - `kubernetes/pod-monitor.yaml`: a `PodMonitor` for the pods that serve
///   `/metrics`.
/// - `prometheus/<domain>.rules.yml`: recording and alerting rules.
/// - `prometheus/recorded.rules.yml`, `kubernetes/rules-recorded.yaml`: what
///   [recorded](Options::recorded) dashboards ask for, if there are any.
/// - `prometheus/tests/<domain>.test.yml`: unit tests of the alerts, for
///   `promtool test rules`.
/// - `reference/README.md`: the domains, and all alerts by name.
/// - `reference/<domain>.md`: what is recorded, shown and alerted on, with a
///   runbook section for each alert.
///
/// The same catalogue and options give the same bytes.
///
/// # Errors
///
/// All [problems](Error::problems) at once, if something of the boards makes
/// no sense: see the crate's documentation for what is checked.
pub fn generate(catalogue: &Catalogue, options: &Options) -> Result<Files, Error> {
    botmeter_core::instruments(&catalogue.registered())
        .map_err(|error| Error::because("generate from the catalogue", error))?;
    let options = &options.with_one_reference(catalogue);
    let model = Model::of(catalogue, options);
    let problems = lint::problems(catalogue, options, &model);
    if problems.is_empty() {
        model.files(catalogue, options)
    } else {
        let count = problems.len();
        let what = format!("generate: {count} {}", if count == 1 { "problem" } else { "problems" });
        Err(Error::of(what, problems))
    }
}
