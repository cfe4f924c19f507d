//! Prometheus' own checker has nothing to complain about.

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, Output},
};

use botmeter_generate::Mode;
use xtask::{
    dashboards,
    servers::{Server, find_or_skip},
};

/// Runs promtool with the generated files that match, in a folder of their own.
fn promtool(arguments: &[&str], folder: &str, suffix: &str) -> Option<(Output, usize)> {
    let program = find_or_skip(Server::Promtool).unwrap()?;
    let root = tempfile::tempdir().unwrap();
    let files = dashboards::files().unwrap();
    files.apply(root.path(), Mode::Write).unwrap();
    let chosen: Vec<OsString> = files
        .paths()
        .filter_map(|path| path.strip_prefix(folder))
        .filter(|name| name.ends_with(suffix) && !name.contains('/'))
        .map(OsString::from)
        .collect();
    let output = Command::new(program)
        .args(arguments)
        .args(&chosen)
        .current_dir(root.path().join(Path::new(folder)))
        .output()
        .unwrap();
    Some((output, chosen.len()))
}

fn all_output(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text)).concat()
}

#[test]
fn promtool_accepts_every_rule_and_its_linter_finds_nothing() {
    let arguments = ["check", "rules", "--lint=all", "--lint-fatal"];
    let Some((output, count)) = promtool(&arguments, "prometheus/", ".rules.yml") else { return };
    let said = all_output(&output);
    assert!(count > 0 && output.status.success(), "{count} files: {said}");
}

#[test]
fn every_alert_fires_when_it_should_and_only_then() {
    let Some((output, count)) = promtool(&["test", "rules"], "prometheus/tests/", ".test.yml")
    else {
        return;
    };
    let said = all_output(&output);
    assert!(count > 0 && output.status.success(), "{count} files: {said}");
}
