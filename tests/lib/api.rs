//! What answers questions as Prometheus does: itself, or the query layer of a
//! fleet.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use xtask::questions::Question;

use crate::answer::Envelope;
use crate::process::agent;
use crate::{Labels, Metadata, QueryAnswer, RangeAnswer, Rule};

/// What the budget of a month is asked of.
const HOURS: &str = "[30d:1h]";

/// The HTTP API of Prometheus at an address of the loopback.
#[derive(Clone, Debug)]
pub struct Api {
    address: SocketAddr,
    agent: ureq::Agent,
}

impl Api {
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { address, agent: agent() }
    }

    /// The base of the server's address, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Evaluates a query at this moment.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked or refuses the query, and if the answer
    /// is neither a vector nor a scalar of floating-point samples.
    pub fn query(&self, promql: &str) -> Result<QueryAnswer> {
        self.post("/api/v1/query", &[("query", promql)])
            .and_then(Envelope::instant)
            .with_context(|| format!("failed to query {promql:?}"))
    }

    /// Evaluates a query at a moment, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// As for a query at this moment.
    pub fn query_at(&self, promql: &str, at: i64) -> Result<QueryAnswer> {
        let time = format!("{}.{:03}", at.div_euclid(1000), at.rem_euclid(1000));
        self.post("/api/v1/query", &[("query", promql), ("time", &time)])
            .and_then(Envelope::instant)
            .with_context(|| format!("failed to query {promql:?} at {time}"))
    }

    /// Evaluates a query over the `span` that ends at this moment, in steps.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked or refuses the query.
    pub fn query_range(&self, promql: &str, span: Duration, step: Duration) -> Result<RangeAnswer> {
        let end = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .context("failed to read the clock")?;
        let form = [
            ("query", promql),
            ("start", &seconds(end.saturating_sub(span))),
            ("end", &seconds(end)),
            ("step", &seconds(step)),
        ];
        self.post("/api/v1/query_range", &form)
            .and_then(Envelope::range)
            .with_context(|| format!("failed to query {promql:?} over {span:?}"))
    }

    /// Evaluates a query at each of these moments, which are equally far apart,
    /// in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// If there are not two moments, and as for a query over a span.
    pub fn query_moments(&self, promql: &str, moments: &[i64]) -> Result<RangeAnswer> {
        let [first, second, .., last] = moments else {
            bail!("{} moments are no span", moments.len())
        };
        let seconds = |at: i64| (at as f64 / 1000.0).to_string();
        let form = [
            ("query", promql),
            ("start", &seconds(*first)),
            ("end", &seconds(*last)),
            ("step", &seconds(second - first)),
        ];
        self.post("/api/v1/query_range", &form)
            .and_then(Envelope::range)
            .with_context(|| format!("failed to query {promql:?} from {first} to {last}"))
    }

    /// Whether a question about a job is answered with numbers, all of them
    /// finite. Where it is about the hours of a month, moments of a minute stand
    /// for them, because no test takes an hour.
    ///
    /// # Errors
    ///
    /// When it is refused, or the answer comes with a complaint other than one
    /// that contains the `harmless` text.
    pub fn answers(&self, question: &Question, job: &str, harmless: Option<&str>) -> Result<bool> {
        let text = question.filled(job).replace(HOURS, "[1m:5s]");
        let answer = self.query(&text)?;
        let mut complaints = answer.warnings.iter().chain(&answer.infos);
        let is_harmless = |it: &str| harmless.is_some_and(|text| it.contains(text));
        if let Some(complaint) = complaints.find(|it| !is_harmless(it)) {
            bail!("{}: {text}: {complaint}", question.place);
        }
        let are_finite = answer.series.iter().all(|(_, value)| value.is_finite());
        Ok(!answer.series.is_empty() && are_finite)
    }

    /// The values of a label in the series that a selector matches, sorted.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, refuses, or warns.
    pub fn label_values(&self, label: &str, selector: &str) -> Result<Vec<String>> {
        self.get(&format!("/api/v1/label/{label}/values"), &[("match[]", selector)])
            .and_then(Envelope::plain)
            .with_context(|| format!("failed to ask for the values of {label:?} in {selector:?}"))
    }

    /// The labels of the series that a selector matches.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, refuses, or warns.
    pub fn series(&self, selector: &str) -> Result<Vec<Labels>> {
        self.post("/api/v1/series", &[("match[]", selector)])
            .and_then(Envelope::plain)
            .with_context(|| format!("failed to ask for the series of {selector:?}"))
    }

    /// What the scraped pages say of their metrics, by the name of the metric.
    /// The server keeps no such notes of what is pushed.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, refuses, or warns.
    pub fn metadata(&self) -> Result<BTreeMap<String, Vec<Metadata>>> {
        self.get("/api/v1/metadata", &[])
            .and_then(Envelope::plain)
            .context("failed to ask for the metadata")
    }

    /// The rules that the server has loaded, in the order of their files.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, refuses, or warns.
    pub fn rules(&self) -> Result<Vec<Rule>> {
        self.get("/api/v1/rules", &[])
            .and_then(Envelope::rules)
            .context("failed to ask for the rules")
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Envelope> {
        let request = self.agent.get(format!("{}{path}", self.url()));
        let response = request.query_pairs(query.iter().copied()).call()?;
        Envelope::read(&response.into_body().read_to_string()?)
    }

    /// A form in the body, because a query may be longer than an address.
    fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Envelope> {
        let request = self.agent.post(format!("{}{path}", self.url()));
        let response = request.send_form(form.iter().copied())?;
        Envelope::read(&response.into_body().read_to_string()?)
    }
}

fn seconds(duration: Duration) -> String {
    duration.as_secs_f64().to_string()
}
