//! Where this repository is, and what is in it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package};

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// What cargo knows of the workspace, its dependencies left out.
///
/// # Errors
///
/// When cargo cannot read the manifests.
pub fn metadata() -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("failed to read the manifests of the workspace")
}

/// The packages in `crates/`, by name.
///
/// # Errors
///
/// When cargo cannot read the manifests.
pub fn crates() -> Result<Vec<Package>> {
    let folder = root().join("crates");
    let mut packages: Vec<Package> = metadata()?
        .packages
        .into_iter()
        .filter(|package| package.manifest_path.as_std_path().starts_with(&folder))
        .collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}
