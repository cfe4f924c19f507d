//! What a search for programs reads of the machine.

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

/// The environment.
///
/// A value of its own, because a process has one environment and tests need
/// many.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// The variables, by name.
    pub variables: BTreeMap<OsString, OsString>,
}

impl Machine {
    /// That of this process.
    pub fn of_this_process() -> Self {
        Self { variables: env::vars_os().collect() }
    }

    /// The value of a variable; an empty one counts as unset.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value.as_os_str())
    }

    /// The programs of a name on `PATH`, in its order.
    pub fn on_path(&self, binary: &str) -> impl Iterator<Item = PathBuf> {
        let file = file_name(binary);
        let folders: Vec<PathBuf> =
            self.variable("PATH").map(|path| env::split_paths(path).collect()).unwrap_or_default();
        folders.into_iter().map(move |folder| folder.join(&file)).filter(|path| is_program(path))
    }

    /// Where programs of a person keep their data. Not in `target`, because
    /// `cargo clean` is no request to lose measurements.
    ///
    /// # Errors
    ///
    /// If there is no such place.
    pub fn data(&self) -> Result<PathBuf> {
        let Some(base) = self.base("XDG_DATA_HOME", ".local/share") else {
            bail!("there is no place for the stack: set HOME or XDG_DATA_HOME")
        };
        Ok(base.join("stack"))
    }

    /// The folder that holds what was built from all clones.
    ///
    /// # Errors
    ///
    /// If there is no place for it.
    pub fn cache(&self) -> Result<PathBuf> {
        let Some(base) = self.base("XDG_CACHE_HOME", ".cache") else {
            bail!("there is no place for built servers: set HOME or XDG_CACHE_HOME")
        };
        Ok(base.join("servers"))
    }

    fn base(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        // The specification of these folders says to ignore a relative one.
        let set = self.variable(variable).map(Path::new).filter(|path| path.is_absolute());
        let home = || Some(Path::new(self.variable("HOME")?).join(below_home));
        Some(set.map(Path::to_owned).or_else(home)?.join("botmeter"))
    }
}

/// The file of a program, with the suffix of the system.
pub fn file_name(binary: &str) -> String {
    format!("{binary}{}", env::consts::EXE_SUFFIX)
}

/// Whether the path leads to a file that may be run.
#[cfg(unix)]
pub fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// Whether the path leads to a file; its name says whether it may be run.
#[cfg(not(unix))]
pub fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(pairs: &[(&str, &str)]) -> Machine {
        Machine {
            variables: pairs.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        }
    }

    #[test]
    fn data_is_where_a_person_keeps_it() {
        let home = Path::new("/people/ada/.local/share/botmeter/stack");
        assert_eq!(machine(&[("HOME", "/people/ada")]).data().unwrap(), home);
        let relative = machine(&[("HOME", "/people/ada"), ("XDG_DATA_HOME", "data")]);
        assert_eq!(relative.data().unwrap(), home);
        let set = machine(&[("HOME", "/people/ada"), ("XDG_DATA_HOME", "/data")]);
        assert_eq!(set.data().unwrap(), Path::new("/data/botmeter/stack"));
        let error = machine(&[("HOME", "")]).data().unwrap_err().to_string();
        assert_eq!(error, "there is no place for the stack: set HOME or XDG_DATA_HOME");
    }

    #[test]
    fn the_cache_needs_a_place() {
        let home = machine(&[("XDG_CACHE_HOME", "relative"), ("HOME", "/people/ada")]);
        assert_eq!(home.cache().unwrap(), Path::new("/people/ada/.cache/botmeter/servers"));
        let set = machine(&[("XDG_CACHE_HOME", "/absolute"), ("HOME", "/people/ada")]);
        assert_eq!(set.cache().unwrap(), Path::new("/absolute/botmeter/servers"));
        let error = machine(&[("XDG_CACHE_HOME", ""), ("HOME", "")]).cache().unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no place for built servers: set HOME or XDG_CACHE_HOME"
        );
    }
}
