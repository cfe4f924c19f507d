//! What others ask of the process in the foreground, by a file.

use std::{
    fs::{self, File},
    io::ErrorKind,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::{
    folder::Folder,
    state::{Phase, State},
};
use crate::stack::{configure::replace, process::Identity, signals::Interrupts};

const FILE: &str = "request.json";

/// How often the file is looked for, and its answer.
pub(super) const GLANCE: Duration = Duration::from_millis(50);

/// Something to be done by the process in the foreground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) id: String,
    pub(super) action: Action,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// Start these servers anew; all if none is named.
    Restart(Vec<String>),
    /// End the servers until whoever asks lets go of the client's lock.
    Pause,
}

impl Request {
    /// Takes the request that is waiting, if there is one.
    pub(super) fn take(folder: &Folder) -> Result<Option<Self>> {
        let path = folder.file(FILE);
        let failed = || format!("failed to read {}", path.display());
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(failed),
        };
        fs::remove_file(&path).with_context(failed)?;
        // Whoever wrote it waits no longer than it takes to say so.
        Ok(serde_json::from_slice(&text).ok())
    }
}

/// Asks for something and waits until it is done.
pub(super) fn ask(folder: &Folder, action: Action, wait: Duration) -> Result<()> {
    send(folder, action, wait).map(drop)
}

/// The servers are paused for as long as this is kept.
#[derive(Debug)]
pub(super) struct Paused {
    lock: File,
}

impl Paused {
    /// Has the servers paused.
    pub(super) fn new(folder: &Folder, wait: Duration) -> Result<Self> {
        Ok(Self { lock: send(folder, Action::Pause, wait)? })
    }

    /// Lets the servers start again, and waits until they run.
    pub(super) fn resume(self, folder: &Folder, wait: Duration) -> Result<()> {
        drop(self.lock);
        let start = Instant::now();
        loop {
            let state = State::read(folder)?.filter(|state| state.supervisor.lives());
            match state {
                Some(state) if state.phase == Phase::Running => return Ok(()),
                Some(_) if start.elapsed() < wait => thread::sleep(GLANCE),
                Some(_) => bail!("the servers did not start again within {wait:?}"),
                None => {
                    bail!("the stack has ended meanwhile; what it said last is in its terminal")
                }
            }
        }
    }
}

/// Writes the request and waits for its answer; the client's lock is free again
/// once the file is dropped.
fn send(folder: &Folder, action: Action, wait: Duration) -> Result<File> {
    let Some(lock) = folder.client()? else {
        bail!("another restart, backup or restore is at work: wait for its end");
    };
    let state = State::of_running(folder)?;
    ensure!(
        state.phase == Phase::Running,
        "the stack is just {}: wait until it runs",
        match state.phase {
            Phase::Starting => "starting",
            Phase::Paused => "paused",
            Phase::Ending | Phase::Running => "ending",
        }
    );
    let own = Identity::own()?;
    let id = format!("{own:?} {:?}", std::time::SystemTime::now());
    let request = Request { id: id.clone(), action };
    replace(&folder.file(FILE), &serde_json::to_string(&request)?)?;
    let start = Instant::now();
    loop {
        let state = State::read(folder)?.filter(|state| state.supervisor.lives());
        let Some(state) = state else {
            bail!("the stack has ended meanwhile; what it said last is in its terminal");
        };
        if let Some(answer) = state.answer.filter(|answer| answer.id == id) {
            match answer.error {
                Some(error) => bail!(error),
                None => return Ok(lock),
            }
        }
        if start.elapsed() >= wait {
            drop(fs::remove_file(folder.file(FILE)));
            bail!("the stack has not answered within {wait:?}");
        }
        thread::sleep(GLANCE);
    }
}

/// Waits until whoever asked for the pause lets go, by will or by ending.
pub(super) fn wait_for_release(folder: &Folder, interrupts: &Interrupts) -> Result<()> {
    while folder.client()?.is_none() {
        interrupts.check()?;
        thread::sleep(GLANCE);
    }
    Ok(())
}
