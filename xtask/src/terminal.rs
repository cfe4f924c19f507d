//! What tasks say, and the commands that they run for all to see.

use std::{
    fmt::Display,
    io::{self, Write},
    process::Command,
};

use anyhow::{Context, Result, ensure};

/// Prints a line. Nobody may be reading any more, which is no reason to end.
pub fn say(line: impl Display) {
    drop(writeln!(io::stdout(), "{line}"));
}

/// Runs a command that has to succeed.
///
/// # Errors
///
/// When it cannot be run or fails; it has said itself why.
pub fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("failed to run {command:?}"))?;
    ensure!(status.success(), "{command:?} fails");
    Ok(())
}
