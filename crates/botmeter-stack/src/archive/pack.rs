//! Writing a backup.

use std::{
    fs::{self, File as Opened},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use tar::{Builder, Header};

use super::{
    MANIFEST, NOT_DATA,
    manifest::{Contents, File, Manifest},
    watched::Watched,
};
use crate::{digest::Sum, signals::Interrupts};

/// Writes the backup under its name once it is whole. Nobody may write in the
/// folders meanwhile.
///
/// # Errors
///
/// When something cannot be read or written, has changed while it was copied,
/// or somebody wants an end; there is nothing under the name then but what was
/// there before.
pub(crate) fn pack(
    contents: &Contents,
    target: &Path,
    interrupts: &Interrupts,
) -> Result<Manifest> {
    let failed = || format!("failed to write the backup {}", target.display());
    write(contents, target, interrupts).or_else(|error| {
        // Whatever failed because of it says less.
        interrupts.check().with_context(failed)?;
        Err(error)
    })
}

fn write(contents: &Contents, target: &Path, interrupts: &Interrupts) -> Result<Manifest> {
    let failed = || format!("failed to write the backup {}", target.display());
    let mut files = Vec::new();
    let mut sources = Vec::new();
    for (server, folder) in &contents.folders {
        for source in files_in(folder)? {
            let inside = source.strip_prefix(folder).context("a file is outside of its folder")?;
            let parts: Vec<&str> = inside.iter().filter_map(|part| part.to_str()).collect();
            let path = format!("data/{server}/{}", parts.join("/"));
            let (size, sha256) = measure(&source, interrupts)?;
            files.push(File { path, size, sha256 });
            sources.push(source);
        }
    }
    let manifest = Manifest::new(contents, files);

    let partial = Partial::beside(target);
    let output = Opened::create_new(&partial.0)
        .with_context(|| format!("failed to create {}", partial.0.display()))?;
    let compressed = GzEncoder::new(BufWriter::new(output), Compression::fast());
    let mut archive = Builder::new(compressed);
    let text = serde_json::to_vec_pretty(&manifest)?;
    add(&mut archive, MANIFEST, text.len() as u64, contents.made_at, &text[..])
        .with_context(failed)?;
    for (file, source) in manifest.files.iter().zip(&sources) {
        let opened =
            Opened::open(source).with_context(|| format!("failed to read {}", source.display()))?;
        let mut reader = Sum::new(Watched::new(opened.take(file.size), interrupts));
        add(&mut archive, &file.path, file.size, contents.made_at, &mut reader)
            .with_context(failed)?;
        ensure!(
            reader.hexadecimal() == file.sha256,
            "{} has changed while it was copied: end what writes there",
            source.display()
        );
    }
    let finish = || -> io::Result<Opened> {
        let writer = archive.into_inner()?.finish()?;
        writer.into_inner().map_err(io::IntoInnerError::into_error)
    };
    // On the disk before it has its name: a machine that loses power then has
    // the backup, or does not have it.
    finish().and_then(|file| file.sync_all()).with_context(failed)?;
    interrupts.check().with_context(failed)?;
    fs::rename(&partial.0, target).with_context(failed)?;
    Ok(manifest)
}

fn add(
    archive: &mut Builder<impl Write>,
    path: &str,
    size: u64,
    made_at: u64,
    data: impl Read,
) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(made_at);
    archive.append_data(&mut header, path, data)
}

/// The files under a folder, in a fixed order.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let failed = || format!("failed to read {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(failed)? {
            let entry = entry.with_context(failed)?;
            let kind = entry.file_type().with_context(failed)?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                let name = entry.file_name();
                let name = name
                    .to_str()
                    .with_context(|| format!("{} is no text", entry.path().display()))?;
                if !NOT_DATA.contains(&name) {
                    found.push(entry.path());
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

fn measure(path: &Path, interrupts: &Interrupts) -> Result<(u64, String)> {
    let failed = || format!("failed to read {}", path.display());
    let opened = Opened::open(path).with_context(failed)?;
    let mut sum = Sum::new(Watched::new(opened, interrupts));
    let size = io::copy(&mut sum, &mut io::sink()).with_context(failed)?;
    Ok((size, sum.hexadecimal()))
}

/// The file under construction; gone at the end, unless it got its name.
struct Partial(PathBuf);

impl Partial {
    fn beside(target: &Path) -> Self {
        let mut path = target.as_os_str().to_owned();
        path.push(format!(".partial-{}", std::process::id()));
        Self(path.into())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After a rename there is nothing to remove.
        drop(fs::remove_file(&self.0));
    }
}
