//! Where this repository is, and what is in it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use cargo_metadata::{Metadata, MetadataCommand, Package};

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Cargo, in this folder, as if it was started by hand.
///
/// To a task it hands down which package it runs, and build scripts take what
/// they are told as a reason to run again: what was compiled by hand would be
/// compiled anew by a task, and the other way round.
pub fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root());
    let told = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(told) {
            command.env_remove(name);
        }
    }
    command
}

/// Builds a program of a package of this workspace, and tells where it is.
///
/// # Errors
///
/// When it does not build.
pub fn build(package: &str, program: &str) -> Result<PathBuf> {
    let mut command = cargo();
    command.arg("build");
    built(command, package, program)
}

/// The same by a command that builds into the folder of this workspace.
pub(crate) fn built(mut command: Command, package: &str, program: &str) -> Result<PathBuf> {
    let status = command.args(["--package", package]).status();
    let status = status.context("failed to run `cargo build`")?;
    ensure!(status.success(), "{package} does not build");
    let folder = metadata()?.target_directory.into_std_path_buf().join("debug");
    Ok(folder.join(format!("{program}{}", env::consts::EXE_SUFFIX)))
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
