//! The dashboards, rules and reference pages of the catalogue, as files.

use std::{path::PathBuf, time::Duration};

use botmeter_generate::{Catalogue, Mode, Options, generate};
use clap::Args;

use crate::{duration::duration, failure::Failure, say};

/// Where the files go, and what their links lead to.
#[derive(Args, Debug)]
pub(crate) struct Dashboards {
    /// The folder for the files; others in it are left alone
    #[arg(long, value_name = "DIR")]
    into: PathBuf,

    /// Write nothing, and fail if a file is stale, missing or too many
    #[arg(long)]
    check: bool,

    /// The domains that are wanted, separated by commas; without all of them there is no overview
    #[arg(long, value_name = "DOMAINS", value_delimiter = ',')]
    only: Vec<String>,

    /// Where Grafana is, for the links of alerts to their panels
    #[arg(long, value_name = "URL")]
    grafana_url: Option<String>,

    /// Where the reference pages can be read, for the links of alerts to their runbooks
    #[arg(long, value_name = "URL")]
    reference_url: Option<String>,

    /// Leave out links to traces, where there is no Jaeger
    #[arg(long)]
    without_traces: bool,

    /// A label for the objects of the Prometheus operator, by which it selects them; give it once
    /// for each
    #[arg(long = "kubernetes-label", value_name = "KEY=VALUE", value_parser = pair)]
    kubernetes_labels: Vec<(String, String)>,

    /// Bots alone whose series have this label, in every query; give it once for each
    #[arg(long = "selector", value_name = "LABEL=VALUE", value_parser = selected)]
    selectors: Vec<(String, String)>,

    /// A label that tells jobs of one name apart, such as cluster: it can be chosen on each
    /// dashboard, and alerts look at each of its values by itself; the widest first
    #[arg(long = "extra-label", value_name = "LABEL")]
    extra_labels: Vec<String>,

    /// A dashboard that shows jobs as a whole, from series that rules record: for hundreds of bots,
    /// such as `overview`; give it once for each
    #[arg(long, value_name = "UID")]
    recorded: Vec<String>,

    /// The folder in Grafana that its sidecar puts the dashboards into; `botmeter` by default
    #[arg(long, value_name = "NAME")]
    grafana_folder: Option<String>,

    /// The tag of all dashboards, by which their menu finds them; `botmeter` by default
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,

    /// How much time the dashboards show at first, such as 6h; an hour by default
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    range: Option<Duration>,

    /// How often the dashboards ask anew, such as 5m; each minute by default
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    refresh: Option<Duration>,

    /// Let the dashboards be changed in Grafana
    #[arg(long)]
    editable: bool,
}

pub(crate) fn run(asked: &Dashboards, catalogue: &Catalogue) -> Result<(), Failure> {
    let known: Vec<&str> = catalogue.domains().collect();
    if let Some(other) = asked.only.iter().find(|name| !known.contains(&name.as_str())) {
        let known = known.join(", ");
        return Err(Failure::to(format_args!("take the domain {other:?}: there are {known}")));
    }
    let chosen = match asked.only.as_slice() {
        [] => catalogue.clone(),
        only => catalogue.only(only),
    };
    let files = generate(&chosen, &asked.options())
        .map_err(|error| Failure::because("generate the files", &error))?;
    let mode = if asked.check { Mode::Check } else { Mode::Write };
    let report = files.apply(&asked.into, mode).map_err(Failure::to)?;
    say(report);
    Ok(())
}

impl Dashboards {
    fn options(&self) -> Options {
        let mut options = Options::new("botmeter dashboards");
        if let Some(url) = &self.grafana_url {
            options = options.grafana_url(url);
        }
        if let Some(url) = &self.reference_url {
            options = options.reference_url(url);
        }
        for (key, value) in &self.kubernetes_labels {
            options = options.kubernetes_label(key, value);
        }
        for (label, value) in &self.selectors {
            options = options.selector(label, value);
        }
        for label in &self.extra_labels {
            options = options.extra_label(label);
        }
        for uid in &self.recorded {
            options = options.recorded(uid);
        }
        if let Some(folder) = &self.grafana_folder {
            options = options.grafana_folder(folder);
        }
        if let Some(tag) = &self.tag {
            options = options.tag(tag);
        }
        if let Some(range) = self.range {
            options = options.range(range);
        }
        if let Some(every) = self.refresh {
            options = options.refresh(every);
        }
        if self.editable {
            options = options.editable();
        }
        if self.without_traces { options.without_traces() } else { options }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    split(text, "release=kube-prometheus-stack")
}

/// Quotes are PromQL's, and no part of the value.
fn selected(text: &str) -> Result<(String, String), String> {
    let (label, value) = split(text, "environment=production")?;
    let inside = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let is_other = label.ends_with(['!', '~']) || value.starts_with('~');
    match inside.unwrap_or(&value) {
        _ if is_other => Err("a label is selected by one value, with = alone".to_owned()),
        value => Ok((label, value.to_owned())),
    }
}

fn split(text: &str, example: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("write it like {example}")),
    }
}
