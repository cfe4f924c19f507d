//! What a backup says of itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// The format that this program writes and reads. It changes when an older
/// program could no longer restore what a newer one wrote.
const FORMAT: u32 = 1;

/// The word that tells a backup from any other archive.
const KIND: &str = "botmeter-stack-backup";

/// What goes into a backup: the folder of each server's data, and the versions.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    pub(crate) folders: BTreeMap<String, PathBuf>,
    pub(crate) versions: BTreeMap<String, String>,
    /// The version of this program.
    pub(crate) botmeter: String,
    /// Seconds since 1970.
    pub(crate) made_at: u64,
}

/// The list of everything in a backup, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(super) kind: String,
    pub(super) format: u32,
    /// The version of botmeter that wrote it.
    pub(crate) botmeter: String,
    /// When, in seconds since 1970.
    pub(crate) made_at: u64,
    /// The versions of the servers whose data it holds.
    pub(crate) servers: BTreeMap<String, String>,
    pub(crate) files: Vec<File>,
}

/// A file of a server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// `data/<server>/…`, with slashes.
    pub(crate) path: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
}

/// What is read before anything else of a manifest is believed.
#[derive(Deserialize)]
struct Head {
    kind: String,
    format: u32,
    botmeter: String,
}

impl Manifest {
    pub(super) fn new(contents: &Contents, files: Vec<File>) -> Self {
        Self {
            kind: KIND.to_owned(),
            format: FORMAT,
            botmeter: contents.botmeter.clone(),
            made_at: contents.made_at,
            servers: contents.versions.clone(),
            files,
        }
    }

    /// Reads and judges the text of a manifest.
    pub(super) fn read(text: &[u8]) -> Result<Self> {
        let head: Head = serde_json::from_slice(text)
            .context("its manifest is none of a backup: restore a file that `backup` wrote")?;
        if head.kind != KIND {
            bail!("it is a {:?}: restore a file that `backup` wrote", head.kind);
        }
        if head.format != FORMAT {
            bail!(
                "it is in format {}, written by botmeter {}, and this one reads format {FORMAT}: \
                 restore it with that version",
                head.format,
                head.botmeter
            );
        }
        let manifest: Self = serde_json::from_slice(text).context("its manifest is damaged")?;
        let mut paths = BTreeSet::new();
        for file in &manifest.files {
            if !is_safe(&file.path) || !paths.insert(&file.path) {
                bail!("its manifest names the file {:?}, which no backup has", file.path);
            }
        }
        Ok(manifest)
    }

    /// How many bytes the files have together.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// The servers that have files, in order.
    pub(crate) fn owners(&self) -> BTreeSet<&str> {
        self.files.iter().filter_map(|file| file.path.split('/').nth(1)).collect()
    }
}

/// Whether the path stays inside of a server's folder wherever it is unpacked.
fn is_safe(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let is_name = |part: &&str| !matches!(*part, "" | "." | "..") && !part.contains(['\\', '\0']);
    parts.len() >= 3 && parts.first() == Some(&"data") && parts.iter().all(is_name)
}
