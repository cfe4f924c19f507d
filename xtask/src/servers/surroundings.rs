//! What the search and the build read of the world around them.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// The environment and the folder of the Go modules.
///
/// A value of its own, because a process has one environment and the tests of
/// this module need many.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) variables: BTreeMap<OsString, OsString>,
    pub(super) modules: PathBuf,
}

impl Surroundings {
    pub(super) fn of_this_process() -> Self {
        Self {
            variables: env::vars_os().collect(),
            modules: Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/servers"),
        }
    }

    /// The value of a variable; an empty one counts as unset.
    pub(super) fn variable(&self, name: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value.as_os_str())
    }

    /// The programs of a name on `PATH`, in its order.
    pub(super) fn on_path(&self, binary: &str) -> impl Iterator<Item = PathBuf> {
        let file = format!("{binary}{}", env::consts::EXE_SUFFIX);
        let folders: Vec<PathBuf> =
            self.variable("PATH").map(|path| env::split_paths(path).collect()).unwrap_or_default();
        folders.into_iter().map(move |folder| folder.join(&file)).filter(|path| is_program(path))
    }

    /// The folder that holds what was built from all clones.
    pub(super) fn cache(&self) -> Result<PathBuf> {
        let base = match (self.variable("XDG_CACHE_HOME").map(Path::new), self.variable("HOME")) {
            // The specification of these folders says to ignore a relative one.
            (Some(cache), _) if cache.is_absolute() => cache.to_owned(),
            (_, Some(home)) => Path::new(home).join(".cache"),
            _ => bail!("there is no place for built servers: set HOME or XDG_CACHE_HOME"),
        };
        Ok(base.join("botmeter").join("servers"))
    }
}

/// Whether the path leads to a file that may be run.
#[cfg(unix)]
pub(super) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// Whether the path leads to a file; its name says whether it may be run.
#[cfg(not(unix))]
pub(super) fn is_program(path: &Path) -> bool {
    path.is_file()
}
