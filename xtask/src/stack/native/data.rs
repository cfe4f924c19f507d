//! The data of servers without containers: into a backup, and back.

use std::{path::Path, time::Duration};

use anyhow::{Result, ensure};

use super::{
    END_ALL,
    folder::{Folder, Taken},
    request::Paused,
};
use crate::stack::{
    archive::{Contents, Manifest, pack, unpack},
    place::Place,
    signals::Interrupts,
};

/// Nobody writes the data for as long as this is kept.
enum Quiet {
    /// There is no stack, and none can start.
    NotRunning(Taken),
    /// The stack has paused its servers.
    Paused(Paused),
}

impl Quiet {
    fn new(folder: &Folder) -> Result<Self> {
        if folder.is_taken()? {
            return Paused::new(folder, END_ALL).map(Self::Paused);
        }
        folder.take().map(Self::NotRunning)
    }

    fn swap(&self, folder: &Folder) -> Result<()> {
        match self {
            Self::NotRunning(taken) => folder.swap_data(taken),
            Self::Paused(paused) => folder.swap_paused_data(paused),
        }
    }

    /// Lets servers that were running run again, and waits for them.
    fn end(self, folder: &Folder, wait: Duration) -> Result<()> {
        match self {
            Self::NotRunning(_) => Ok(()),
            Self::Paused(paused) => paused.resume(folder, wait),
        }
    }
}

/// Writes a backup of everything that `down` would keep.
pub(in crate::stack) fn backup(
    place: &Place,
    target: &Path,
    mut contents: Contents,
    wait: Duration,
    interrupts: &Interrupts,
) -> Result<Manifest> {
    let folder = Folder::new(&place.run);
    ensure!(
        !folder.kept()?.is_empty(),
        "there are no data in {}: nothing was written",
        folder.data().display()
    );
    let quiet = Quiet::new(&folder)?;
    contents.folders = folder.kept()?.into_iter().collect();
    contents.versions.retain(|server, _| contents.folders.contains_key(server));
    let packed = pack(&contents, target, interrupts);
    let ended = quiet.end(&folder, wait);
    let manifest = packed?;
    ended?;
    Ok(manifest)
}

/// Puts a backup in the place of the data that there are.
pub(in crate::stack) fn restore(
    place: &Place,
    source: &Path,
    force: bool,
    wait: Duration,
    interrupts: &Interrupts,
) -> Result<Manifest> {
    let folder = Folder::new(&place.run);
    let refuse_live = || -> Result<()> {
        let kept = folder.kept()?;
        let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
        ensure!(
            force || kept.is_empty(),
            "there are data of {} in {}, which the backup would replace: `backup` them, then add \
             --force",
            names.join(" and "),
            folder.data().display()
        );
        Ok(())
    };
    // Before anything is unpacked, and again when nothing can change any more.
    refuse_live()?;
    // Servers that run do so until everything is unpacked.
    let taken = if folder.is_taken()? { None } else { Some(folder.take()?) };
    let incoming = folder.incoming();
    let manifest = unpack(source, &incoming, interrupts)?;
    let swapped = (|| {
        interrupts.check()?;
        let quiet = match taken {
            Some(taken) => Quiet::NotRunning(taken),
            None => Quiet::Paused(Paused::new(&folder, END_ALL)?),
        };
        let swapped = refuse_live().and_then(|()| quiet.swap(&folder));
        quiet.end(&folder, wait).and(swapped)
    })();
    if swapped.is_err() && incoming.exists() {
        drop(std::fs::remove_dir_all(&incoming));
    }
    swapped?;
    Ok(manifest)
}
