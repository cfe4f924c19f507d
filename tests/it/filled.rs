//! Samples of times that are past, for a Prometheus.

use std::{fmt::Write as _, fs};

use anyhow::{Context, Result, ensure};
use botmeter_window::Labels;
use integration_tests::{End, Prometheus, promtool};

/// Puts the samples of a text in OpenMetrics into a Prometheus; false where
/// `promtool` is absent and not required.
pub(crate) fn fill(prometheus: &mut Prometheus, open_metrics: &str) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("samples.om"), open_metrics)?;
    let data = prometheus.data();
    let data = data.to_str().context("the folder has no name")?;
    // For each block, the whole file is read.
    let create = ["tsdb", "create-blocks-from", "--max-block-duration=32h"];
    let arguments = [&create[..], &["openmetrics", "--quiet", "samples.om", data]].concat();
    let Some(verdict) = promtool(&arguments, folder.path())? else { return Ok(false) };
    ensure!(verdict.passed, "{}", verdict.text);
    // What is put beside it is seen at its start.
    prometheus.restart(End::Killed)?;
    Ok(true)
}

/// A series as OpenMetrics writes it.
pub(crate) fn series(labels: &Labels) -> Result<String> {
    let pairs = labels.pairs().filter(|(key, _)| *key != "__name__").map(|(key, value)| {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        format!("{key}=\"{value}\"")
    });
    let pairs: Vec<_> = pairs.collect();
    let name = labels.name().context("a series has no name")?;
    Ok(format!("{name}{{{}}}", pairs.join(",")))
}

/// A sample of a series at a time in milliseconds.
pub(crate) fn sample(text: &mut String, series: &str, value: f64, at: i64) -> Result<()> {
    writeln!(text, "{series} {value} {}", at as f64 / 1000.0)?;
    Ok(())
}
