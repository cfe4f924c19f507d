//! Programs that a task starts, and that end with it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context, Result, bail};

/// A program that has been started; it ends with this.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts a program that has nothing to say.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub fn start(command: &mut Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("failed to run {command:?}"))?;
        Ok(Self(child))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts a program, and waits for the address that it says after these words.
///
/// # Errors
///
/// When it does not start, or ends before it has said where it is; it told
/// standard error why.
pub fn started(command: &mut Command, before: &str) -> Result<(Running, String)> {
    let failed = |command: &Command| format!("failed to run {command:?}");
    command.stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| failed(command))?;
    let out = child.stdout.take();
    let running = Running(child);
    let mut lines = BufReader::new(out.with_context(|| failed(command))?).lines();
    for line in lines.by_ref().map_while(Result::ok) {
        if let Some(address) = line.strip_prefix(before) {
            let address = address.to_owned();
            // What it says later must not fill the pipe.
            thread::spawn(move || lines.for_each(drop));
            return Ok((running, address));
        }
    }
    bail!("{command:?} ended before it said where it is")
}
