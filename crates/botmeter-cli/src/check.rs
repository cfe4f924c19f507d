//! `botmeter watch --check`: whether an alert fires, for a machine that asks.

use std::{
    env, io,
    process::ExitCode,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use botmeter_view::text::{Terminal, fired};

use crate::{color::is_colored, failure::Failure, rounds::Rounds, say};

/// Watches for so long, or until an alert fires.
pub(crate) fn run(rounds: Rounds, length: Duration) -> Result<ExitCode, Failure> {
    let bots = Arc::clone(&rounds.bots);
    let shown = humantime::format_duration(length);
    say(format_args!("watches for {shown} whether an alert fires"));
    let (_end, ended) = mpsc::channel();
    let began = Instant::now();
    rounds.run(&ended, || began.elapsed() >= length || !bots.alerts().firing.is_empty());
    let alerts = bots.alerts();
    if !alerts.firing.is_empty() {
        say(fired(&alerts.firing, terminal()).trim_end());
        return Ok(ExitCode::FAILURE);
    }
    // Of a bot that is silent, nothing can be said.
    let unread = bots.unread();
    if !unread.is_empty() {
        return Err(Failure::to(format_args!("watch {}", unread.join("; "))));
    }
    say(format_args!("no alert fired within {shown}"));
    if !alerts.unsure.is_empty() {
        let count = alerts.unsure.len();
        say(format_args!("{count} look further back, so their silence means little"));
    }
    Ok(ExitCode::SUCCESS)
}

fn terminal() -> Terminal {
    let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Terminal { columns: columns.unwrap_or(100), has_color: is_colored(&io::stdout()) }
}
