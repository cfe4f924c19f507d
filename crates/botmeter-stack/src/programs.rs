//! The servers' programs, and where each is found: by its variable, on `PATH`,
//! or where a clone of botmeter has built it.

use std::{
    fmt, fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, bail};

use crate::{
    command::capture,
    machine::{Machine, file_name, is_program},
};

/// How long a program may take to say what it can: one that knows nothing of the
/// question may well start to serve.
const ANSWER: Duration = Duration::from_secs(10);

/// A program, and what it has to be able to do.
///
/// The name is not enough, and neither is the version: Debian builds Prometheus
/// without the OTLP receiver, and the Collector's core distribution has no
/// exporter for Prometheus. So a program from the variable or `PATH` is run
/// once, and what it prints has to name what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    /// The file name, without the suffix of the system.
    pub binary: &'static str,
    /// What other systems call it, in the order in which they are tried.
    pub other_names: &'static [&'static str],
    /// The variable that holds its path, if a person has set it.
    pub variable: &'static str,
    /// The arguments that make it name its abilities, and the one that is
    /// needed.
    pub ability: Option<(&'static [&'static str], &'static str)>,
}

/// The time-series database, which has to receive pushes.
pub const PROMETHEUS: Program = Program {
    binary: "prometheus",
    other_names: &[],
    variable: "BOTMETER_PROMETHEUS",
    ability: Some((&["--help"], "web.enable-otlp-receiver")),
};

/// The store of traces; version 1 was set up by flags.
pub const JAEGER: Program = Program {
    binary: "jaeger",
    other_names: &[],
    variable: "BOTMETER_JAEGER",
    ability: Some((&["--help"], "--config")),
};

/// The OpenTelemetry Collector, with an exporter for Prometheus.
pub const OTELCOL: Program = Program {
    binary: "otelcol",
    other_names: &[],
    variable: "BOTMETER_OTELCOL",
    ability: Some((&["components"], "prometheusexporter")),
};

/// Delivers the alerts of Prometheus.
pub const ALERTMANAGER: Program = Program {
    binary: "alertmanager",
    other_names: &[],
    variable: "BOTMETER_ALERTMANAGER",
    ability: None,
};

/// Several stores of series as one; each part of it is a command of the one
/// program.
pub const THANOS: Program = Program {
    binary: "thanos",
    other_names: &[],
    variable: "BOTMETER_THANOS",
    ability: Some((&["receive", "--help"], "receive.hashrings-file")),
};

/// What a search came to.
#[derive(Debug)]
pub struct Search {
    /// The program, if there is one.
    pub found: Option<Found>,
    /// A sentence for each program on `PATH` that has the name and not the
    /// abilities.
    pub passed_over: Vec<String>,
}

/// A program that was found.
#[derive(Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Which of the places it came from.
    pub origin: Origin,
}

