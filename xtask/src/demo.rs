//! `cargo xtask demo`: builds the demo and becomes it.

use std::process::Command;

#[cfg(not(unix))]
use anyhow::ensure;
use anyhow::{Context, Result};

use crate::repository;

/// Builds the demo and runs it with these arguments, in the place of this
/// process where the system can: so that Ctrl-C reaches the demo alone, which
/// then hands over its last metrics.
///
/// # Errors
///
/// When the demo cannot be built or ends with an error.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut demo = Command::new(repository::build("botmeter-demo")?);
    demo.args(arguments);
    become_process(demo)
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
