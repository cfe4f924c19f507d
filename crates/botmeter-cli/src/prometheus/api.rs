//! Asking the API of a Prometheus.

use std::collections::BTreeMap;

use botmeter_window::{Labels, Row};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use super::question::{Moments, Question};
use crate::{
    address::server,
    doctor::{prometheus::Envelope, web::Web},
    failure::Failure,
};

/// The most that is read of an answer.
const MOST_BYTES: u64 = 32 << 20;

/// How long it may think about one question; it is told so, and gives up
/// before we do.
const TIMEOUT: &str = "8s";

/// A server, asked over its API.
#[derive(Debug)]
pub(super) struct Api {
    base: String,
    web: Web,
}

/// The rows of each moment, and what is doubtful about them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) rows: Result<Vec<Vec<Row>>, String>,
    pub(super) warnings: Vec<String>,
}

/// A rule that is loaded.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Rule {
    pub(super) name: String,
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    /// How long an alert has to be so, in seconds.
    #[serde(default)]
    pub(super) duration: f64,
    /// `ok`, `err`, or `unknown` until its first evaluation.
    #[serde(default)]
    pub(super) health: String,
    #[serde(default)]
    pub(super) alerts: Vec<Alert>,
}

/// A group for which an alert is pending or fires.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Alert {
    pub(super) labels: BTreeMap<String, String>,
    pub(super) state: String,
    #[serde(rename = "activeAt")]
    pub(super) active_at: String,
    pub(super) value: String,
}

/// Why something has no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Nobody answered.
    Silent(String),
    /// What was answered is of no use.
    Said(String),
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "snake_case")]
enum Data {
    Vector(Vec<Sample>),
    Matrix(Vec<Series>),
    Scalar((f64, String)),
    String(IgnoredAny),
}

/// A group at one moment.
#[derive(Deserialize)]
struct Sample {
    metric: BTreeMap<String, String>,
    value: Option<(f64, String)>,
}

/// A group at its moments.
#[derive(Deserialize)]
struct Series {
    metric: BTreeMap<String, String>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

impl Api {
    pub(super) fn new(url: &str) -> Result<Self, Failure> {
        let base = server("--prometheus", url, "http://localhost:9090")?;
        Ok(Self { base, web: Web::reading_at_most(MOST_BYTES) })
    }

    pub(super) fn url(&self) -> &str {
        &self.base
    }

    pub(super) fn ask(&self, question: &Question) -> Answer {
        let moments = question.moments;
        let (path, times) = match moments {
            Moments::One(at) => ("query", vec![("time", seconds(at))]),
            Moments::Many { first, step, last } => {
                let times =
                    [("start", seconds(first)), ("end", seconds(last)), ("step", seconds(step))];
                ("query_range", times.to_vec())
            }
        };
        let own = [("query", question.query.as_str()), ("timeout", TIMEOUT)];
        let times = times.iter().map(|(key, time)| (*key, time.as_str()));
        let form: Vec<_> = own.into_iter().chain(times).collect();
        match self.data::<Data>(path, Some(&form)) {
            Ok((data, warnings)) => Answer { rows: rows(data, moments), warnings },
            Err(trouble) => Answer::none(trouble.why()),
        }
    }

    /// All rules that are loaded.
    pub(super) fn rules(&self) -> Result<Vec<Rule>, Trouble> {
        let (Groups { groups }, _) = self.data("rules", None)?;
        Ok(groups.into_iter().flat_map(|group| group.rules).collect())
    }

    fn data<T: DeserializeOwned>(
        &self,
        path: &str,
        form: Option<&[(&str, &str)]>,
    ) -> Result<(T, Vec<String>), Trouble> {
        let url = format!("{}/api/v1/{path}", self.base);
        let reply = match form {
            Some(form) => self.web.post(&url, form),
            None => self.web.get(&url, &[]),
        };
        let reply =
            reply.map_err(|silence| Trouble::Silent(format!("{}: {silence}", self.base)))?;
        let not_api = || {
            let (status, said) = (reply.status, reply.beginning());
            let what = "which is not the API of a Prometheus";
            Trouble::Said(format!("{url} answered {status} with {said:?}, {what}"))
        };
        // What fails has no data of the right kind, so this is looked at first.
        let told: Envelope<IgnoredAny> =
            serde_json::from_str(&reply.body).map_err(|_| not_api())?;
        if told.status != "success" {
            let status = reply.status;
            return Err(Trouble::Said(format!("{} answered {status}: {}", self.base, told.error)));
        }
        let read: Envelope<T> = serde_json::from_str(&reply.body).map_err(|_| not_api())?;
        let data = read.data.ok_or_else(not_api)?;
        Ok((data, read.warnings))
    }
}

impl Trouble {
    pub(super) fn why(self) -> String {
        match self {
            Self::Silent(why) | Self::Said(why) => why,
        }
    }
}

impl Answer {
    pub(super) fn none(why: String) -> Self {
        Self { rows: Err(why), warnings: Vec::new() }
    }
}

/// The rows of each of the moments.
fn rows(data: Data, moments: Moments) -> Result<Vec<Vec<Row>>, String> {
    let mut rows = vec![Vec::new(); moments.count()];
    let mut put = |labels: &Labels, (at, value): (f64, String)| {
        let value = value.parse().map_err(|_| format!("it answered with the value {value:?}"))?;
        let at = moments.place(at).and_then(|place| rows.get_mut(place));
        let row = Row { labels: labels.clone(), value };
        at.map(|rows| rows.push(row)).ok_or_else(|| "it answered for another time".to_owned())
    };
    match (data, moments) {
        (Data::Vector(samples), Moments::One(_)) => {
            for Sample { metric, value } in samples {
                let value = value.ok_or("it answered with a histogram instead of a number")?;
                put(&labels(&metric), value)?;
            }
        }
        (Data::Matrix(series), Moments::Many { .. }) => {
            for Series { metric, values } in series {
                let labels = labels(&metric);
                values.into_iter().try_for_each(|value| put(&labels, value))?;
            }
        }
        (Data::Scalar(value), Moments::One(_)) => put(&Labels::default(), value)?,
        (Data::String(_), _) => return Err("it answered with a text instead of numbers".to_owned()),
        _ => return Err("it answered with another kind of numbers".to_owned()),
    }
    Ok(rows)
}

pub(super) fn labels(pairs: &BTreeMap<String, String>) -> Labels {
    Labels::from_pairs(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

/// Milliseconds as the API takes them.
fn seconds(milliseconds: i64) -> String {
    format!("{}.{:03}", milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000))
}
