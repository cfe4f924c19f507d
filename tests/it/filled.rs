//! Samples of times that are past, for a Prometheus.

use std::fs;

use anyhow::{Context, Result, ensure};
use integration_tests::{End, Prometheus, promtool};

/// Puts the samples of a text in OpenMetrics into a Prometheus.
pub(crate) fn fill(prometheus: &mut Prometheus, open_metrics: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("samples.om"), open_metrics)?;
    let data = prometheus.data();
    let data = data.to_str().context("the folder has no name")?;
    // For each block, the whole file is read.
    let create = ["tsdb", "create-blocks-from", "--max-block-duration=32h"];
    let arguments = [&create[..], &["openmetrics", "--quiet", "samples.om", data]].concat();
    let verdict = promtool(&arguments, folder.path())?;
    ensure!(verdict.passed, "{}", verdict.text);
    // What is put beside it is seen at its start.
    prometheus.restart(End::Killed)
}
