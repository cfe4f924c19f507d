//! A server as it is to be started.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

/// Everything about a server before it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) name: &'static str,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    /// What it gets beside the environment of this process.
    pub(super) variables: BTreeMap<String, String>,
    pub(super) directory: PathBuf,
    pub(super) ready: Ready,
    /// The ports that it listens on, by their variables.
    pub(super) ports: Vec<(&'static str, u16)>,
}

/// How one sees that it can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ready {
    /// This page answers with success.
    Page(String),
    /// It has printed this.
    Said(&'static str),
}

impl Server {
    /// The page that answers once it is ready, if there is one.
    pub(super) fn page(&self) -> Option<String> {
        match &self.ready {
            Ready::Page(url) => Some(url.clone()),
            Ready::Said(_) => None,
        }
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.directory);
        // What this process is told about its own telemetry is not for servers
        // that have variables of the same names.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("OTEL_")) {
                command.env_remove(name);
            }
        }
        command.envs(&self.variables);
        command
    }
}
