//! The demo of a clone, built where it is.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What cargo says of what it has built.
#[derive(Deserialize)]
struct Message {
    /// There for programs alone.
    executable: Option<PathBuf>,
}

/// Builds it, and tells where it is.
pub(super) fn build(clone: &Path) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command
        .args(["build", "--package", "botmeter-demo", "--message-format"])
        .arg("json-render-diagnostics")
        .current_dir(clone)
        .stderr(Stdio::inherit());
    // What cargo says to a program that it runs would have scripts of
    // dependencies run again.
    let told = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(told) {
            command.env_remove(name);
        }
    }
    let output = command.output().context("failed to run `cargo build` for the demo")?;
    ensure!(output.status.success(), "the demo does not build in {}", clone.display());
    let said = String::from_utf8_lossy(&output.stdout);
    let messages = said.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let built = messages.filter_map(|message| message.executable).next_back();
    built.with_context(|| format!("cargo built no demo in {}", clone.display()))
}
