//! Reading a backup, with every doubt taken seriously.

use std::{
    collections::BTreeMap,
    fs::{self, File as Opened},
    io::{self, BufReader, Read},
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use flate2::bufread::GzDecoder;
use tar::{Archive, Entry};

use super::{
    MANIFEST,
    manifest::{File, Manifest},
    watched::Watched,
};
use crate::{digest::Sum, signals::Interrupts};

/// A longer manifest than that of a million files is no manifest.
const LONGEST_MANIFEST: u64 = 512 * 1024 * 1024;

/// A longer path than systems have is none of a file.
const LONGEST_NAME: u64 = 4096;

/// Unpacks a backup into a folder that does not exist yet, and compares every
/// file with the manifest. The folder then holds a folder for each server.
///
/// # Errors
///
/// When the file is no backup, is damaged or of another format, or somebody
/// wants an end; the folder is gone again then.
pub(crate) fn unpack(source: &Path, into: &Path, interrupts: &Interrupts) -> Result<Manifest> {
    let failed = || format!("failed to read the backup {}", source.display());
    let file = Opened::open(source).with_context(failed)?;
    fs::create_dir(into).with_context(|| format!("failed to create {}", into.display()))?;
    let outcome = read(file, into, interrupts)
        .or_else(|error| {
            // Whatever failed because of it says less.
            interrupts.check()?;
            Err(error)
        })
        .with_context(failed);
    if outcome.is_err() {
        // What is left of it is found and removed by the next one.
        drop(fs::remove_dir_all(into));
    }
    outcome
}

fn read(file: Opened, into: &Path, interrupts: &Interrupts) -> Result<Manifest> {
    let decompressed = GzDecoder::new(BufReader::new(file));
    let mut archive = Archive::new(Watched::new(decompressed, interrupts));
    let damaged = "it is damaged, or no backup";
    // Raw, because `tar` itself reads long names and extensions into memory,
    // however long they are.
    let mut entries = archive.entries().context(damaged)?.raw(true);
    let first = entries.next().context("it is empty")?.context(damaged)?;
    ensure!(name(&first)? == MANIFEST, "it does not open with a manifest: it is no backup");
    let mut text = Vec::new();
    first.take(LONGEST_MANIFEST).read_to_end(&mut text).context(damaged)?;
    let manifest = Manifest::read(&text)?;
    let mut missing: BTreeMap<&str, &File> =
        manifest.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut long_name = None;
    for entry in entries {
        let mut entry = entry.context("it is damaged")?;
        if entry.header().entry_type().is_gnu_longname() {
            long_name = Some(name_within(&mut entry)?);
            continue;
        }
        let name = name(&entry)?;
        let name = long_name.take().unwrap_or(name);
        let Some(file) = missing.remove(name.as_str()) else {
            bail!("it is damaged: it holds {name:?}, of which its manifest knows nothing");
        };
        place(&mut entry, file, into)?;
    }
    if let Some(path) = missing.keys().next() {
        bail!("it is damaged: {path:?} is missing");
    }
    drain(archive.into_inner()).context("it is damaged")?;
    Ok(manifest)
}

/// The sum of the compressed whole stands at the end, after what tar reads.
fn drain(mut rest: impl Read) -> io::Result<()> {
    io::copy(&mut rest, &mut io::sink()).map(drop)
}

fn name(entry: &Entry<'_, impl Read>) -> Result<String> {
    let path = entry.path_bytes();
    ensure!(entry.header().entry_type().is_file(), "it is damaged: it holds more than files");
    Ok(String::from_utf8_lossy(&path).into_owned())
}

/// The name of the member behind this one, which is too long for its header.
fn name_within(entry: &mut Entry<'_, impl Read>) -> Result<String> {
    let size = entry.size();
    ensure!(size <= LONGEST_NAME, "it is damaged: it holds a name of {size} bytes");
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).context("it is damaged")?;
    let name = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    Ok(String::from_utf8_lossy(name).into_owned())
}

fn place(entry: &mut impl Read, file: &File, into: &Path) -> Result<()> {
    let inside = file.path.strip_prefix("data/").unwrap_or(&file.path);
    let target = into.join(inside);
    let failed = || format!("failed to write {}", target.display());
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).with_context(failed)?;
    }
    let mut output = Opened::create_new(&target).with_context(failed)?;
    // One byte more shows that there are too many.
    let mut reader = Sum::new(entry.take(file.size.saturating_add(1)));
    let size = io::copy(&mut reader, &mut output)
        .with_context(|| format!("it is damaged at {:?}, or cannot be written", file.path))?;
    ensure!(
        size == file.size && reader.hexadecimal() == file.sha256,
        "it is damaged: {:?} is not what the manifest says",
        file.path
    );
    Ok(())
}
