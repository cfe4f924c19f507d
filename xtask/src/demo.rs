//! `cargo xtask demo`: a bot, and the live page of it.

use std::{
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdout, Command, ExitCode, Stdio},
    thread,
};

use anyhow::{Context, Result};
use botmeter_telemetry::stop_requested;

use crate::repository;

/// What stands before the address of the bot's page, which the demo says first.
const PAGE: &str = "metrics: http";

/// Builds the demo and the live page, and runs both until the demo ends.
///
/// Ctrl-C reaches the demo, which then hands over its last metrics, and is
/// waited for.
///
/// # Errors
///
/// When one of them cannot be built or started.
pub fn run(live: &str, arguments: &[String]) -> Result<ExitCode> {
    let program = repository::build("botmeter-cli", "botmeter")?;
    let mut demo = Command::new(repository::build("botmeter-demo", "botmeter-demo")?);
    let stop = stop_requested().context("failed to listen for signals")?;
    let mut demo =
        demo.args(arguments).stdout(Stdio::piped()).spawn().context("failed to run the demo")?;
    pass_on(stop, &demo)?;
    let mut page = Page(None);
    let lines = BufReader::new(demo.stdout.take().context("failed to read the demo")?).lines();
    for line in lines.map_while(io::Result::ok) {
        say(&line);
        if let Some(rest) = line.strip_prefix(PAGE) {
            let mut watch = Command::new(&program);
            watch.args(["watch", "--listen", live, &format!("http{rest}")]);
            page = Page(Some(begun(&mut watch)?));
        }
    }
    let status = demo.wait().context("failed to wait for the demo")?;
    drop(page);
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

/// Starts the live page, and waits until it has said where it is: both
/// addresses come before everything else.
fn begun(watch: &mut Command) -> Result<Child> {
    let mut child = watch.stdout(Stdio::piped()).spawn().context("failed to run the live page")?;
    if let Some(out) = child.stdout.take() {
        let mut lines = BufReader::new(out);
        tell_first(&mut lines);
        // What it says later must not fill the pipe.
        thread::spawn(move || io::copy(&mut lines, &mut io::sink()));
    }
    Ok(child)
}

fn tell_first(lines: &mut BufReader<ChildStdout>) {
    let mut first = String::new();
    // One that cannot listen says so on standard error, and the demo goes on.
    if lines.read_line(&mut first).is_ok_and(|length| length > 0) {
        say(first.trim_end());
    }
}

/// Sends a signal that only this process got to the demo as well.
#[cfg(unix)]
fn pass_on(stop: botmeter_telemetry::StopRequested, demo: &Child) -> Result<()> {
    use rustix::process::{Pid, Signal, kill_process};

    let demo = i32::try_from(demo.id()).ok().and_then(Pid::from_raw);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .context("failed to listen for signals")?;
    thread::spawn(move || {
        runtime.block_on(stop);
        // Where it has ended meanwhile, there is nobody to tell.
        let _ = demo.map(|demo| kill_process(demo, Signal::TERM));
    });
    Ok(())
}

#[cfg(not(unix))]
fn pass_on(stop: botmeter_telemetry::StopRequested, _demo: &Child) -> Result<()> {
    drop(stop);
    Ok(())
}

/// The live page; it ends with the demo.
struct Page(Option<Child>);

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Nobody may be reading any more, which is no reason to end.
fn say(line: &str) {
    drop(writeln!(io::stdout(), "{line}"));
}
