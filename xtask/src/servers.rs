//! The real servers that tests run against: where they are found, and how
//! they are built when they are nowhere.
//!
//! A test asks for a [`Server`] and gets a path: from the server's variable,
//! else from `PATH`, else from the cache that [`build`] fills, where it counts
//! only if it is of the very version that is pinned here. A browser is nothing
//! that is built here: a person installs it.
//! A test that needs one is ignored, and says so; where it runs all the same,
//! an absent server is an error (see [`needed`]).

mod build;
mod module;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use botmeter_stack::{
    Machine, file_name, is_program,
    programs::{ALERTMANAGER, JAEGER, OTELCOL, PROMETHEUS, Program, Search, THANOS},
};
use clap::ValueEnum;

use self::module::Module;

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
    Server::Thanos,
    Server::Chromium,
    Server::Chromedriver,
];

/// The variable that turns what cannot be tested here into a failure.
pub const REQUIRE: &str = "BOTMETER_REQUIRE_SERVERS";

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
    /// Several stores of series as one, each series in two of them.
    Thanos,
    /// The browser that live pages are looked at with, and drawn by.
    Chromium,
    /// Clicks and presses keys in that browser, as a person does.
    Chromedriver,
}

/// What the search and the build read of the world around them.
#[derive(Debug)]
struct Surroundings {
    machine: Machine,
    /// The folder of the Go modules.
    modules: PathBuf,
}

impl Surroundings {
    fn of_this_process() -> Self {
        let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/servers");
        Self { machine: Machine::of_this_process(), modules }
    }
}

impl Server {
    /// The program, and what it has to be able to do.
    pub fn program(self) -> Program {
        let tool =
            |binary, variable, ability| Program { binary, other_names: &[], variable, ability };
        match self {
            Self::Prometheus => PROMETHEUS,
            // Only the 3.x series knows this; an older one judges rules by an
            // older language.
            Self::Promtool => tool(
                "promtool",
                "BOTMETER_PROMTOOL",
                Some((&["check", "rules", "--help"], "ignore-unknown-fields")),
            ),
            Self::Promql => tool("botmeter-promql", "BOTMETER_PROMQL", None),
            Self::Alertmanager => ALERTMANAGER,
            Self::Amtool => tool("amtool", "BOTMETER_AMTOOL", None),
            Self::Jaeger => JAEGER,
            Self::Otelcol => OTELCOL,
            // Version 1 lacks this.
            Self::Compose => {
                tool("docker-compose", "BOTMETER_COMPOSE", Some((&["--help"], "--dry-run")))
            }
            Self::Thanos => THANOS,
            Self::Chromium => Program {
                other_names: &["chromium-browser", "google-chrome"],
                ..tool("chromium", "BOTMETER_CHROMIUM", None)
            },
            // It says itself which versions of the browser it takes.
            Self::Chromedriver => tool("chromedriver", "BOTMETER_CHROMEDRIVER", None),
        }
    }

    /// The name that `cargo xtask servers` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Promql => "promql",
            _ => self.program().binary,
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

/// Where the program is, if it is anywhere.
fn search(server: Server, surroundings: &Surroundings) -> Result<Search> {
    let program = server.program();
    program.search(&surroundings.machine, || {
        let Some(module) = Module::of(server) else { return Ok(None) };
        let path = module.cached(surroundings)?.join(file_name(program.binary));
        Ok(is_program(&path).then_some(path))
    })
}

/// Where the program is, for a task: what the server's variable names, else the
/// first on `PATH` that can do what is needed, else the cache that [`build`]
/// fills.
///
/// # Errors
///
/// If the variable is set to what is not such a program, or there is no place
/// for a cache.
pub fn find(server: Server) -> Result<Option<PathBuf>> {
    Ok(search(server, &Surroundings::of_this_process())?.found.map(|found| found.path))
}

/// As [`find`], for a task or a test that cannot do without.
///
/// # Errors
///
/// As those of [`find`], and if the program is nowhere; the error says how to
/// come by it.
pub fn needed(server: Server) -> Result<PathBuf> {
    needed_in(server, &Surroundings::of_this_process())
}

/// Whether it is a failure that something cannot be tested here
/// (`BOTMETER_REQUIRE_SERVERS=1`), or is said and left out (`0`, empty or
/// unset).
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
            bail!("{} is not built here: {}", server.name(), server.remedy());
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
/// If a variable leads to what is no such program, a build fails, or, at the
/// end, one is missing that is not built here.
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
        let mut outcome = search(*server, surroundings)?;
        for note in &outcome.passed_over {
            writeln!(progress, "note: {note}")?;
        }
        if outcome.found.is_none() {
            let Some(module) = Module::of(*server) else {
                missing.push(format!("there is no {}: {}", server.name(), server.remedy()));
                continue;
            };
            build::ensure(module, surroundings, progress)?;
            outcome = search(*server, surroundings)?;
        }
        let Some(found) = outcome.found else {
            bail!("{} is not in the cache although its build succeeded", server.program().binary);
        };
        writeln!(answers, "{:<14} {} ({})", server.name(), found.path.display(), found.origin)?;
    }
    if !missing.is_empty() {
        bail!(missing.join("; "));
    }
    Ok(())
}

fn needed_in(server: Server, surroundings: &Surroundings) -> Result<PathBuf> {
    let outcome = search(server, surroundings)?;
    if let Some(found) = outcome.found {
        return Ok(found.path);
    }
    let (binary, remedy) = (server.program().binary, server.remedy());
    let mut parts = vec![format!("there is no {binary}: {remedy}")];
    parts.extend(outcome.passed_over);
    bail!(parts.join("; "));
}

fn required_in(surroundings: &Surroundings) -> Result<bool> {
    let Some(value) = surroundings.machine.variable(REQUIRE) else { return Ok(false) };
    match value.to_str() {
        Some("1") => Ok(true),
        Some("0") => Ok(false),
        _ => bail!("{REQUIRE} is \"{}\": set it to 1 or 0, or leave it unset", value.display()),
    }
}

#[cfg(test)]
mod tests;
