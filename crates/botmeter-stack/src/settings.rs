//! What can be set: every variable of the stack, judged before anything uses
//! one.

mod kind;
mod variables;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::ErrorKind,
    net::IpAddr,
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    env_file::{self, Variables},
    ring::FLEET,
};
use kind::Kind;
pub(super) use variables::VARIABLES;

/// The password that nobody but a person can choose.
pub(super) const PASSWORD: &str = "GRAFANA_ADMIN_PASSWORD";

/// What those may do in Grafana who are not logged in.
pub(super) const ROLE: &str = "BOTMETER_GRAFANA_ROLE";

/// What they may on this machine unless somebody says otherwise: links to traces
/// open what is for editors.
pub(super) const EDITOR: &str = "Editor";

/// What runs beside the servers that always run.
pub(super) const PROFILES: &[&str] = &["collector", "alerts", "demo", FLEET];

/// The first of the ports in a row that the parts of a fleet have among them,
/// and how many these are.
pub(super) const FLEET_PORT: &str = "BOTMETER_FLEET_PORT";
pub(super) const FLEET_PORTS: u16 = 15;

/// The port of a fleet that people use, in containers or without.
pub(super) const QUERY_PORT: &str = "BOTMETER_QUERY_PORT";

/// Every variable with a value that makes sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    values: BTreeMap<&'static str, String>,
    chosen: BTreeSet<&'static str>,
    /// Whether there was a file to read.
    pub(super) has_file: bool,
}

