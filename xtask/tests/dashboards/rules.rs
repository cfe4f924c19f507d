//! Prometheus' own checker has nothing to complain about.

use std::process::Command;

use anyhow::{Result, ensure};
use botmeter_catalogue::{catalogue, catalogue_with};
use botmeter_generate::{Files, Mode, Options, generate};
use xtask::{
    dashboards,
    servers::{Server, needed},
};

use crate::thresholds;

#[test]
#[ignore = "needs promtool"]
fn promtool_accepts_every_rule_and_its_linter_finds_nothing() -> Result<()> {
    are_sound(&dashboards::files()?)
}

#[test]
#[ignore = "needs promtool"]
fn every_alert_fires_when_it_should_and_only_then() -> Result<()> {
    fire_rightly(&dashboards::files()?)
}

/// The examples happen in several clusters and environments at once, so a rule
/// that mixes them, or looks at one that it should not, fires wrongly.
#[test]
#[ignore = "needs promtool"]
fn alerts_tell_clusters_apart_and_leave_other_environments_alone() -> Result<()> {
    let options = Options::new("cargo xtask dashboards")
        .reference_url("https://pages.example")
        .grafana_url("https://grafana.example")
        .selector("environment", "pre \"prod\"")
        .extra_label("cluster")
        .extra_label("k8s_namespace");
    let files = generate(&catalogue(), &options)?;
    are_sound(&files)?;
    fire_rightly(&files)
}

/// The examples follow the limits, far larger ones and far smaller ones.
#[test]
#[ignore = "needs promtool"]
fn alerts_fire_at_limits_of_ones_own() -> Result<()> {
    for own in [thresholds::strict(), thresholds::lenient()] {
        let options = Options::new("cargo xtask dashboards");
        let files = generate(&catalogue_with(&own), &options)?;
        are_sound(&files)?;
        fire_rightly(&files)?;
    }
    Ok(())
}

fn are_sound(files: &Files) -> Result<()> {
    let arguments = ["check", "rules", "--lint=all", "--lint-fatal"];
    promtool(files, &arguments, "prometheus/", ".rules.yml")
}

fn fire_rightly(files: &Files) -> Result<()> {
    promtool(files, &["test", "rules"], "prometheus/tests/", ".test.yml")
}

/// Runs promtool over the generated files of a folder.
fn promtool(files: &Files, arguments: &[&str], folder: &str, suffix: &str) -> Result<()> {
    let program = needed(Server::Promtool)?;
    let root = tempfile::tempdir()?;
    files.apply(root.path(), Mode::Write)?;
    let names: Vec<&str> = files
        .paths()
        .filter_map(|path| path.strip_prefix(folder))
        .filter(|name| name.ends_with(suffix) && !name.contains('/'))
        .collect();
    ensure!(!names.is_empty(), "nothing ends in {suffix} in {folder}");
    let mut command = Command::new(program);
    let output =
        command.args(arguments).args(&names).current_dir(root.path().join(folder)).output()?;
    let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text)).concat();
    ensure!(output.status.success(), "{command:?} fails: {said}");
    Ok(())
}
