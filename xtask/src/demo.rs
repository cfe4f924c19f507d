//! `cargo xtask demo`: builds the demo and becomes it.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, ensure};

use crate::repository;

/// Builds the demo and runs it with these arguments, in the place of this
/// process where the system can: so that Ctrl-C reaches the demo alone, which
/// then hands over its last metrics.
///
/// # Errors
///
/// When the demo cannot be built or ends with an error.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut demo = Command::new(build()?);
    demo.args(arguments);
    become_process(demo)
}

/// Builds the demo and tells where it is.
///
/// # Errors
///
/// When it does not build.
pub fn build() -> Result<PathBuf> {
    let status = Command::new("cargo")
        .current_dir(repository::root())
        .args(["build", "--package", "botmeter-demo"])
        .status()
        .context("failed to run `cargo build`")?;
    ensure!(status.success(), "the demo does not build");
    let folder = repository::metadata()?.target_directory.into_std_path_buf().join("debug");
    Ok(folder.join(format!("botmeter-demo{}", std::env::consts::EXE_SUFFIX)))
}

#[cfg(unix)]
fn become_process(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;

    // Returns only if it did not work.
    Err(command.exec()).context("failed to run the demo")
}

#[cfg(not(unix))]
fn become_process(mut command: Command) -> Result<()> {
    let status = command.status().context("failed to run the demo")?;
    ensure!(status.success(), "the demo ended with {status}");
    Ok(())
}
