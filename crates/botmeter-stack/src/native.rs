//! The stack without containers: servers of this machine, under the eyes of
//! one process in the foreground.

mod child;
mod data;
mod demo;
mod folder;
mod found;
mod grafana;
mod plan;
mod ports;
mod server;
mod state;
mod supervisor;
mod watch;

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail, ensure};

use super::{
    configure::{self, View},
    place::Place,
    report::{amount, say},
    settings::Settings,
};
use folder::{Folder, Taken};
use state::State;

pub(super) use data::{backup, restore};
pub(super) use supervisor::up;
pub(super) use watch::{logs, status};

/// How long a server may take to end before it is ended.
const END: Duration = Duration::from_secs(15);

/// How long the process in the foreground may take to end all servers.
const END_ALL: Duration = Duration::from_mins(2);

/// Whether a stack runs in this place.
pub(super) fn runs(place: &Place) -> Result<bool> {
    Folder::new(&place.run).is_taken()
}

/// Takes the place for a stack, before anything is written that one that runs
/// there could read.
pub(super) fn take(place: &Place) -> Result<Taken> {
    Folder::new(&place.run).take()
}

/// An error if a stack runs in this place, for who would run another with the
/// same files.
pub(super) fn refuse_second(place: &Place) -> Result<()> {
    let folder = Folder::new(&place.run);
    ensure!(!folder.is_taken()?, folder.in_use());
    Ok(())
}

/// Whether a server that the stack cannot do without is on this machine.
pub(super) fn has_servers() -> Result<bool> {
    found::has_servers()
}

/// Writes Prometheus' targets; a Prometheus that runs sees them at once.
pub(super) fn configure(
    place: &Place,
    settings: &Settings,
    profiles: &BTreeSet<String>,
) -> Result<()> {
    let files = configure::targets(settings, profiles, View::Native)?;
    for path in configure::write(&files, &Folder::new(&place.run).prometheus())? {
        say(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// Ends the stack, wherever it runs, and keeps its data.
pub(super) fn down(place: &Place) -> Result<()> {
    let folder = Folder::new(&place.run);
    let ran = folder.is_taken()?;
    if ran {
        let state = State::of_running(&folder)?;
        state.supervisor.terminate()?;
        if !state.supervisor.wait(END_ALL) {
            state.supervisor.kill()?;
        }
    }
    // Also where nobody watches over them any more.
    match State::read(&folder)? {
        Some(state) => {
            ensure!(
                state.supervisor.wait(END),
                "the process {} cannot be ended",
                state.supervisor.pid
            );
            let left = end_leftovers(&state)?;
            state::remove(&folder)?;
            say(&format!("the stack had lost its watch; ended {left} of its servers"));
        }
        None if folder.is_taken()? => bail!("another stack was started meanwhile"),
        None if ran => say("the stack has ended; its data are kept"),
        None => say("the stack is not running"),
    }
    Ok(())
}

/// Ends the servers of a stack whose process is gone; how many there were.
fn end_leftovers(state: &State) -> Result<usize> {
    let mut ended = 0;
    for server in state.living() {
        server.process.end(END).with_context(|| format!("failed to end {}", server.name))?;
        ended += 1;
    }
    Ok(ended)
}

/// An error that says how servers without containers are started anew: by whoever
/// started them.
pub(super) fn refuse_restart(place: &Place) -> Result<()> {
    let folder = Folder::new(&place.run);
    ensure!(folder.is_taken()?, "the stack is not running: start it with `botmeter stack up`");
    bail!(
        "without containers, servers run in the foreground: end them with `botmeter stack down`, \
         and start them with `botmeter stack up`"
    )
}

/// What `reset` would remove: where, and how much.
pub(super) fn data_of(place: &Place) -> Result<(PathBuf, String)> {
    let folder = Folder::new(&place.run);
    Ok((folder.data(), amount(folder.size()?)))
}

/// Ends the stack and removes its data.
pub(super) fn reset(place: &Place) -> Result<()> {
    let folder = Folder::new(&place.run);
    // Also what nobody watches over any more writes there.
    if folder.is_taken()? || State::read(&folder)?.is_some() {
        down(place)?;
    }
    let _taken = folder.take()?;
    folder.remove_data()?;
    say("the data are gone");
    Ok(())
}
