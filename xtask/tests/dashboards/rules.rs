//! Prometheus' own checker has nothing to complain about.

use std::process::Command;

use anyhow::{Result, ensure};
use botmeter_generate::Mode;
use xtask::{
    dashboards,
    servers::{Server, find_or_skip},
};

#[test]
fn promtool_accepts_every_rule_and_its_linter_finds_nothing() -> Result<()> {
    promtool(&["check", "rules", "--lint=all", "--lint-fatal"], "prometheus/", ".rules.yml")
}

#[test]
fn every_alert_fires_when_it_should_and_only_then() -> Result<()> {
    promtool(&["test", "rules"], "prometheus/tests/", ".test.yml")
}

/// Runs promtool over the generated files of a folder, if there is promtool.
fn promtool(arguments: &[&str], folder: &str, suffix: &str) -> Result<()> {
    let Some(program) = find_or_skip(Server::Promtool)? else { return Ok(()) };
    let root = tempfile::tempdir()?;
    let files = dashboards::files()?;
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
