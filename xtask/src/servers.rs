//! The real servers that tests run against: where they are found, and how
//! they are built when they are nowhere.
//!
//! A test asks for a [`Server`] and gets a path: from the server's variable,
//! else from `PATH`, else from the cache that [`build`] fills (see [`find`]).
//! A browser is nothing that is built here: a person installs it.
//! What is absent is skipped out loud, or fails where the tests are to be
//! complete (see [`find_or_skip`]).

mod build;
mod find;
mod module;
mod surroundings;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use self::module::Module;
use self::surroundings::Surroundings;

/// The servers that the tests of today use; `cargo xtask servers` without a
/// name makes sure of these.
pub const USED_BY_TESTS: &[Server] = &[
    Server::Prometheus,
    Server::Promtool,
    Server::Promql,
    Server::Alertmanager,
    Server::Amtool,
    Server::Jaeger,
    Server::Otelcol,
    Server::Compose,
    Server::Chromium,
    Server::Chromedriver,
];

/// The variable that turns an absent server from a skipped step into a failure.
const REQUIRE: &str = "BOTMETER_REQUIRE_SERVERS";

/// A program that tests run; all but the browser are written in Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Server {
    /// The time-series database that scrapes, receives pushes and evaluates rules.
    Prometheus,
    /// Checks the configuration and the rules of Prometheus, and tests rules.
    Promtool,
    /// Answers queries with the engine of Prometheus; written here, around it.
    Promql,
    /// Delivers the alerts of Prometheus.
    Alertmanager,
    /// Checks the configuration of Alertmanager.
    Amtool,
    /// Stores traces and answers questions about them.
    Jaeger,
    /// The OpenTelemetry Collector, with the components that the tests use.
    Otelcol,
    /// Docker Compose, of which only the check of compose files runs here.
    Compose,
    /// The browser that live pages are looked at with, and drawn by.
    Chromium,
    /// Clicks and presses keys in that browser, as a person does.
    Chromedriver,
}

impl Server {
    /// The file name of the program, without the suffix of the system.
    pub fn binary(self) -> &'static str {
        match self {
            Self::Prometheus => "prometheus",
            Self::Promtool => "promtool",
            Self::Promql => "botmeter-promql",
            Self::Alertmanager => "alertmanager",
            Self::Amtool => "amtool",
            Self::Jaeger => "jaeger",
            Self::Otelcol => "otelcol",
            Self::Compose => "docker-compose",
            Self::Chromium => "chromium",
            Self::Chromedriver => "chromedriver",
        }
    }

    /// The names under which systems have it, in the order in which they are
    /// tried.
    fn names(self) -> Vec<&'static str> {
        match self {
            Self::Chromium => vec![self.binary(), "chromium-browser", "google-chrome"],
            _ => vec![self.binary()],
        }
    }

    /// The variable that holds the path of the program, if a person has set it.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Prometheus => "BOTMETER_PROMETHEUS",
            Self::Promtool => "BOTMETER_PROMTOOL",
            Self::Promql => "BOTMETER_PROMQL",
            Self::Alertmanager => "BOTMETER_ALERTMANAGER",
            Self::Amtool => "BOTMETER_AMTOOL",
            Self::Jaeger => "BOTMETER_JAEGER",
            Self::Otelcol => "BOTMETER_OTELCOL",
            Self::Compose => "BOTMETER_COMPOSE",
            Self::Chromium => "BOTMETER_CHROMIUM",
            Self::Chromedriver => "BOTMETER_CHROMEDRIVER",
        }
    }

    /// The name that `cargo xtask servers` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Promql => "promql",
            _ => self.binary(),
        }
    }

    /// What a person does who lacks it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Chromium | Self::Chromedriver => {
                "install Chromium and its driver (in Debian `apt-get install chromium \
                 chromium-driver`), or set BOTMETER_CHROMIUM and BOTMETER_CHROMEDRIVER"
            }
            _ => "run `cargo xtask servers`",
        }
    }
}

/// Where the program is: what the server's variable names, else the first of
/// that name on `PATH` that can do what the tests ask of it, else the cache
/// that [`build`] fills; `None` if it is nowhere.
///
/// The name is not enough, and neither is the version: Debian builds
/// Prometheus without the OTLP receiver, and the Collector's core distribution
/// has no exporter for Prometheus. So a program from the variable or `PATH` is
/// run once, and what it prints has to name what the tests use:
///
/// | program | is run with | and has to name |
/// |---|---|---|
/// | `prometheus` | `--help` | `web.enable-otlp-receiver` |
/// | `promtool` | `check rules --help` | `ignore-unknown-fields`, which only the 3.x series has: an older one judges rules by an older language |
/// | `jaeger` | `--help` | `--config`: version 1 was set up by flags |
/// | `otelcol` | `components` | `prometheusexporter` |
/// | `docker-compose` | `--help` | `--dry-run`, which version 1 lacks |
///
/// # Errors
///
/// If the variable is set to what is not a program or to one that fails the
/// test above, and if there is no place for a cache. An empty variable counts
/// as unset.
pub fn find(server: Server) -> Result<Option<PathBuf>> {
    let search = find::search(server, &Surroundings::of_this_process())?;
    Ok(search.found.map(|found| found.path))
}

