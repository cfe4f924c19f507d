//! The command line. Every value is checked before anything starts.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};

use crate::{dashboards::Dashboards, doctor, duration::duration, target::Target};

/// What bots measure, without Prometheus and Grafana.
#[derive(Debug, Parser)]
#[command(name = "botmeter", version)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read the pages of bots again and again, and show them live in the browser
    Watch(Watch),
    /// Show the same in the terminal
    #[cfg(feature = "top")]
    Top(Top),
    /// Write what a page would show into one file that can be sent to somebody
    Report(Report),
    /// Show what `watch --keep` kept, as it was
    Open(Open),
    /// Find where metrics get lost between a program, its Prometheus and the dashboards, and print
    /// what to change
    Doctor(doctor::Options),
    /// Write dashboards, rules and reference pages for a Grafana and a Prometheus of your own
    Dashboards(Dashboards),
    /// Run Prometheus, Jaeger, Grafana and what goes with them on this machine, in containers or
    /// without, and keep their data
    #[cfg(feature = "stack")]
    Stack(botmeter_stack::Options),
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) sources: Sources,

    #[command(flatten)]
    pub(crate) place: Place,

    /// Keep what was read in this file, and go on from it after a restart
    #[arg(long, value_name = "FILE", conflicts_with = "prometheus")]
    pub(crate) keep: Option<PathBuf>,

    /// Serve no page, watch for this long, such as 10m, and fail with the runbook if an alert fires
    #[arg(long, value_name = "DURATION", value_parser = duration,
        conflicts_with_all = ["listen", "allowed_hosts", "keep"])]
    pub(crate) check: Option<Duration>,
}

/// Where there is no terminal, one screen is printed as text.
#[cfg(feature = "top")]
#[derive(Debug, Args)]
pub(crate) struct Top {
    #[command(flatten)]
    pub(crate) sources: Sources,

    /// Show what `watch --keep` kept in this file, and read no bot
    #[arg(long, value_name = "FILE", conflicts_with_all = ["targets", "job", "prometheus"])]
    pub(crate) from: Option<PathBuf>,

    /// Which dashboard comes first, by its address, such as llm-api-health
    #[arg(long, value_name = "NAME")]
    pub(crate) dashboard: Option<String>,

    /// How much time is shown, such as 1h
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) range: Option<Duration>,

    /// Print one screen as text, and end
    #[arg(long)]
    pub(crate) once: bool,

    /// How long the bots are watched before one screen is printed; by default, until they were
    /// read twice
    #[arg(long = "for", value_name = "DURATION", value_parser = duration, conflicts_with = "from")]
    pub(crate) watch_for: Option<Duration>,

    /// How many columns one screen has that is printed
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) width: Option<u16>,

    /// How many lines one screen has that is printed
    #[arg(long, value_name = "LINES", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) height: Option<u16>,

    /// Whether there are colors: in a terminal, or with `CLICOLOR_FORCE`, unless `NO_COLOR` is set
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    pub(crate) color: Color,
}

/// Whether there are colors.
#[cfg(feature = "top")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// In a terminal, or with `CLICOLOR_FORCE`, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) sources: Sources,

    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// How long the bots are watched before
    #[arg(long = "for", value_name = "DURATION", default_value = "1m", value_parser = duration)]
    pub(crate) watch_for: Duration,

    /// Report of what `watch --keep` kept in this file, and watch nobody
    #[arg(long, value_name = "FILE", conflicts_with_all = ["targets", "watch_for", "job", "prometheus"])]
    pub(crate) from: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The file that was kept
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) place: Place,

    /// How much memory the samples may take
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = size)]
    pub(crate) memory: u64,
}

/// Where a page is served.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Where the live page is served; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9465")]
    pub(crate) listen: SocketAddr,

    /// One more name under which the page may be asked for, beside addresses, localhost, names
    /// that end in .localhost, host.docker.internal and host.containers.internal; give it once for
    /// each
    #[arg(long = "allow-host", value_name = "NAME")]
    pub(crate) allowed_hosts: Vec<String>,
}

/// Which bots, and how.
#[derive(Debug, Args)]
pub(crate) struct Sources {
    /// The pages of bots, where a name in front is the label job, as in mail=10.0.0.7:9464
    #[arg(value_name = "[NAME=]URL", default_value = "http://127.0.0.1:9464/metrics")]
    pub(crate) targets: Vec<Target>,

    /// Ask this Prometheus instead of the bots themselves
    #[arg(long, value_name = "URL", conflicts_with_all = ["targets", "job", "memory"])]
    pub(crate) prometheus: Option<String>,

    /// Lead from panels to their traces in the Jaeger at this address
    #[arg(long, value_name = "URL")]
    pub(crate) jaeger: Option<String>,

    /// The label job of bots that are given without a name
    #[arg(long, value_name = "NAME", default_value = "bot")]
    pub(crate) job: String,

    /// How often each page is read, or the Prometheus asked
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = interval)]
    pub(crate) interval: Duration,

    /// How much memory the samples may take; beyond it, the oldest go
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    pub(crate) memory: u64,
}

/// Prometheus' API and the pages of bots are made for seconds.
fn interval(text: &str) -> Result<Duration, String> {
    let interval = duration(text)?;
    if (Duration::from_secs(1)..=Duration::from_mins(4)).contains(&interval) {
        Ok(interval)
    } else {
        // A value is believed for five minutes.
        Err("it must be from 1s to 4m".to_owned())
    }
}

fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 6] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("KB", 1000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
    ];
    let wrong = || "write it like 64MiB or 1GiB".to_owned();
    let found = UNITS.iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, *size)));
    let (number, unit) = found.ok_or_else(wrong)?;
    let number: u64 = number.trim().parse().map_err(|_| wrong())?;
    let size = number.checked_mul(unit).ok_or_else(wrong)?;
    if size < 1 << 20 { Err("give at least 1MiB".to_owned()) } else { Ok(size) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Options::command().debug_assert();
    }

    #[test]
    fn sizes_and_intervals_are_understood_or_refused_with_an_example() {
        assert_eq!(size("256MiB"), Ok(256 << 20));
        assert_eq!(size("2 GB"), Ok(2_000_000_000));
        for wrong in ["256", "-1MiB", "99999999999999GiB", "MiB", "1.5GiB", "1KiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(interval("5s"), Ok(Duration::from_secs(5)));
        for wrong in ["5", "500ms", "10m", "soon"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
