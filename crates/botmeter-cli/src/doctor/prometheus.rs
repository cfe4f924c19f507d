//! What a Prometheus tells about itself.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, de::DeserializeOwned};

use super::web::{Reply, Silence, Web, base};

/// The labels of a series by key, its name under `__name__`.
pub(super) type Labels = BTreeMap<String, String>;

/// A server, asked over its API.
#[derive(Debug)]
pub(super) struct Prometheus {
    base: String,
    web: Web,
}

/// Something that is to be scraped.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Target {
    pub(super) labels: Labels,
    #[serde(rename = "scrapePool")]
    pub(super) pool: String,
    #[serde(rename = "scrapeUrl")]
    pub(super) url: String,
    #[serde(default, rename = "lastError")]
    pub(super) last_error: String,
    /// `up`, `down` or `unknown`, which is before the first scrape.
    pub(super) health: String,
    #[serde(default, rename = "scrapeInterval")]
    pub(super) interval: String,
}

/// A group of rules.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) rules: Vec<Rule>,
}

/// A rule that was loaded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Rule {
    pub(super) name: String,
    /// `ok`, `err`, or `unknown` until its first evaluation.
    pub(super) health: String,
    #[serde(default, rename = "lastError")]
    pub(super) last_error: String,
}

/// What each answer of the API comes in.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<T> {
    pub(crate) status: String,
    pub(crate) data: Option<T>,
    #[serde(default)]
    pub(crate) error: String,
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Targets {
    #[serde(rename = "activeTargets")]
    active: Vec<Target>,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Alertmanagers {
    #[serde(rename = "activeAlertmanagers")]
    active: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Config {
    yaml: String,
}

#[derive(Deserialize)]
struct Build {
    version: String,
}

#[derive(Deserialize)]
struct Vector {
    result: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    value: (f64, String),
}

impl Prometheus {
    pub(super) fn new(url: &str) -> Result<Self> {
        Ok(Self { base: base(url)?, web: Web::new() })
    }

    pub(super) fn url(&self) -> &str {
        &self.base
    }

    /// The page that says whether it is ready.
    pub(super) fn ready(&self) -> Result<Reply, Silence> {
        self.web.get(&format!("{}/-/ready", self.base), &[])
    }

    pub(super) fn version(&self) -> Result<String> {
        Ok(self.get::<Build>("status/buildinfo", &[])?.version)
    }

    /// The flags that it was started with, without their dashes.
    pub(super) fn flags(&self) -> Result<BTreeMap<String, String>> {
        self.get("status/flags", &[])
    }

    /// How it translates the names of what is pushed, if its configuration
    /// says so.
    pub(super) fn translation(&self) -> Result<Option<String>> {
        let Config { yaml } = self.get("status/config", &[])?;
        let mut values = yaml.lines().filter_map(|line| {
            let value = line.trim().strip_prefix("translation_strategy:")?;
            Some(value.trim().to_owned())
        });
        Ok(values.next())
    }

    pub(super) fn targets(&self) -> Result<Vec<Target>> {
        Ok(self.get::<Targets>("targets", &[("state", "active")])?.active)
    }

    /// The names of all series, or of those of one job.
    pub(super) fn names(&self, job: Option<&str>) -> Result<BTreeSet<String>> {
        self.values("__name__", job.map(|job| format!("{{job={}}}", quoted(job))).as_deref())
    }

    /// The values of a label, in what the selector matches.
    pub(super) fn values(&self, label: &str, selector: Option<&str>) -> Result<BTreeSet<String>> {
        let query: Vec<_> = selector.map(|selector| ("match[]", selector)).into_iter().collect();
        self.get(&format!("label/{label}/values"), &query)
    }

    /// The labels of the series that a selector matches.
    pub(super) fn series(&self, selector: &str) -> Result<Vec<Labels>> {
        self.post("series", &[("match[]", selector)])
    }

    /// The keys of the labels of the series that a selector matches.
    pub(super) fn keys(&self, selector: &str) -> Result<BTreeSet<String>> {
        self.post("labels", &[("match[]", selector)])
    }

    /// What a query gives at this moment; nothing if there are no series.
    pub(super) fn number(&self, query: &str) -> Result<Option<f64>> {
        let Vector { result } = self.post("query", &[("query", query)])?;
        let Some(Sample { value: (_, text) }) = result.first() else { return Ok(None) };
        Ok(Some(text.parse().with_context(|| format!("failed to read the sample {text:?}"))?))
    }

    pub(super) fn groups(&self) -> Result<Vec<Group>> {
        Ok(self.get::<Groups>("rules", &[])?.groups)
    }

    /// How many servers alerts are sent to.
    pub(super) fn alertmanagers(&self) -> Result<usize> {
        Ok(self.get::<Alertmanagers>("alertmanagers", &[])?.active.len())
    }

    fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T> {
        let url = format!("{}/api/v1/{path}", self.base);
        data(self.web.get(&url, query)).with_context(|| format!("failed to ask {url}"))
    }

    fn post<T: DeserializeOwned>(&self, path: &str, form: &[(&str, &str)]) -> Result<T> {
        let url = format!("{}/api/v1/{path}", self.base);
        data(self.web.post(&url, form)).with_context(|| format!("failed to ask {url}"))
    }
}

fn data<T: DeserializeOwned>(answer: Result<Reply, Silence>) -> Result<T> {
    let reply = answer?;
    let read: Result<Envelope<T>, _> = serde_json::from_str(&reply.body);
    let Ok(Envelope { status, data, error, .. }) = read else {
        bail!("it answered {} with {:?}, which is not its API", reply.status, reply.beginning());
    };
    ensure!(status == "success", "it answered: {error}");
    data.context("it answered without data")
}

/// A text as PromQL writes it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}
