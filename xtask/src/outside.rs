//! Packages of this repository that lie outside of its workspace, as those of
//! others do, so nothing of the workspace builds or tests them by itself.

use std::process::Command;

use anyhow::Result;

use crate::repository;

/// A folder with a workspace of its own.
#[derive(Clone, Copy, Debug)]
pub struct Outside {
    /// As it is written in commands.
    pub folder: &'static str,
}

impl Outside {
    /// A task of cargo in it.
    ///
    /// It shares the folder of what is built with the workspace, so that what
    /// both depend on is built once.
    ///
    /// # Errors
    ///
    /// When cargo cannot tell which folder that is.
    pub fn cargo(self, task: &str, arguments: &[&str]) -> Result<Command> {
        let mut command = repository::cargo();
        command.env("CARGO_TARGET_DIR", repository::metadata()?.target_directory);
        let manifest = format!("{}/Cargo.toml", self.folder);
        command.args([task, "--manifest-path", &manifest]).args(arguments);
        Ok(command)
    }
}

/// What has to pass in the fixture that turns on other features of what we
/// stand on, each with its name.
///
/// # Errors
///
/// When cargo cannot tell where it builds.
pub fn fixture_steps() -> Result<[(&'static str, Command); 3]> {
    let lint = ["--locked", "--all-targets", "--", "--deny", "warnings"];
    Ok([
        ("fixture: format", CROWDED.cargo("fmt", &["--check"])?),
        ("fixture: lints", CROWDED.cargo("clippy", &lint)?),
        ("fixture: other features of opentelemetry-otlp", CROWDED.cargo("test", &["--locked"])?),
    ])
}

/// Others turn on every feature of opentelemetry-otlp that could be in our way.
const CROWDED: Outside = Outside { folder: "tests/fixtures/crowded-otlp" };

#[cfg(test)]
pub(crate) mod tests {
    use std::{collections::BTreeMap, fs, path::Path};

    use super::*;

    /// The packages of a lock file that come from a registry: version and
    /// checksum of each, by its name and the part of the version of which a
    /// program needs only one.
    fn locked(file: &Path) -> BTreeMap<String, String> {
        let text = fs::read_to_string(file).unwrap();
        let mut all = BTreeMap::new();
        for package in text.split("[[package]]\n").skip(1) {
            let field = |key: &str| {
                let start = format!("{key} = ");
                package.lines().find_map(|line| line.strip_prefix(&start).map(str::to_owned))
            };
            if let (Some(name), Some(version), Some(sum)) =
                (field("name"), field("version"), field("checksum"))
            {
                let parts: Vec<&str> = version.trim_matches('"').split('.').collect();
                let series = if parts[0] == "0" { &parts[..2] } else { &parts[..1] };
                let key = format!("{} {}", name.trim_matches('"'), series.join("."));
                all.insert(key, format!("{version}, {sum}"));
            }
        }
        all
    }

    /// The packages that a folder locks to other versions than the workspace,
    /// and those that the workspace does not have.
    pub(crate) fn compared(outside: Outside) -> (Vec<String>, Vec<String>) {
        let ours = locked(&repository::root().join("Cargo.lock"));
        let theirs = locked(&repository::root().join(outside.folder).join("Cargo.lock"));
        assert!(theirs.len() > 50, "only {} packages were found", theirs.len());
        let (mut other, mut foreign) = (Vec::new(), Vec::new());
        for (package, version) in theirs {
            match ours.get(&package) {
                Some(known) if *known == version => {}
                Some(_) => other.push(package),
                None => foreign.push(package),
            }
        }
        (other, foreign)
    }

    #[test]
    fn the_fixture_is_built_with_the_versions_of_the_workspace() {
        let (other, foreign) = compared(CROWDED);
        let folder = CROWDED.folder;
        assert!(
            other.is_empty(),
            "these are not as in Cargo.lock: {other:#?}\n\
             run `cp Cargo.lock {folder}/ && cargo tree --manifest-path {folder}/Cargo.toml`"
        );
        // Others bring the client that we do not have.
        assert!(foreign.iter().any(|name| name.starts_with("reqwest ")), "{foreign:?}");
    }
}
