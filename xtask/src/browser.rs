//! A browser that draws pages into pictures.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};

/// Draws a page as a browser with these options shows it, and returns what the
/// browser was asked to say.
pub(crate) fn draw(browser: &Path, address: &str, options: &[&str], to: &Path) -> Result<String> {
    let mut command = Command::new(browser);
    command.args(["--headless", "--disable-gpu", "--hide-scrollbars"]);
    // Nothing is loaded but our own page; as root, a browser runs in no other
    // way.
    command.arg("--no-sandbox");
    command.args(options).arg(format!("--screenshot={}", to.display())).arg(address);
    let output = command.output().with_context(|| format!("failed to run {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && to.is_file(), "{command:?} fails: {said}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What tells a browser how much of a page is to be seen.
pub(crate) fn window(size: &str) -> String {
    format!("--window-size={size}")
}
