//! `cargo xtask test`: what has to pass, step by step.
//!
//! A step is a command that a person can run alone; the one that fails is
//! printed as it was run.

use std::{fs, path::PathBuf, process::Command, time::Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;

use crate::{
    features,
    needs::{self, Lack},
    outside, repository, servers, soak,
    terminal::say,
};

/// The tests of a fleet of stores.
const FLEET: &str = "real_fleet";

/// Which steps.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Everything, as in CI: also each feature alone, packages, the examples,
    /// real servers and the soak
    #[arg(long)]
    all: bool,
    /// The step to begin with; those before it are left out, as after one that
    /// failed and was mended
    #[arg(long, value_name = "STEP")]
    from: Option<String>,
}

/// Runs the steps and stops at the first that fails.
///
/// # Errors
///
/// When a step fails or cannot be run; the message is the command to repeat.
pub fn run(options: Options) -> Result<()> {
    // What stops the run later would do so after an hour.
    let lacks = if options.all { Some(lacks()?) } else { None };
    let mut report = Report::new(options)?;
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
    if let Some(lacks) = lacks {
        rest(&mut report, &lacks)?;
    }
    report.print()
}

/// What takes long, or needs more than Rust.
fn rest(report: &mut Report, lacks: &[Lack]) -> Result<()> {
    if has_deny() {
        report.step("supply chain", cargo(&["deny", "--all-features", "check"]))?;
    } else {
        let why = "there is no cargo-deny: `cargo install cargo-deny` brings it";
        report.skip("supply chain", why.to_owned());
    }
    for alone in features::each_alone()? {
        let arguments: Vec<&str> = alone.arguments.iter().map(String::as_str).collect();
        report.step(&alone.name, lint(&arguments))?;
    }
    report.step("packages", cargo(&["xtask", "packages"]))?;
    for (name, command) in outside::steps()? {
        report.step(&name, command)?;
    }
    report.step("integration tests", cargo(&["test", "--package", "integration-tests"]))?;
    needing(report, lacks)?;
    // Optimized, because a million events a second are more than a debug build
    // can record.
    report.step("soak", soak::short())?;
    // The same build; without others beside it, because it compares times.
    let compared = ["--test", "it", "real_promql::", "--", "--ignored", "--test-threads=1"];
    let arguments = [&["test", "--release", "--package", "integration-tests"], &compared[..]];
    report.needing(lacks, "speed of the window", "real_promql", &arguments.concat())
}

/// What is not here of all that tests need; a failure where all is required.
fn lacks() -> Result<Vec<Lack>> {
    let (is_required, lacks) = (servers::required()?, needs::lacks()?);
    match lacks.first() {
        Some(lack) if is_required => bail!("{} is set: {}", servers::REQUIRE, lack.why),
        _ => Ok(lacks),
    }
}

/// The tests that are ignored elsewhere, because they need more than Rust.
fn needing(report: &mut Report, lacks: &[Lack]) -> Result<()> {
    let packages = ["test", "--package", "integration-tests", "--package", "xtask"];
    // What takes long is for a person who measures.
    let most = ["--", "--ignored", "--skip", "::cost::", "--skip", FLEET];
    let mut arguments = [&packages[..], &most].concat();
    for lack in lacks.iter().filter(|lack| !lack.tests.is_empty()) {
        report.skip(lack.name, lack.why.clone());
        arguments.extend(lack.tests.iter().flat_map(|test| ["--skip", test]));
    }
    report.needing(lacks, "real servers", "", &arguments)?;
    // Alone, because seven servers and three bots are enough for a machine.
    let fleet = [FLEET, "--", "--ignored", "--test-threads=1"];
    report.needing(lacks, "a fleet", FLEET, &[&packages[..], &fleet].concat())
}

