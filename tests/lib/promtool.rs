//! The checker that comes with Prometheus.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use xtask::servers::{Server, find_or_skip};

/// What promtool thinks of what it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it found nothing to complain about.
    pub passed: bool,
    /// All that it printed.
    pub text: String,
}

/// Runs promtool with `dir` as its folder, and returns its verdict; `None`
/// where it is absent and not required.
///
/// # Errors
///
/// If it is required and absent, and if it cannot be run. A complaint is a
/// [`Verdict`].
pub fn promtool(args: &[&str], dir: &Path) -> Result<Option<Verdict>> {
    let Some(program) = find_or_skip(Server::Promtool)? else { return Ok(None) };
    let output =
        Command::new(&program)
            .args(args)
            .current_dir(dir)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("failed to run {} in {}", program.display(), dir.display()))?;
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    Ok(Some(Verdict { passed: output.status.success(), text: text.concat() }))
}
