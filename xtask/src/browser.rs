//! A browser that draws pages into pictures.

use std::{fs, io, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

/// Draws a page as a browser with these options shows it, and returns what the
/// browser was asked to say.
pub(crate) fn draw(browser: &Path, address: &str, options: &[&str], to: &Path) -> Result<String> {
    let mut command = Command::new(browser);
    command.args(["--headless", "--disable-gpu", "--hide-scrollbars"]);
    if is_root() {
        // Chromium does not start otherwise; everybody else keeps its sandbox,
        // because pages hold packages of others and what servers answer.
        command.arg("--no-sandbox");
    }
    // An old picture would pass for the new one.
    match fs::remove_file(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("failed to remove {}", to.display()));
        }
        _ => {}
    }
    command.args(options).arg(format!("--screenshot={}", to.display())).arg(address);
    let output = command.output().with_context(|| format!("failed to run {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && to.is_file(), "{command:?} fails: {said}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether root runs this, where there is a folder that belongs to whoever does,
/// as on Linux; elsewhere, Chromium itself says what root has to do.
#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;

    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// What tells a browser how much of a page is to be seen.
pub(crate) fn window(size: &str) -> String {
    format!("--window-size={size}")
}
