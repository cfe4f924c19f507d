//! `cargo xtask test`: everything that has to pass, step by step.
//!
//! A step is a command that a person can run alone; the one that fails is
//! printed as it was run.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{features, outside, repository, soak, terminal::say};

/// Which steps.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// The step to begin with; those before it are left out, as after one that
    /// failed and was mended
    #[arg(long, value_name = "STEP")]
    from: Option<String>,
}

/// Runs every step and stops at the first that fails.
///
/// # Errors
///
/// When a step fails or cannot be run; the message is the command to repeat.
pub fn run(options: Options) -> Result<()> {
    let mut report =
        Report { left_out: options.from.clone(), from: options.from, ..Report::default() };
    let workspace = ["--workspace", "--all-features"];
    report.step("format", cargo(&["fmt", "--all", "--check"]))?;
    report.step("lints", lint(&[&workspace[..], &["--all-targets"]].concat()))?;
    report.step(
        "tests",
        cargo(&[&["test"], &workspace[..], &["--exclude", "integration-tests"]].concat()),
    )?;
    report.step("documentation", documentation())?;
    report.step("generated files", cargo(&["xtask", "dashboards", "--check"]))?;
    report.step("public API", cargo(&["xtask", "api", "--check"]))?;
    for alone in features::each_alone()? {
        let arguments: Vec<&str> = alone.arguments.iter().map(String::as_str).collect();
        report.step(&alone.name, lint(&arguments))?;
    }
    report.step("packages", cargo(&["xtask", "packages"]))?;
    for (name, command) in outside::steps()? {
        report.step(&name, command)?;
    }
    report.step("real servers", cargo(&["test", "--package", "integration-tests"]))?;
    // Optimized, because a million events a second are more than a debug build
    // can record.
    report.step("soak", soak::short())?;
    report.print()
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = repository::cargo();
    command.args(arguments);
    command
}

/// Lints of the packages alone: their dependencies are checked once, so one
/// feature after another costs little.
fn lint(arguments: &[&str]) -> Command {
    cargo(&[&["clippy"], arguments, &["--", "--deny", "warnings"]].concat())
}

fn documentation() -> Command {
    let mut command = cargo(&["doc", "--workspace", "--all-features", "--no-deps"]);
    command.env("RUSTDOCFLAGS", "--deny warnings");
    command
}

#[derive(Default)]
struct Report {
    /// The step that all wait for.
    from: Option<String>,
    /// The first that was run, if it was not the first of all.
    left_out: Option<String>,
    steps: Vec<(String, Duration)>,
}

impl Report {
    fn step(&mut self, name: &str, mut command: Command) -> Result<()> {
        if self.from.as_ref().is_some_and(|from| from != name) {
            return Ok(());
        }
        self.from = None;
        let line = shown(&command);
        say(format_args!("\n=== {name}: {line}"));
        let start = Instant::now();
        let status = command.status().with_context(|| format!("failed to run `{line}`"))?;
        if !status.success() {
            bail!(
                "the step {name:?} failed; repeat it with `{line}`, and go on with `cargo xtask \
                 test --from {name:?}`"
            );
        }
        self.steps.push((name.to_owned(), start.elapsed()));
        Ok(())
    }

    fn print(&self) -> Result<()> {
        if let Some(name) = &self.from {
            bail!("there is no step {name:?}: a run prints the names of all");
        }
        say("");
        for (name, took) in &self.steps {
            say(format_args!("{:>7.1} s  {name}", took.as_secs_f64()));
        }
        let all: Duration = self.steps.iter().map(|(_, took)| *took).sum();
        let before = match &self.left_out {
            Some(name) => format!("; those before {name:?} were left out"),
            None => String::new(),
        };
        let count = self.steps.len();
        say(format_args!("{:>7.1} s  in {count} steps, all passed{before}", all.as_secs_f64()));
        Ok(())
    }
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}='{}'", name.to_string_lossy(), value?.to_string_lossy()))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words = words.map(|word| word.to_string_lossy().into_owned());
    variables.chain(words).collect::<Vec<_>>().join(" ")
}
