//! The search for a program: the variable, then `PATH`, then the cache.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Server;
use super::module::Module;
use super::surroundings::{Surroundings, is_program};

/// What a search came to.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) found: Option<Found>,
    /// A sentence for each program on `PATH` that has the name and not the
    /// abilities.
    pub(super) passed_over: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) origin: Origin,
}

/// Which of the three places a program came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Variable(&'static str),
    Path,
    Cache,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "from {name}"),
            Self::Path => f.write_str("on PATH"),
            Self::Cache => f.write_str("built"),
        }
    }
}

pub(super) fn search(server: Server, surroundings: &Surroundings) -> Result<Search> {
    let mut search = Search { found: None, passed_over: Vec::new() };
    if let Some(path) = surroundings.variable(server.variable()).map(PathBuf::from) {
        check_named(server, &path, surroundings)?;
        search.found = Some(Found { path, origin: Origin::Variable(server.variable()) });
        return Ok(search);
    }
    let names = server.names();
    for path in names.iter().flat_map(|name| surroundings.on_path(name)) {
        match lack(server, &path, surroundings) {
            Ok(None) => {
                search.found = Some(Found { path, origin: Origin::Path });
                return Ok(search);
            }
            Ok(Some(lack)) => search
                .passed_over
                .push(format!("{} is passed over because it {lack}", path.display())),
            // A broken program on PATH is as good as none, and is told of too.
            Err(error) => {
                search.passed_over.push(format!("{} is passed over: {error:#}", path.display()));
            }
        }
    }
    if let Some(module) = Module::of(server) {
        let file = format!("{}{}", server.binary(), env::consts::EXE_SUFFIX);
        let path = module.cached(surroundings)?.join(file);
        search.found = is_program(&path).then_some(Found { path, origin: Origin::Cache });
    }
    Ok(search)
}

/// Refuses a variable that leads nowhere: who sets it means it, so looking
/// elsewhere would run the tests against something else in silence.
fn check_named(server: Server, path: &Path, surroundings: &Surroundings) -> Result<()> {
    let variable = server.variable();
    if !is_program(path) {
        bail!(
            "{variable} is \"{}\", which is not a program: set it to the path of {}, or unset it",
            path.display(),
            server.binary()
        );
    }
    match lack(server, path, surroundings)
        .with_context(|| format!("failed to use the value of {variable}"))?
    {
        None => Ok(()),
        Some(lack) => bail!(
            "{variable} is \"{}\", which {lack}: set it to another {}, or unset it",
            path.display(),
            server.binary()
        ),
    }
}

/// What the program cannot do, if there is something, as the end of a sentence.
fn lack(server: Server, path: &Path, surroundings: &Surroundings) -> Result<Option<String>> {
    let Some((arguments, word)) = ability(server) else { return Ok(None) };
    let output = Command::new(path)
        .args(arguments)
        .env_clear()
        .envs(&surroundings.variables)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("failed to run {}", path.display()))?;
    // Which of the two streams help goes to differs from program to program.
    let said = [&output.stdout, &output.stderr]
        .into_iter()
        .any(|text| String::from_utf8_lossy(text).contains(word));
    Ok((!said).then(|| {
        format!("does not know {word} (asked with `{} {}`)", server.binary(), arguments.join(" "))
    }))
}

/// The arguments that make a program name its abilities, and the one that the
/// tests need; the table is in the documentation of [`super::find`].
fn ability(server: Server) -> Option<(&'static [&'static str], &'static str)> {
    match server {
        Server::Prometheus => Some((&["--help"], "web.enable-otlp-receiver")),
        Server::Promtool => Some((&["check", "rules", "--help"], "ignore-unknown-fields")),
        Server::Jaeger => Some((&["--help"], "--config")),
        Server::Otelcol => Some((&["components"], "prometheusexporter")),
        Server::Compose => Some((&["--help"], "--dry-run")),
        // Of the last two, the one says which versions of the other it takes.
        Server::Promql
        | Server::Alertmanager
        | Server::Amtool
        | Server::Chromium
        | Server::Chromedriver => None,
    }
}
