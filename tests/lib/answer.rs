//! What the API of Prometheus answers, as values that a test can compare.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The labels of a series by key, the name of the metric under `__name__`.
pub type Labels = BTreeMap<String, String>;

/// The answer to an instant query.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryAnswer {
    /// Each series with its value; a scalar is one series without labels.
    pub series: Vec<(Labels, f64)>,
    /// What is doubtful about the query or its data.
    pub warnings: Vec<String>,
    /// What may be wrong with the query, such as the rate of what is not
    /// called a counter.
    pub infos: Vec<String>,
}

/// The answer to a query over a span of time.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeAnswer {
    /// Each series with its points: the time in seconds of Unix, and the value.
    pub series: Vec<(Labels, Vec<(f64, f64)>)>,
    /// What is doubtful about the query or its data.
    pub warnings: Vec<String>,
    /// What may be wrong with the query.
    pub infos: Vec<String>,
}

/// What a scraped page said of a metric.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Metadata {
    /// The type: `counter`, `gauge`, `histogram` or another.
    #[serde(rename = "type")]
    pub kind: String,
    /// The help text.
    pub help: String,
    /// The unit, empty where the format has none.
    pub unit: String,
}

/// A rule that the server has loaded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Rule {
    /// The group of the rule.
    #[serde(skip)]
    pub group: String,
    /// The name of the alert or of the recorded series.
    pub name: String,
    /// `alerting` or `recording`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The expression, as the server prints it.
    pub query: String,
    /// `ok`, `err`, or `unknown` until the first evaluation.
    pub health: String,
    /// Why the last evaluation failed.
    #[serde(default, rename = "lastError")]
    pub last_error: Option<String>,
    /// `inactive`, `pending` or `firing`; recording rules have none.
    pub state: Option<String>,
}

/// What surrounds every answer of the API.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope {
    status: String,
    #[serde(default)]
    data: Value,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    infos: Vec<String>,
    #[serde(default, rename = "errorType")]
    error_type: String,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct Outcome {
    #[serde(rename = "resultType")]
    kind: String,
    result: Value,
}

#[derive(Deserialize)]
struct Instant {
    metric: Labels,
    value: (f64, String),
}

#[derive(Deserialize)]
struct Range {
    metric: Labels,
    values: Vec<(f64, String)>,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    rules: Vec<Rule>,
}

impl Envelope {
    /// Reads the body of an answer, and turns a refusal into an error.
    pub(crate) fn read(body: &str) -> Result<Self> {
        let envelope: Self = serde_json::from_str(body)
            .with_context(|| format!("failed to read the answer {body:?}"))?;
        if envelope.status != "success" {
            bail!("the server answered {}: {}", envelope.error_type, envelope.error);
        }
        Ok(envelope)
    }

    pub(crate) fn instant(self) -> Result<QueryAnswer> {
        let Outcome { kind, result } = parse(self.data)?;
        let series = match kind.as_str() {
            "vector" => parse::<Vec<Instant>>(result)?
                .into_iter()
                .map(|Instant { metric, value: (_, text) }| Ok((metric, number(&text)?)))
                .collect::<Result<_>>()?,
            "scalar" => {
                let (_, text): (f64, String) = parse(result)?;
                vec![(Labels::new(), number(&text)?)]
            }
            other => bail!("the query gives a {other}, and neither a vector nor a scalar"),
        };
        Ok(QueryAnswer { series, warnings: self.warnings, infos: self.infos })
    }

    pub(crate) fn range(self) -> Result<RangeAnswer> {
        let Outcome { kind, result } = parse(self.data)?;
        if kind != "matrix" {
            bail!("the range query gives a {kind} and not a matrix");
        }
        let series = parse::<Vec<Range>>(result)?
            .into_iter()
            .map(|Range { metric, values }| {
                let points = values.into_iter().map(|(time, text)| Ok((time, number(&text)?)));
                Ok((metric, points.collect::<Result<_>>()?))
            })
            .collect::<Result<_>>()?;
        Ok(RangeAnswer { series, warnings: self.warnings, infos: self.infos })
    }

    /// The data of an answer that has no room for warnings: one that comes
    /// with some, such as a list that was cut short, is an error.
    pub(crate) fn plain<T: DeserializeOwned>(self) -> Result<T> {
        if let Some(warning) = self.warnings.first().or(self.infos.first()) {
            bail!("the server answered with a warning: {warning}");
        }
        parse(self.data)
    }

    pub(crate) fn rules(self) -> Result<Vec<Rule>> {
        let Groups { groups } = self.plain()?;
        Ok(groups
            .into_iter()
            .flat_map(|Group { name, rules }| {
                rules.into_iter().map(move |rule| Rule { group: name.clone(), ..rule })
            })
            .collect())
    }
}

fn parse<T: DeserializeOwned>(data: Value) -> Result<T> {
    let text = data.to_string();
    serde_json::from_value(data).with_context(|| format!("failed to read the data {text}"))
}

/// A sample, which the API writes as text so that `NaN` and `+Inf` fit in.
fn number(text: &str) -> Result<f64> {
    text.parse().with_context(|| format!("failed to read the sample {text:?}"))
}
