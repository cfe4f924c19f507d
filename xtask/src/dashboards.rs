//! `cargo xtask dashboards`: everything in `dashboards/`, generated.

use std::path::PathBuf;

use anyhow::{Context, Result};
use botmeter_generate::{Files, Mode, Options, generate};

use crate::{catalog::catalogue, environment, repository};

/// The command that this is, as it stands in the generated files.
const COMMAND: &str = "cargo xtask dashboards";

/// The folder of the generated files.
pub fn folder() -> PathBuf {
    repository::root().join("dashboards")
}

/// What is to be in the folder.
///
/// # Errors
///
/// When a board makes no sense; the message says which and why.
pub fn files() -> Result<Files> {
    let options = Options::new(COMMAND)
        .reference_url("https://github.com/botmeter/botmeter/blob/main/dashboards/reference")
        .grafana_url("http://localhost:3000");
    generate(&catalogue(), &options).context("the boards have problems")
}

/// Writes the folder and the page of the environment variables, or complains of
/// what differs from what would be written.
///
/// # Errors
///
/// When a board makes no sense, the folder is not up to date (in a check), or
/// the disk fails.
pub fn run(check: bool) -> Result<()> {
    let mode = if check { Mode::Check } else { Mode::Write };
    let report = files()?.apply(&folder(), mode)?;
    say(&report.to_string());
    say(&environment::apply(check)?);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a task talks to the person who runs it")]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_files_are_up_to_date() {
        files().unwrap().apply(&folder(), Mode::Check).unwrap();
    }
}
