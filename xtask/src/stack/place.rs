//! Where things are: the configuration, the variables, and the data of servers
//! that run without containers.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};

use crate::repository;

/// The paths that the commands share.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// `compose/` of this repository, or a copy of it.
    pub(super) compose: PathBuf,
    /// The generated `dashboards/`.
    pub(super) dashboards: PathBuf,
    /// The file of variables.
    pub(super) env_file: PathBuf,
    /// Where the stack without containers runs.
    pub(super) run: PathBuf,
}

impl Place {
    /// The usual places, unless a person has said otherwise.
    ///
    /// # Errors
    ///
    /// When there is no configuration, or no place for data.
    pub(super) fn new(
        configuration: Option<&Path>,
        env_file: Option<&Path>,
        run: Option<&Path>,
    ) -> Result<Self> {
        let compose =
            configuration.map_or_else(|| repository::root().join("compose"), Path::to_owned);
        let compose = std::path::absolute(compose).context("failed to find the configuration")?;
        ensure!(
            compose.join("compose.yaml").is_file(),
            "there is no compose.yaml in {}: give the folder of the configuration",
            compose.display()
        );
        let run = match run {
            Some(run) => run.to_owned(),
            None => data_folder(|name| env::var_os(name))?,
        };
        let env_file = env_file.map_or_else(|| compose.join(".env"), Path::to_owned);
        Ok(Self {
            // Where compose.yaml looks for them as well.
            dashboards: compose.parent().unwrap_or(&compose).join("dashboards"),
            compose,
            // Servers and Compose are started in other folders.
            env_file: std::path::absolute(env_file)
                .context("failed to find the file of variables")?,
            run: std::path::absolute(run).context("failed to find the folder of the stack")?,
        })
    }
}

/// Where programs of a person keep their data. Not in `target`, because
/// `cargo clean` is no request to lose measurements.
fn data_folder(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = match (set("XDG_DATA_HOME").filter(|path| path.is_absolute()), set("HOME")) {
        (Some(data), _) => data,
        (None, Some(home)) => home.join(".local").join("share"),
        (None, None) => bail!(
            "there is no place for the data of the stack: set HOME or XDG_DATA_HOME, or give --run"
        ),
    };
    Ok(base.join("botmeter").join("stack"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_where_a_person_keeps_it() {
        let with = |pairs: &'static [(&str, &str)]| {
            data_folder(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
            })
        };
        let home = Path::new("/people/ada/.local/share/botmeter/stack");
        assert_eq!(with(&[("HOME", "/people/ada")]).unwrap(), home);
        assert_eq!(with(&[("HOME", "/people/ada"), ("XDG_DATA_HOME", "data")]).unwrap(), home);
        let data = with(&[("HOME", "/people/ada"), ("XDG_DATA_HOME", "/data")]).unwrap();
        assert_eq!(data, Path::new("/data/botmeter/stack"));
        assert!(with(&[("HOME", "")]).unwrap_err().to_string().contains("give --run"));
    }
}
