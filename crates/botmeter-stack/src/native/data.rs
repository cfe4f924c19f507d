//! The data of servers without containers: into a backup, and back.

use std::path::Path;

use anyhow::{Result, ensure};

use super::{
    folder::{Folder, Taken},
    state::State,
};
use crate::{
    archive::{Contents, Manifest, pack, unpack},
    place::Place,
    signals::Interrupts,
};

/// Nobody writes the data for as long as the answer is kept.
fn at_rest(folder: &Folder) -> Result<Taken> {
    // Servers that have lost their watch write as well.
    let state = State::read(folder)?;
    ensure!(
        !folder.is_taken()? && state.iter().flat_map(State::living).next().is_none(),
        "the stack runs in {}, and its servers write there: end it with `botmeter stack down` first",
        folder.data().display()
    );
    folder.take()
}

/// Writes a backup of everything that `down` has kept.
pub(crate) fn backup(
    place: &Place,
    target: &Path,
    mut contents: Contents,
    interrupts: &Interrupts,
) -> Result<Manifest> {
    let folder = Folder::new(&place.run);
    ensure!(
        !folder.kept()?.is_empty(),
        "there are no data in {}: nothing was written",
        folder.data().display()
    );
    let _taken = at_rest(&folder)?;
    contents.folders = folder.kept()?.into_iter().collect();
    contents.versions.retain(|server, _| contents.folders.contains_key(server));
    pack(&contents, target, interrupts)
}

/// Puts a backup in the place of the data that there are.
pub(crate) fn restore(
    place: &Place,
    source: &Path,
    force: bool,
    interrupts: &Interrupts,
) -> Result<Manifest> {
    let folder = Folder::new(&place.run);
    let taken = at_rest(&folder)?;
    let kept = folder.kept()?;
    let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
    ensure!(
        force || kept.is_empty(),
        "there are data of {} in {}, which the backup would replace: `backup` them, then add \
         --force",
        names.join(" and "),
        folder.data().display()
    );
    let incoming = folder.incoming();
    let manifest = unpack(source, &incoming, interrupts)?;
    let swapped = interrupts.check().and_then(|()| folder.swap_data(&taken));
    if swapped.is_err() && incoming.exists() {
        drop(std::fs::remove_dir_all(&incoming));
    }
    swapped?;
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{native::state::ServerState, process::Identity};

    fn folder() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path());
        fs::create_dir_all(folder.data().join("prometheus")).unwrap();
        (root, folder)
    }

    #[test]
    fn data_are_at_rest_once_nobody_can_write_them() {
        let (_root, folder) = folder();
        let running = folder.take().unwrap();
        let error = at_rest(&folder).unwrap_err().to_string();
        assert!(error.starts_with("the stack runs in "), "{error}");
        assert!(error.ends_with("end it with `botmeter stack down` first"), "{error}");
        drop(running);
        let taken = at_rest(&folder).unwrap();
        assert!(folder.is_taken().unwrap());
        drop(taken);
    }

    #[test]
    fn a_server_that_lost_its_watch_still_writes() {
        let (_root, folder) = folder();
        let own = Identity::own().unwrap();
        let server =
            ServerState { name: "prometheus".to_owned(), process: own.clone(), ready: None };
        let mut state = State {
            supervisor: own,
            has_started: true,
            servers: vec![server],
            profiles: Vec::new(),
        };
        state.write(&folder).unwrap();
        let error = at_rest(&folder).unwrap_err().to_string();
        assert!(error.starts_with("the stack runs in "), "{error}");
        state.servers.clear();
        state.write(&folder).unwrap();
        at_rest(&folder).unwrap();
    }

    #[test]
    fn a_damaged_state_is_named() {
        let (_root, folder) = folder();
        fs::write(folder.file("state.json"), "{").unwrap();
        let error = at_rest(&folder).unwrap_err().to_string();
        assert!(
            error.ends_with(
                "state.json is damaged: end the servers that it may have started, and remove it"
            ),
            "{error}"
        );
    }
}
