//! The program `botmeter` while it serves the live page.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use xtask::running::{Running, started};

use crate::{built::built, process::without_own_variables};

/// A live page, which is there until it is dropped.
#[derive(Debug)]
pub struct Live {
    _program: Running,
    origin: String,
}

impl Live {
    /// Starts `botmeter watch`, or `botmeter open`, on any free port.
    ///
    /// # Errors
    ///
    /// When it does not build, or ends before it listens.
    pub fn start(arguments: &[&str]) -> Result<Self> {
        let mut command = botmeter()?;
        command.args(arguments).args(["--listen", "127.0.0.1:0"]);
        let (program, address) = started(&mut command, "live page: ")?;
        let origin = address.trim_end_matches('/').to_owned();
        Ok(Self { _program: program, origin })
    }

    /// The address of a page, which begins with `/`.
    pub fn page(&self, target: &str) -> String {
        format!("{}{target}", self.origin)
    }

    /// What is there.
    ///
    /// # Errors
    ///
    /// When the program does not answer, or with something else than a page.
    pub fn get(&self, target: &str) -> Result<String> {
        Ok(ureq::get(self.page(target)).call()?.body_mut().read_to_string()?)
    }

    /// What all of its addresses begin with.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// Runs `botmeter` until it ends, which has to be well.
///
/// # Errors
///
/// When it does not build, or fails.
pub fn run_botmeter(arguments: &[&str]) -> Result<()> {
    let mut command = botmeter()?;
    let output = command.args(arguments).output().context("failed to run botmeter")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "botmeter {arguments:?} fails: {said}");
    Ok(())
}

fn botmeter() -> Result<Command> {
    let mut command = Command::new(built("botmeter-cli", "botmeter")?);
    without_own_variables(&mut command);
    command.stdin(Stdio::null());
    Ok(command)
}
