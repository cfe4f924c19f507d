//! Programs of this workspace, built once for all tests of a process.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use anyhow::Result;

/// Where the program of a package is, after it was built.
pub(crate) fn built(package: &'static str, program: &str) -> Result<PathBuf> {
    static BUILT: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = built.get(package) {
        return Ok(path.clone());
    }
    let path = xtask::repository::build(package, program)?;
    built.insert(package, path.clone());
    Ok(path)
}
