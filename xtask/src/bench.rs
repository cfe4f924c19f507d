//! `cargo xtask bench`: what recording costs, beside the libraries below.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use serde_json::Value;

use crate::repository;

/// A measurement and what it is compared with.
struct Comparison {
    name: &'static str,
    against: &'static str,
    /// The highest ratio that is good; nothing where the row only informs.
    target: Option<f64>,
}

/// One row of the table and of the summary.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    ns: f64,
    against: String,
    ratio: f64,
    target: Option<f64>,
}

const fn good(name: &'static str, against: &'static str, target: f64) -> Comparison {
    Comparison { name, against, target: Some(target) }
}

const fn info(name: &'static str, against: &'static str) -> Comparison {
    Comparison { name, against, target: None }
}

/// An own handle may cost a fifth more than the backend's own.
const HELD: f64 = 1.2;
/// Looking up three texts may cost one and a half handles. Beside it stand the
/// held handles of the same series in the same order, because going through many
/// series costs something without any look-up.
const DYNAMIC: f64 = 2.5;
/// A finished call costs an eighth of what the same takes by hand.
const CALL: f64 = 1.0 / 8.0;

const COMPARISONS: &[Comparison] = &[
    info("counter/metrics held", "counter/raw atomic"),
    info("counter/metrics macro", "counter/raw atomic"),
    info("counter/otel bound", "counter/raw atomic"),
    info("counter/otel unbound", "counter/raw atomic"),
    info("counter/prometheus held", "counter/raw atomic"),
    info("counter/prometheus labels", "counter/raw atomic"),
    info("counter/prometheus-client held", "counter/raw atomic"),
    info("counter/prometheus-client labels", "counter/raw atomic"),
    info("counter/botmeter discard held", "counter/raw atomic"),
    info("counter/botmeter memory held", "counter/raw atomic"),
    info("counter/botmeter tee held", "counter/raw atomic"),
    info("counter/botmeter scrape held in turn", "counter/botmeter scrape held"),
    good("counter/botmeter scrape held", "counter/metrics held", HELD),
    info("counter/botmeter otlp held in turn", "counter/botmeter otlp held"),
    good("counter/botmeter otlp held", "counter/otel bound", HELD),
    good("counter/botmeter scrape labels", "counter/botmeter scrape held", DYNAMIC),
    info("counter/botmeter scrape labels", "counter/botmeter scrape held in turn"),
    info("counter/botmeter scrape labels alike at both ends", "counter/botmeter scrape labels"),
    good("counter/botmeter otlp labels", "counter/botmeter otlp held", DYNAMIC),
    info("counter/botmeter otlp labels", "counter/botmeter otlp held in turn"),
    info("histogram/metrics held", "histogram/raw atomic"),
    info("histogram/metrics macro", "histogram/raw atomic"),
    info("histogram/otel bound", "histogram/raw atomic"),
    info("histogram/otel unbound", "histogram/raw atomic"),
    info("histogram/prometheus held", "histogram/raw atomic"),
    info("histogram/prometheus labels", "histogram/raw atomic"),
    info("histogram/prometheus-client held", "histogram/raw atomic"),
    info("histogram/prometheus-client labels", "histogram/raw atomic"),
    info("histogram/botmeter discard held", "histogram/raw atomic"),
    info("histogram/botmeter memory held", "histogram/raw atomic"),
    info("histogram/botmeter tee held", "histogram/raw atomic"),
    info("histogram/botmeter scrape held in turn", "histogram/botmeter scrape held"),
    good("histogram/botmeter scrape held", "histogram/metrics held", HELD),
    info("histogram/botmeter otlp held in turn", "histogram/botmeter otlp held"),
    good("histogram/botmeter otlp held", "histogram/otel bound", HELD),
    good("histogram/botmeter scrape labels", "histogram/botmeter scrape held", DYNAMIC),
    info("histogram/botmeter scrape labels", "histogram/botmeter scrape held in turn"),
    good("histogram/botmeter otlp labels", "histogram/botmeter otlp held", DYNAMIC),
    info("histogram/botmeter otlp labels", "histogram/botmeter otlp held in turn"),
    good("llm call/botmeter scrape", "llm call/metrics macros", CALL),
    good("llm call/botmeter otlp", "llm call/otel unbound", CALL),
    info("llm call/botmeter discard", "llm call/metrics macros"),
    info("llm call/botmeter both", "llm call/metrics macros"),
];

/// Runs the benchmarks, prints their ratios and writes them to
/// `target/bench/summary.json`.
///
/// # Errors
///
/// When the benchmarks cannot be run, or a ratio misses its target.
pub fn run() -> Result<()> {
    let root = repository::root();
    let measurements = root.join("target/bench/criterion");
    let arguments =
        ["bench", "--package", "botmeter-core", "--all-features", "--bench", "record", "--"];
    let status = repository::cargo()
        .args(arguments)
        .env("CRITERION_HOME", &measurements)
        .status()
        .context("failed to run `cargo bench`")?;
    ensure!(status.success(), "the benchmarks failed");
    let rows =
        COMPARISONS.iter().map(|wanted| row(wanted, &measurements)).collect::<Result<Vec<_>>>()?;
    let summary = root.join("target/bench/summary.json");
    let text = serde_json::to_string_pretty(&rows).context("failed to write the summary")?;
    fs::write(&summary, text).with_context(|| format!("failed to write {}", summary.display()))?;
    print(&rows);
    let missed: Vec<&str> =
        rows.iter().filter(|row| row.misses()).map(|row| row.name.as_str()).collect();
    if !missed.is_empty() {
        bail!("slower than the target: {}", missed.join(", "));
    }
    Ok(())
}

impl Row {
    fn misses(&self) -> bool {
        self.target.is_some_and(|target| self.ratio > target)
    }
}

fn row(wanted: &Comparison, measurements: &Path) -> Result<Row> {
    let Comparison { name, against, target } = wanted;
    let (ns, base) = (median(measurements, name)?, median(measurements, against)?);
    Ok(Row {
        name: (*name).to_owned(),
        ns,
        against: (*against).to_owned(),
        ratio: ns / base,
        target: *target,
    })
}

/// The median of one benchmark, in nanoseconds.
fn median(measurements: &Path, name: &str) -> Result<f64> {
    let mut file: PathBuf = measurements.to_owned();
    file.extend(name.split('/'));
    file.extend(["new", "estimates.json"]);
    let text = fs::read_to_string(&file)
        .with_context(|| format!("failed to read the measurement {}", file.display()))?;
    let estimates: Value = serde_json::from_str(&text)
        .with_context(|| format!("failed to read the measurement {}", file.display()))?;
    estimates["median"]["point_estimate"]
        .as_f64()
        .with_context(|| format!("{} has no median", file.display()))
}

#[expect(clippy::print_stdout, reason = "a task talks to the person who runs it")]
fn print(rows: &[Row]) {
    println!("{:34} {:>9}  {:>7}  {:>7}  against", "", "ns", "ratio", "target");
    for row in rows {
        let Row { name, ns, against, ratio, target } = row;
        let target = target.map_or_else(|| "-".to_owned(), |target| format!("{target:.3}"));
        let mark = if row.misses() { "  MISSED" } else { "" };
        println!("{name:34} {ns:>9.2}  {ratio:>7.3}  {target:>7}  {against}{mark}");
    }
}
