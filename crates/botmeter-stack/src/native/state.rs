//! What the process in the foreground tells others in a file.

use std::{
    fs,
    io::ErrorKind,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::folder::Folder;
use crate::{configure::replace, process::Identity};

const FILE: &str = "state.json";

/// The first moments of a stack, in which it has its folder and has not said
/// anything yet.
const MOMENT: Duration = Duration::from_secs(5);

/// Everything that others can know of a stack that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) supervisor: Identity,
    /// Whether all servers were ready.
    pub(super) has_started: bool,
    pub(super) servers: Vec<ServerState>,
    pub(super) profiles: Vec<String>,
}

/// A server that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ServerState {
    pub(super) name: String,
    pub(super) process: Identity,
    /// The page that answers once the server is ready.
    pub(super) ready: Option<String>,
}

impl State {
    /// What the file says, if there is one.
    pub(super) fn read(folder: &Folder) -> Result<Option<Self>> {
        let path = folder.file(FILE);
        let failed = || format!("failed to read {}", path.display());
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).with_context(|| {
                format!(
                    "{} is damaged: end the servers that it may have started, and remove it",
                    path.display()
                )
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(failed),
        }
    }

    /// What the stack says that has the folder now.
    pub(super) fn of_running(folder: &Folder) -> Result<Self> {
        let start = Instant::now();
        loop {
            match Self::read(folder)? {
                Some(state) if state.supervisor.lives() => return Ok(state),
                _ if start.elapsed() >= MOMENT => bail!(
                    "{} is in use, and not by a stack that runs: another command is at work there",
                    folder.data().display()
                ),
                _ => thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Those of its servers that run.
    pub(super) fn living(&self) -> impl Iterator<Item = &ServerState> {
        self.servers.iter().filter(|server| server.process.lives())
    }

    pub(super) fn write(&self, folder: &Folder) -> Result<()> {
        replace(&folder.file(FILE), &serde_json::to_string_pretty(self)?)
    }
}

/// Forgets the stack.
pub(super) fn remove(folder: &Folder) -> Result<()> {
    let path = folder.file(FILE);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
