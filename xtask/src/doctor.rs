//! `cargo xtask doctor`: where metrics get lost, looked at from outside.
//!
//! It asks the program's page, its receiver and its Prometheus over HTTP, one
//! layer after another in the order in which metrics pass them, and stops at
//! the first that does not let them through. What the program itself knows,
//! `Telemetry::diagnose` tells.

mod layers;
mod names;
mod prometheus;
mod queries;
mod web;

use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, Result};
use botmeter_catalogue::catalogue;
use botmeter_telemetry::{Diagnosis, Environment, Finding, Verdict};
use clap::Args;

use crate::dashboards;
use layers::{Examination, LAYERS};
use names::expected;
use prometheus::Prometheus;

/// What to look at.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The Prometheus that has the series
    #[arg(long, value_name = "URL", default_value = "http://localhost:9090")]
    pub prometheus: String,
    /// The page of the program that is scraped [default: that of port 9464 of
    /// this machine, unless --otlp is given]
    #[arg(long, value_name = "URL")]
    pub metrics: Option<String>,
    /// The endpoint that the program pushes to; protocol and headers are read
    /// from the environment, as the program reads them
    #[arg(long, value_name = "URL")]
    pub otlp: Option<String>,
    /// The label `job` of the series to look at: the service's name where it
    /// pushes, `job_name` where it is scraped; all jobs if it is not given
    #[arg(long, value_name = "NAME")]
    pub job: Option<String>,
    /// The dashboards whose queries are looked at [default: the generated
    /// ones]
    #[arg(long, value_name = "DIR")]
    pub grafana_dashboards: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            prometheus: "http://localhost:9090".to_owned(),
            metrics: None,
            otlp: None,
            job: None,
            grafana_dashboards: None,
        }
    }
}

/// Looks, and prints what was found; a failure if a layer is broken.
///
/// # Errors
///
/// When an option makes no sense, or nothing can be printed.
pub fn run(options: &Options) -> Result<ExitCode> {
    let diagnosis = diagnose(options, &Environment::of_process())?;
    let mut out = io::stdout().lock();
    write!(out, "{diagnosis}").context("failed to print")?;
    let Some(Finding { layer, .. }) = diagnosis.broken() else { return Ok(ExitCode::SUCCESS) };
    writeln!(out, "\nmetrics do not get through the layer {layer:?}").context("failed to print")?;
    Ok(ExitCode::FAILURE)
}

/// Looks at one layer after another; an endpoint is asked in the way that this
/// environment says.
///
/// # Errors
///
/// When an option makes no sense, or the generated files cannot be read.
pub fn diagnose(options: &Options, environment: &Environment) -> Result<Diagnosis> {
    let catalogue = catalogue();
    let folder = options.grafana_dashboards.clone();
    let mut examination = Examination {
        page: page_url(options)?,
        options: options.clone(),
        environment: environment.clone(),
        prometheus: Prometheus::new(&options.prometheus)?,
        expected: expected(&catalogue.registered()),
        rules: layers::rule_groups(&dashboards::folder().join("prometheus"))?,
        dashboards: queries::files(
            &folder.unwrap_or_else(|| dashboards::folder().join("grafana")),
        )?,
        endpoint: None,
        targets: Vec::new(),
        names: BTreeSet::default(),
        series: Vec::new(),
    };
    let mut findings: Vec<Finding> = Vec::new();
    for (layer, look) in LAYERS {
        let is_over = findings.iter().any(|finding| finding.verdict == Verdict::Broken);
        findings.push(if is_over { Finding::unseen(layer) } else { look(&mut examination) });
    }
    Ok(Diagnosis::new(findings))
}

/// Where the page is, if the program is scraped.
fn page_url(options: &Options) -> Result<Option<String>> {
    let Some(given) = &options.metrics else {
        let usual = "http://localhost:9464/metrics".to_owned();
        return Ok(options.otlp.is_none().then_some(usual));
    };
    let base = web::base(given)?;
    let has_path = base.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    Ok(Some(if has_path { base } else { format!("{base}/metrics") }))
}

#[cfg(test)]
mod tests;