fn has_deny() -> bool {
    cargo(&["deny", "--version"]).output().is_ok_and(|output| output.status.success())
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

/// What was done so far.
struct Report {
    options: Options,
    /// Whether the first step that is wanted is still to come.
    is_waiting: bool,
    steps: Vec<Step>,
    /// Where the durations are kept.
    file: PathBuf,
}

/// One step, as it stands in `target/test/summary.json`.
#[derive(Serialize)]
struct Step {
    name: String,
    seconds: f64,
    /// Why it was not run, if it was not.
    skipped: Option<String>,
}

impl Report {
    fn new(options: Options) -> Result<Self> {
        let folder = repository::metadata()?.target_directory.join("test").into_std_path_buf();
        fs::create_dir_all(&folder)
            .with_context(|| format!("failed to make {}", folder.display()))?;
        let (is_waiting, file) = (options.from.is_some(), folder.join("summary.json"));
        Ok(Self { options, is_waiting, steps: Vec::new(), file })
    }

    /// Whether this step is wanted, now that those before it are done.
    fn is_wanted(&mut self, name: &str) -> bool {
        self.is_waiting &= self.options.from.as_deref() != Some(name);
        !self.is_waiting
    }

    fn step(&mut self, name: &str, mut command: Command) -> Result<()> {
        if !self.is_wanted(name) {
            return Ok(());
        }
        let line = shown(&command);
        say(format_args!("\n=== {name}: {line}"));
        let start = Instant::now();
        let status = command.status().with_context(|| format!("failed to run `{line}`"))?;
        if !status.success() {
            let all = if self.options.all { "--all " } else { "" };
            bail!(
                "the step {name:?} failed; repeat it with `{line}`, and go on with `cargo xtask \
                 test {all}--from {name:?}`"
            );
        }
        let seconds = start.elapsed().as_secs_f64();
        self.steps.push(Step { name: name.to_owned(), seconds, skipped: None });
        self.save()
    }

    /// A step of tests that need what may not be here.
    fn needing(&mut self, lacks: &[Lack], name: &str, test: &str, of: &[&str]) -> Result<()> {
        let is_in_the_way = |lack: &&Lack| lack.tests.is_empty() || lack.tests.contains(&test);
        match lacks.iter().find(is_in_the_way) {
            Some(lack) => {
                self.skip(name, lack.why.clone());
                Ok(())
            }
            None => self.step(name, cargo(of)),
        }
    }

    fn skip(&mut self, name: &str, why: String) {
        if self.is_wanted(name) {
            say(format_args!("\n=== {name}: skipped, because {why}"));
            self.steps.push(Step { name: name.to_owned(), seconds: 0.0, skipped: Some(why) });
        }
    }

    /// Keeps how long each step took, also of a run that fails later.
    fn save(&mut self) -> Result<()> {
        self.steps.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
        let text = serde_json::to_string_pretty(&self.steps)? + "\n";
        fs::write(&self.file, text)
            .with_context(|| format!("failed to write {}", self.file.display()))
    }

    fn print(&self) -> Result<()> {
        if let Some(name) = self.options.from.as_ref().filter(|_| self.is_waiting) {
            bail!(
                "there is no step {name:?} in this run: it prints the names of all, and --all has \
                 more"
            );
        }
        say("");
        for Step { name, seconds, skipped } in &self.steps {
            match skipped {
                Some(why) => say(format_args!("  skipped  {name}: {why}")),
                None => say(format_args!("{seconds:>7.1} s  {name}")),
            }
        }
        let all: f64 = self.steps.iter().map(|step| step.seconds).sum();
        let skipped = self.steps.iter().filter(|step| step.skipped.is_some()).count();
        let passed = self.steps.len() - skipped;
        let before = match &self.options.from {
            Some(name) => format!("; those before {name:?} were left out"),
            None => String::new(),
        };
        let not = if skipped > 0 { format!("; skipped: {skipped}") } else { String::new() };
        say(format_args!("{all:>7.1} s  in {passed} steps, all passed{not}{before}"));
        if !self.options.all {
            say("cargo xtask test --all does the rest, as CI does");
        }
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
