//! A backup: a compressed tar of the servers' data that opens with a manifest
//! of everything in it.
//!
//! ```text
//! manifest.json                     format, versions, and each file's size and digest
//! data/<server>/<path of a file>
//! ```

mod manifest;
mod pack;
mod unpack;
mod watched;

pub(super) use self::manifest::{Contents, Manifest};
pub(super) use self::pack::pack;
pub(super) use self::unpack::unpack;

/// The first member.
const MANIFEST: &str = "manifest.json";

/// Files that say that somebody uses a folder, not what is in it.
const NOT_DATA: &[&str] = &["lock", "queries.active"];

#[cfg(test)]
mod tests;