/// What [`find`] says, for a test: an absent server prints
/// ``skipped: no prometheus (run `cargo xtask servers`)`` and gives `None`, upon
/// which the test returns; where servers are [`required`], it is an error.
///
/// # Errors
///
/// Those of [`find`] and [`required`], and an absent server that is required.
pub fn find_or_skip(server: Server) -> Result<Option<PathBuf>> {
    // The error stream itself, because the test harness shows what a passing
    // test prints through the macros to nobody.
    find_or_say(server, &Surroundings::of_this_process(), &mut io::stderr().lock())
}

/// Whether an absent server fails the tests (`BOTMETER_REQUIRE_SERVERS=1`)
/// instead of skipping a step (`0`, empty or unset).
///
/// # Errors
///
/// If the variable is anything else.
pub fn required() -> Result<bool> {
    required_in(&Surroundings::of_this_process())
}

/// Builds the servers that are not in the cache yet, together with those that
/// share a Go module with them, and returns when they are there.
///
/// The cache is `botmeter/servers` in `XDG_CACHE_HOME` or `HOME/.cache`, with
/// a folder for each state of a module's files: another clone finds what this
/// one built, and a changed version is built anew. A folder appears whole or
/// not at all, whatever interrupts the build, and a second build of the same
/// waits for the first.
///
/// # Errors
///
/// If Go is missing, too old or fails, the cache cannot be written, or one is
/// not built here.
pub fn build(servers: &[Server]) -> Result<()> {
    let surroundings = Surroundings::of_this_process();
    for server in servers {
        let Some(module) = Module::of(*server) else {
            bail!("{} is not built here: {}", server.binary(), server.remedy());
        };
        build::ensure(module, &surroundings, &mut io::stderr().lock())?;
    }
    Ok(())
}

/// `cargo xtask servers`: finds each server or builds it, and prints a line
/// for each with its path and where that came from. No name stands for
/// [`USED_BY_TESTS`].
///
/// # Errors
///
/// Those of [`find`] and [`build`], and at the end a server that is missing and
/// not built here.
pub fn run(names: &[Server]) -> Result<()> {
    let servers = if names.is_empty() { USED_BY_TESTS } else { names };
    let surroundings = Surroundings::of_this_process();
    provide(servers, &surroundings, &mut io::stdout().lock(), &mut io::stderr().lock())
}

fn provide(
    servers: &[Server],
    surroundings: &Surroundings,
    answers: &mut dyn Write,
    progress: &mut dyn Write,
) -> Result<()> {
    let mut missing = Vec::new();
    for server in servers {
        let mut search = find::search(*server, surroundings)?;
        for note in &search.passed_over {
            writeln!(progress, "note: {note}")?;
        }
        if search.found.is_none() {
            let Some(module) = Module::of(*server) else {
                missing.push(format!("there is no {}: {}", server.binary(), server.remedy()));
                continue;
            };
            build::ensure(module, surroundings, progress)?;
            search = find::search(*server, surroundings)?;
        }
        let Some(found) = search.found else {
            bail!("{} is not in the cache although its build succeeded", server.binary());
        };
        writeln!(answers, "{:<14} {} ({})", server.name(), found.path.display(), found.origin)?;
    }
    if !missing.is_empty() {
        bail!(missing.join("; "));
    }
    Ok(())
}

fn find_or_say(
    server: Server,
    surroundings: &Surroundings,
    log: &mut dyn Write,
) -> Result<Option<PathBuf>> {
    let search = find::search(server, surroundings)?;
    if let Some(found) = search.found {
        return Ok(Some(found.path));
    }
    let binary = server.binary();
    if required_in(surroundings)? {
        let remedy = server.remedy();
        let mut parts = vec![format!("{REQUIRE} is set and there is no {binary}: {remedy}")];
        parts.extend(search.passed_over);
        bail!(parts.join("; "));
    }
    for note in &search.passed_over {
        writeln!(log, "note: {note}")?;
    }
    writeln!(log, "skipped: no {binary} ({})", server.remedy())?;
    Ok(None)
}

fn required_in(surroundings: &Surroundings) -> Result<bool> {
    let Some(value) = surroundings.variable(REQUIRE) else { return Ok(false) };
    match value.to_str() {
        Some("1") => Ok(true),
        Some("0") => Ok(false),
        _ => bail!("{REQUIRE} is \"{}\": set it to 1 or 0, or leave it unset", value.display()),
    }
}

#[cfg(test)]
mod tests;
