//! Prometheus' own engine over samples that a test makes.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use xtask::servers::{Server, needed};

use crate::Labels;
use crate::process::without_own_variables;

/// A series as the engine is to know it.
#[derive(Clone, Debug, Serialize)]
pub struct Stored {
    /// Its labels, and its name as `__name__`.
    pub labels: Labels,
    /// The times of its samples in milliseconds.
    pub times: Vec<i64>,
    /// The bits of the value at each time; marks of an end are values here.
    pub bits: Vec<u64>,
}

/// A query at a time in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// The query.
    pub text: String,
    /// The time.
    pub at: i64,
}

/// For each query, the bits of the value of each group.
pub type Answers = Vec<BTreeMap<Labels, u64>>;

#[derive(Serialize)]
struct Request<'a> {
    series: &'a [Stored],
    queries: &'a [Asked],
}

#[derive(Deserialize)]
struct Answer {
    rows: Vec<Row>,
    #[serde(default)]
    error: String,
    nanoseconds: u64,
}

#[derive(Deserialize)]
struct Row {
    labels: Labels,
    bits: u64,
}

/// What Prometheus' engine answers.
///
/// # Errors
///
/// If it is absent, cannot be run, or refuses a sample or a query.
pub fn promql(series: &[Stored], queries: &[Asked]) -> Result<Answers> {
    Ok(promql_in_time(series, queries)?.0)
}

/// The same, and how long the engine took for all of it, storing aside.
///
/// # Errors
///
/// As those of [`promql`].
pub fn promql_in_time(series: &[Stored], queries: &[Asked]) -> Result<(Answers, Duration)> {
    let program = needed(Server::Promql)?;
    let mut command = Command::new(&program);
    without_own_variables(&mut command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("failed to run {}", program.display()))?;
    // It answers when it has read all, so neither side waits for the other.
    let request = serde_json::to_vec(&Request { series, queries })?;
    let told = child.stdin.take().context("it has no input")?.write_all(&request);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{} ended with {}", program.display(), output.status);
    told.context("failed to ask")?;
    let answers: Vec<Answer> = serde_json::from_slice(&output.stdout)?;
    ensure!(answers.len() == queries.len(), "{} answers are there", answers.len());
    let took = answers.iter().map(|answer| Duration::from_nanos(answer.nanoseconds)).sum();
    let answers = queries.iter().zip(answers).map(|(query, Answer { rows, error, .. })| {
        ensure!(error.is_empty(), "{}: {error}", query.text);
        Ok(rows.into_iter().map(|row| (row.labels, row.bits)).collect())
    });
    Ok((answers.collect::<Result<_>>()?, took))
}