/// Which of the places a program came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The variable of this name.
    Variable(&'static str),
    /// A folder on `PATH`.
    Path,
    /// Where clones keep what they build.
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

impl Program {
    /// Where it is: what its variable names, else the first on `PATH` that can
    /// do what is needed, else the newest that a clone of botmeter has built
    /// with `cargo xtask servers`.
    ///
    /// # Errors
    ///
    /// If the variable is set to what is not a program or to one that cannot do
    /// it.
    pub fn find(self, machine: &Machine) -> Result<Search> {
        self.search(machine, || newest(self, machine))
    }

    /// Whether there is anything of its name in any of these places, without a
    /// question what it can.
    ///
    /// # Errors
    ///
    /// If what was built cannot be looked at.
    pub fn is_anywhere(self, machine: &Machine) -> Result<bool> {
        let is_installed =
            machine.variable(self.variable).is_some() || self.on_path(machine).next().is_some();
        Ok(is_installed || newest(self, machine)?.is_some())
    }

    /// The same with another look at what was built.
    ///
    /// # Errors
    ///
    /// Those of [`find`](Self::find), and of that look.
    pub fn search(
        self,
        machine: &Machine,
        built: impl FnOnce() -> Result<Option<PathBuf>>,
    ) -> Result<Search> {
        let mut search = Search { found: None, passed_over: Vec::new() };
        if let Some(path) = machine.variable(self.variable).map(PathBuf::from) {
            self.check_named(&path, machine)?;
            search.found = Some(Found { path, origin: Origin::Variable(self.variable) });
            return Ok(search);
        }
        for path in self.on_path(machine) {
            let lack = match self.lack(&path, machine) {
                Ok(None) => {
                    search.found = Some(Found { path, origin: Origin::Path });
                    return Ok(search);
                }
                Ok(Some(lack)) => format!(" because it {lack}"),
                // A broken program on PATH is as good as none, and is told of too.
                Err(error) => format!(": {error:#}"),
            };
            search.passed_over.push(format!("{} is passed over{lack}", path.display()));
        }
        search.found = built()?.map(|path| Found { path, origin: Origin::Cache });
        Ok(search)
    }

    fn on_path(self, machine: &Machine) -> impl Iterator<Item = PathBuf> {
        let names = [self.binary].into_iter().chain(self.other_names.iter().copied());
        names.flat_map(|name| machine.on_path(name))
    }

    /// Refuses a variable that leads nowhere: who sets it means it, so looking
    /// elsewhere would run something else in silence.
    fn check_named(self, path: &Path, machine: &Machine) -> Result<()> {
        let Self { binary, variable, .. } = self;
        let shown = path.display();
        if !is_program(path) {
            bail!(
                "{variable} is \"{shown}\", which is not a program: set it to the path of \
                 {binary}, or unset it"
            );
        }
        let lack = self.lack(path, machine);
        match lack.with_context(|| format!("failed to use the value of {variable}"))? {
            None => Ok(()),
            Some(lack) => bail!(
                "{variable} is \"{shown}\", which {lack}: set it to another {binary}, or unset it"
            ),
        }
    }

    /// What the program cannot do, if there is something, as the end of a
    /// sentence.
    fn lack(self, path: &Path, machine: &Machine) -> Result<Option<String>> {
        let Some((arguments, word)) = self.ability else { return Ok(None) };
        let mut command = Command::new(path);
        command.args(arguments).env_clear().envs(&machine.variables);
        let outcome = capture(command, ANSWER)
            .with_context(|| format!("failed to run {}", path.display()))?;
        let question = format!("`{} {}`", self.binary, arguments.join(" "));
        Ok(match outcome {
            None => Some(format!("does not answer {question} within {ANSWER:?}")),
            // Which of the two streams help goes to differs from program to program.
            Some(said) if said.mentions(word) => None,
            Some(_) => Some(format!("does not know {word} (asked with {question})")),
        })
    }
}

/// The newest of those that clones have built, each in a folder that is named
/// after the program and the state of its sources.
fn newest(program: Program, machine: &Machine) -> Result<Option<PathBuf>> {
    // Without a place for a cache, nothing was built.
    let Ok(cache) = machine.cache() else { return Ok(None) };
    let failed = || format!("failed to read {}", cache.display());
    let entries = match fs::read_dir(&cache) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(failed),
    };
    let start = format!("{}-", program.binary);
    let mut newest: Option<(SystemTime, PathBuf)> = None;
    for entry in entries {
        let folder = entry.with_context(failed)?;
        let name = folder.file_name();
        // A name with a dot is that of a build that goes on, or of its lock.
        let is_whole =
            name.to_str().is_some_and(|name| name.starts_with(&start) && !name.contains('.'));
        let path = folder.path().join(file_name(program.binary));
        if is_whole && is_program(&path) {
            let built = folder.metadata().and_then(|data| data.modified()).with_context(failed)?;
            if newest.as_ref().is_none_or(|(other, _)| built > *other) {
                newest = Some((built, path));
            }
        }
    }
    Ok(newest.map(|(_, path)| path))
}

#[cfg(test)]
mod tests;
