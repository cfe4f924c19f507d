//! Programs that look at files and say what they think of them.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use xtask::servers::{Server, needed};

use crate::process::without_own_variables;

/// What a program thinks of what it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it found nothing to complain about.
    pub passed: bool,
    /// All that it printed.
    pub text: String,
}

/// Runs promtool with `dir` as its folder, and returns its verdict.
///
/// # Errors
///
/// If it is absent, and if it cannot be run. A complaint is a
/// [`Verdict`].
pub fn promtool(args: &[&str], dir: &Path) -> Result<Verdict> {
    verdict(Server::Promtool, args, dir, &[])
}

/// Runs a server's program, with these variables beside those of this process,
/// and returns its verdict when it has ended.
///
/// # Errors
///
/// If it is absent, and if it cannot be run. A complaint is a
/// [`Verdict`].
pub fn verdict(
    server: Server,
    args: &[&str],
    dir: &Path,
    variables: &[(&str, &str)],
) -> Result<Verdict> {
    let program = needed(server)?;
    let mut command = Command::new(&program);
    without_own_variables(&mut command);
    let output = command
        .args(args)
        .current_dir(dir)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("failed to run {} in {}", program.display(), dir.display()))?;
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    Ok(Verdict { passed: output.status.success(), text: text.concat() })
}
