//! Where metrics get lost, looked at from outside.
//!
//! It asks the program's page, its receiver and its Prometheus over HTTP, one
//! layer after another in the order in which metrics pass them, and stops at
//! the first that does not let them through. What the program itself knows,
//! `Telemetry::diagnose` tells.

mod known;
mod layers;
mod names;
pub(crate) mod prometheus;
mod queries;
pub(crate) mod web;

use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anstyle::AnsiColor;
use anyhow::{Context, Result};
use botmeter_generate::Catalogue;
use botmeter_telemetry::{Diagnosis, Environment, Finding, Verdict};
use clap::Args;

use crate::color::is_colored;
use known::Known;
use layers::{Examination, LAYERS};
use prometheus::Prometheus;

/// What to look at.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The Prometheus that has the series
    #[arg(long, value_name = "URL", default_value = "http://localhost:9090")]
    pub prometheus: String,
    /// The page of the program that is scraped [default: that of port 9464 of
    /// this machine, unless --otlp or --otlp-metrics is given]
    #[arg(long, value_name = "URL")]
    pub metrics: Option<String>,
    /// The endpoint that the program pushes to; protocol and headers are read
    /// from the environment, as the program reads them
    #[arg(long, value_name = "URL")]
    pub otlp: Option<String>,
    /// The same where its path is used as it is, as of
    /// `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` and `otlp_metrics`: Thanos'
    /// /api/v1/otlp has nothing behind it
    #[arg(long, value_name = "URL", conflicts_with = "otlp")]
    pub otlp_metrics: Option<String>,
    /// The label `job` of the series to look at: the service's name where it
    /// pushes, `job_name` where it is scraped; all jobs if it is not given
    #[arg(long, value_name = "NAME")]
    pub job: Option<String>,
    /// The domains that the program has, as `catalogue.json` that generators
    /// write; its dashboards are in the folder `grafana` beside it [default:
    /// those of this program]
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// The dashboards whose queries are looked at [default: those of the
    /// catalogue]
    #[arg(long, value_name = "DIR")]
    pub grafana_dashboards: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            prometheus: "http://localhost:9090".to_owned(),
            metrics: None,
            otlp: None,
            otlp_metrics: None,
            job: None,
            catalogue: None,
            grafana_dashboards: None,
        }
    }
}

impl Options {
    /// Where the program pushes to, if that is looked at.
    fn pushed_to(&self) -> Option<&str> {
        self.otlp.as_deref().or(self.otlp_metrics.as_deref())
    }
}

/// Looks, and prints what was found; a failure if a layer is broken.
///
/// # Errors
///
/// When an option makes no sense, or nothing can be printed.
pub fn run(options: &Options, catalogue: &Catalogue) -> Result<ExitCode> {
    let diagnosis = diagnose(options, &Environment::of_process(), catalogue)?;
    let mut out = io::stdout().lock();
    let text =
        if is_colored(&out) { colored(&diagnosis.to_string()) } else { diagnosis.to_string() };
    write!(out, "{text}").context("failed to print")?;
    let Some(Finding { layer, .. }) = diagnosis.broken() else { return Ok(ExitCode::SUCCESS) };
    writeln!(out, "\nmetrics do not get through the layer {layer:?}").context("failed to print")?;
    Ok(ExitCode::FAILURE)
}

/// Looks at one layer after another; an endpoint is asked in the way that this
/// environment says.
///
/// # Errors
///
/// When an option makes no sense, or a file cannot be read.
pub fn diagnose(
    options: &Options,
    environment: &Environment,
    catalogue: &Catalogue,
) -> Result<Diagnosis> {
    let mut known = match &options.catalogue {
        Some(file) => Known::read(file)?,
        None => Known::of(catalogue)?,
    };
    if let Some(folder) = &options.grafana_dashboards {
        known.dashboards = known::dashboards(folder)?;
    }
    let mut examination = Examination {
        page: page_url(options)?,
        options: options.clone(),
        environment: environment.clone(),
        prometheus: Prometheus::new(&options.prometheus)?,
        known,
        endpoint: None,
        targets: Vec::new(),
        others: Vec::new(),
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

/// The same text with the verdicts in colors.
fn colored(text: &str) -> String {
    let styles = [
        ("ok ", AnsiColor::Green),
        ("broken ", AnsiColor::Red),
        ("hint ", AnsiColor::Yellow),
        ("skipped ", AnsiColor::BrightBlack),
    ];
    let line = |line: &str| match styles.iter().find(|(word, _)| line.starts_with(word)) {
        Some((word, color)) => {
            let (style, rest) = (color.on_default(), &line[word.len()..]);
            format!("{style}{word}{style:#}{rest}\n")
        }
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Where the page is, if the program is scraped.
fn page_url(options: &Options) -> Result<Option<String>> {
    let Some(given) = &options.metrics else {
        let usual = "http://localhost:9464/metrics".to_owned();
        return Ok(options.pushed_to().is_none().then_some(usual));
    };
    let base = web::base(given)?;
    let has_path = base.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    Ok(Some(if has_path { base } else { format!("{base}/metrics") }))
}

#[cfg(test)]
pub(crate) mod tests;