impl Settings {
    /// Reads the file, if it is there; a variable of the process wins over it,
    /// as it does for Compose.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or a value makes no sense; the message
    /// names the variable, its value, where that is from, and what it can be.
    pub(super) fn read(file: &Path, process: &Variables) -> Result<Self> {
        let from_file = match fs::read_to_string(file) {
            Ok(text) => Some(
                env_file::parse(&text)
                    .with_context(|| format!("failed to read {}", file.display()))?,
            ),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error).with_context(|| format!("failed to read {}", file.display()));
            }
        };
        let has_file = from_file.is_some();
        let from_file = from_file.unwrap_or_default();
        for name in from_file.keys() {
            let is_ours = name.starts_with("BOTMETER_");
            ensure!(
                !is_ours || VARIABLES.iter().any(|variable| variable.name == name),
                "{name} in {} is no variable of the stack: compose/.env.example lists them all",
                file.display()
            );
        }
        let mut settings = Self { values: BTreeMap::new(), chosen: BTreeSet::new(), has_file };
        for variable in VARIABLES {
            let set = |variables: &Variables| {
                variables.get(variable.name).filter(|value| !value.is_empty()).cloned()
            };
            let (value, origin) = match (set(process), set(&from_file)) {
                (Some(value), _) => (value, "of this process".to_owned()),
                (None, Some(value)) => (value, format!("in {}", file.display())),
                (None, None) => {
                    settings.values.insert(variable.name, variable.default.to_owned());
                    continue;
                }
            };
            if let Err(allowed) = variable.kind.judge(&value) {
                let shown = if variable.kind == Kind::Secret { "secret" } else { &value };
                bail!("{} is {shown:?} {origin}: {allowed}", variable.name);
            }
            settings.values.insert(variable.name, value);
            settings.chosen.insert(variable.name);
        }
        settings.ports_differ(&[])?;
        settings.hosts_are_there()?;
        settings.editors_are_wanted()?;
        if !settings.is_chosen(ROLE) {
            settings.values.insert(ROLE, EDITOR.to_owned());
        }
        Ok(settings)
    }

    /// The value of a variable, from the file or by default.
    pub(super) fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Whether somebody has set the variable.
    pub(super) fn is_chosen(&self, name: &str) -> bool {
        self.chosen.contains(name)
    }

    /// A port, which has been judged to be one.
    pub(super) fn port(&self, name: &str) -> u16 {
        self.get(name).parse().unwrap_or_default()
    }

    /// A duration, which has been judged to be one.
    pub(super) fn duration(&self, name: &str) -> Duration {
        kind::duration(self.get(name)).unwrap_or_default()
    }

    /// The parts of a list.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        kind::parts(self.get(name)).collect()
    }

    /// The address on which servers listen.
    pub(super) fn bind(&self) -> IpAddr {
        self.get("BOTMETER_BIND").parse().unwrap_or(IpAddr::from([127, 0, 0, 1]))
    }

    /// The address by which this machine reaches what listens there.
    pub(super) fn host(&self) -> String {
        let bind = self.bind();
        match bind {
            address if address.is_unspecified() => "127.0.0.1".to_owned(),
            IpAddr::V6(address) => format!("[{address}]"),
            IpAddr::V4(address) => address.to_string(),
        }
    }

    /// The profiles that were asked for on the command line or in the file.
    pub(super) fn profiles(&self, asked: &[String]) -> BTreeSet<String> {
        let from_file = self.list("COMPOSE_PROFILES").into_iter().map(str::to_owned);
        from_file.chain(asked.iter().cloned()).collect()
    }

    /// All variables as the servers get them in their environment.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Two servers on one port would be noticed by one of them alone. Of the
    /// ports of a fleet, only these count: without one, others may have them,
    /// and in containers most are on no port of this machine.
    pub(super) fn ports_differ(&self, of_fleet: &[&str]) -> Result<()> {
        let mut owners: BTreeMap<u16, &str> = BTreeMap::new();
        for variable in VARIABLES.iter().filter(|variable| variable.kind == Kind::Port) {
            let is_of_fleet = matches!(variable.name, QUERY_PORT | FLEET_PORT);
            if is_of_fleet && !of_fleet.contains(&variable.name) {
                continue;
            }
            // Bots of other machines may well have the port of a server here.
            if variable.name == "BOTMETER_BOT_PORT" && self.get("BOTMETER_SCENARIO") != "localhost"
            {
                continue;
            }
            let first = self.port(variable.name);
            let more = if variable.name == FLEET_PORT { FLEET_PORTS - 1 } else { 0 };
            let last = first.checked_add(more).with_context(|| {
                format!(
                    "{FLEET_PORT} is {first}, and a fleet takes {FLEET_PORTS} ports from there on: \
                     give a lower one"
                )
            })?;
            for port in first..=last {
                if let Some(other) = owners.insert(port, variable.name) {
                    bail!(
                        "{other} and {} both take the port {port}: give each a port of its own",
                        variable.name
                    );
                }
            }
        }
        Ok(())
    }

    fn hosts_are_there(&self) -> Result<()> {
        let scenario = self.get("BOTMETER_SCENARIO");
        let hosts = self.list("BOTMETER_BOT_HOST");
        ensure!(
            matches!(scenario, "localhost" | "push") || !hosts.is_empty(),
            "BOTMETER_SCENARIO is {scenario:?} and BOTMETER_BOT_HOST is empty: set it to the {} \
             of the bots, separated by commas",
            if scenario == "vm" { "addresses" } else { "service or container names" }
        );
        Ok(())
    }

    /// Who is on this machine may edit unless somebody says otherwise; for
    /// others, somebody has to say so.
    fn editors_are_wanted(&self) -> Result<()> {
        let bind = self.bind();
        ensure!(
            bind.is_loopback() || self.is_chosen(ROLE),
            "BOTMETER_BIND is {bind}, so others could edit in Grafana without logging in: set \
             {ROLE} to Viewer, or to {EDITOR} if they may"
        );
        Ok(())
    }

    /// An error that says how to begin, unless the file is there and holds what
    /// has no default.
    pub(super) fn ready_for_grafana(&self, file: &Path) -> Result<()> {
        if self.is_chosen(PASSWORD) {
            return Ok(());
        }
        self.file_is_there(file)?;
        bail!(
            "{PASSWORD} is not set in {}: give Grafana's administrator a password",
            file.display()
        )
    }

    /// An error that says how to begin, unless the file is there.
    pub(super) fn file_is_there(&self, file: &Path) -> Result<()> {
        if self.has_file {
            return Ok(());
        }
        let example = file.with_file_name(".env.example");
        bail!(
            "there is no {file}: run `cp {} {file}`, and set {PASSWORD} in it",
            example.display(),
            file = file.display()
        )
    }
}

#[cfg(test)]
mod tests;
