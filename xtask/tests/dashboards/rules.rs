//! Prometheus' own checker has nothing to complain about.

use std::process::Command;

use anyhow::{Result, ensure};
use botmeter_board::Limit;
use botmeter_bot::{
    Bots,
    board::{BotThresholds, board_with},
};
use botmeter_catalogue::catalogue;
use botmeter_generate::{Catalogue, Files, Mode, Options, generate};
use xtask::{
    dashboards,
    servers::{Server, needed},
};

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

/// The examples follow the limits, the largest and the smallest that make sense.
#[test]
#[ignore = "needs promtool"]
fn alerts_fire_at_limits_of_ones_own() -> Result<()> {
    let mut own = BotThresholds::default();
    let limit = |value| Limit::new(value, "it is so here");
    own.failures_high = limit(0.03);
    own.enough_runs = limit(400.0);
    own.failures_in_a_row = limit(2.0);
    own.success_late = limit(1250.0);
    own.success_overdue = limit(4.0 * 86_400.0);
    own.queue_high = limit(12_500.0);
    own.queue_full = limit(30_000.0);
    own.success_target = limit(0.99);
    let catalogue = Catalogue::new().domain::<Bots>(board_with(&own));
    let files = generate(&catalogue, &Options::new("cargo xtask dashboards"))?;
    are_sound(&files)?;
    fire_rightly(&files)
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
