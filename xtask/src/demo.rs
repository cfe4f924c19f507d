//! `cargo xtask demo`: a bot, and the live page of it.

use std::{
    io::{self, BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
    thread,
};

use anyhow::{Context, Result};
use botmeter_telemetry::stop_requested;

use crate::{repository, running::started, terminal::say};

/// What stands before the address of the bot's page, which the demo says first.
const PAGE: &str = "metrics: http";

/// What stands before that of the live page.
const LIVE: &str = "live page: ";

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
    let mut page = None;
    let lines = BufReader::new(demo.stdout.take().context("failed to read the demo")?).lines();
    for line in lines.map_while(io::Result::ok) {
        say(&line);
        if let Some(rest) = line.strip_prefix(PAGE) {
            let mut watch = Command::new(&program);
            watch.args(["watch", "--listen", live, &format!("http{rest}")]);
            // Both addresses come before everything else. One that cannot listen
            // has said why, and the demo goes on.
            page = started(&mut watch, LIVE).ok();
            if let Some((_, address)) = &page {
                say(format_args!("{LIVE}{address}"));
            }
        }
    }
    let status = demo.wait().context("failed to wait for the demo")?;
    drop(page);
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
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
        _ = demo.map(|demo| kill_process(demo, Signal::TERM));
    });
    Ok(())
}

#[cfg(not(unix))]
fn pass_on(stop: botmeter_telemetry::StopRequested, _demo: &Child) -> Result<()> {
    drop(stop);
    Ok(())
}
