//! The overview in both ways, panel by panel.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use botmeter_catalogue::catalogue;
use botmeter_generate::{Files, Options, generate};
use integration_tests::Prometheus;
use serde_json::Value;

/// The overview twice, and the rules of the second one.
pub(super) struct Overview {
    pub(super) panels: Vec<Panel>,
    pub(super) rules: String,
}

/// A query of a panel in both ways.
pub(super) struct Panel {
    pub(super) place: String,
    pub(super) raw: String,
    pub(super) recorded: String,
    pub(super) taken: Taken,
    is_instant: bool,
}

/// How the two are to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// They look at the same time.
    Alike,
    /// One takes the rates within the time that is shown.
    OfRates,
}

impl Overview {
    pub(super) fn generate() -> Result<Self> {
        let catalogue = catalogue();
        let files = |options: &Options| generate(&catalogue, options);
        let options = Options::new("a test");
        let (raw, recorded) = (files(&options)?, files(&options.recorded("overview"))?);
        let pairs = targets(&raw)?.into_iter().zip(targets(&recorded)?);
        let panels = pairs.map(|((place, raw, is_instant), (other, recorded, _))| {
            ensure!(place == other, "{place} stands where {other} does");
            let is_of_rates = recorded.contains("sum_over_time(");
            let taken = if is_of_rates { Taken::OfRates } else { Taken::Alike };
            Ok(Panel { place, raw, recorded, taken, is_instant })
        });
        let own = recorded.text("prometheus/recorded.rules.yml").context("there are no rules")?;
        // What the overview needs of the other rules, the cost of a day, in the
        // same group.
        let llm = recorded.text("prometheus/llm.rules.yml").context("there are no rules")?;
        let mut groups = llm.split("  - name: ");
        let needed = groups.find(|group| group.starts_with("llm-recordings"));
        let needed = needed.and_then(|group| Some(group.split_once("rules:\n")?.1));
        let rules = own.to_owned() + needed.context("there is no group of recordings")?;
        Ok(Self { panels: panels.collect::<Result<_>>()?, rules })
    }

    /// Whether a panel asks for series of this name.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        self.panels.iter().any(|panel| panel.raw.contains(name))
    }

    /// The name and the query of each recording.
    pub(super) fn recordings(&self) -> Vec<(String, String)> {
        let mut lines = self.rules.lines();
        let mut recordings = Vec::new();
        let plain = |text: &str| text.trim_matches('\'').replace("''", "'");
        while let Some(line) = lines.next() {
            if let Some(name) = line.trim().strip_prefix("- record: ")
                && let Some(query) =
                    lines.next().and_then(|line| line.trim().strip_prefix("expr: "))
            {
                recordings.push((plain(name), plain(query)));
            }
        }
        recordings
    }
}

/// The place and the query of each target, and whether it is asked once.
fn targets(files: &Files) -> Result<Vec<(String, String, bool)>> {
    let page = files.text("grafana/overview.json").context("there is no overview")?;
    let page: Value = serde_json::from_str(page)?;
    let mut targets = Vec::new();
    for panel in page["panels"].as_array().context("there are no panels")? {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let text = |of: &Value| of.as_str().map(str::to_owned).context("a text is missing");
            let place = format!("{} {}", text(&panel["title"])?, text(&target["refId"])?);
            let is_instant = target["instant"].as_bool().unwrap_or_default();
            targets.push((place, text(&target["expr"])?, is_instant));
        }
    }
    Ok(targets)
}

impl Panel {
    /// What is asked of a job at these moments, with rates over this time in
    /// milliseconds: all values, in the order of their series.
    pub(super) fn ask(
        &self,
        prometheus: &Prometheus,
        text: &str,
        jobs: &str,
        rates: i64,
        moments: &[i64],
    ) -> Result<Vec<f64>> {
        let (first, last) = (moments.first().context("no moment")?, moments.last());
        let last = *last.context("no moment")?;
        let text = text
            .replace("$__rate_interval", &format!("{}s", rates / 1000))
            .replace("$__range", &format!("{}s", (last - first) / 1000))
            .replace("$job", jobs)
            .replace("$instance", ".+");
        ensure!(!text.contains('$'), "{text} has a variable left");
        let mut values = Vec::new();
        if self.is_instant {
            let mut answer = prometheus.query_at(&text, last)?.series;
            answer.sort_by(|(a, _), (b, _)| a.cmp(b));
            values.extend(answer.into_iter().map(|(_, value)| value));
        } else {
            let mut answer = prometheus.query_moments(&text, moments)?.series;
            answer.sort_by(|(a, _), (b, _)| a.cmp(b));
            values.extend(answer.into_iter().flat_map(|(_, points)| points).map(|(_, it)| it));
        }
        Ok(values)
    }

    /// How long that takes for all jobs, and whether there is an answer.
    pub(super) fn time(
        &self,
        prometheus: &Prometheus,
        text: &str,
        rates: i64,
        moments: &[i64],
    ) -> Result<(Duration, bool)> {
        let start = Instant::now();
        let values = self.ask(prometheus, text, ".*", rates, moments)?;
        Ok((start.elapsed(), !values.is_empty()))
    }

    /// Whether it asks for alerts, of which there are none here.
    pub(super) fn is_of_alerts(&self) -> bool {
        self.place.starts_with("What fires")
    }
}
