//! The example of a domain of one's own: its steps, and what keeps it and its
//! guide true.
//!
//! It lies outside of the workspace, as the crates of others do, so nothing of
//! the workspace builds or tests it by itself.

#[cfg(test)]
mod guide;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::repository;

/// The folder of the example, as it is written in commands.
const FOLDER: &str = "examples/own-domain";

/// The folder of the example.
pub fn folder() -> PathBuf {
    repository::root().join(FOLDER)
}

/// What has to pass in the example, each with its name.
///
/// It shares the folder of what is built with the workspace, so that what both
/// depend on is built once.
///
/// # Errors
///
/// When cargo cannot tell which folder that is.
pub fn steps(root: &Path) -> Result<[(&'static str, Command); 4]> {
    let target = repository::metadata()?.target_directory;
    let manifest = format!("{FOLDER}/Cargo.toml");
    let cargo = |task: &str, arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.current_dir(root).env("CARGO_TARGET_DIR", &target);
        command.args([task, "--manifest-path", &manifest]).args(arguments);
        command
    };
    let lint = ["--locked", "--all-targets", "--all-features", "--", "--deny", "warnings"];
    let generate = ["--locked", "--quiet", "--package", "support-xtask", "dashboards", "--check"];
    Ok([
        ("example: format", cargo("fmt", &["--all", "--check"])),
        ("example: lints", cargo("clippy", &lint)),
        ("example: tests", cargo("test", &["--locked", "--all-features"])),
        ("example: generated files", cargo("run", &generate)),
    ])
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use anyhow::ensure;

    use super::*;
    use crate::servers::{Server, find_or_skip};

    /// Name, version and checksum of every package in a lock file that comes
    /// from a registry.
    fn locked(file: &Path) -> BTreeSet<String> {
        let text = fs::read_to_string(file).unwrap();
        let packages = text.split("[[package]]\n").skip(1);
        let fields = |package: &str| {
            let is_kept = |line: &&str| ["name", "version", "checksum"].contains(&key(line));
            package.lines().filter(is_kept).collect::<Vec<_>>().join(", ")
        };
        packages.filter(|package| package.contains("\nchecksum = ")).map(fields).collect()
    }

    fn key(line: &str) -> &str {
        line.split(" = ").next().unwrap_or_default()
    }

    #[test]
    fn the_example_is_built_with_the_versions_of_the_workspace() {
        let ours = locked(&repository::root().join("Cargo.lock"));
        let theirs = locked(&folder().join("Cargo.lock"));
        assert!(theirs.len() > 50, "only {} packages were found", theirs.len());
        let other: Vec<&String> = theirs.difference(&ours).collect();
        assert!(
            other.is_empty(),
            "these are not in Cargo.lock: {other:#?}\n\
             run `cp Cargo.lock {FOLDER}/ && cargo tree --manifest-path {FOLDER}/Cargo.toml`"
        );
    }

    #[test]
    fn promtool_accepts_the_rules_of_the_example_and_their_tests() -> Result<()> {
        let Some(program) = find_or_skip(Server::Promtool)? else { return Ok(()) };
        for arguments in [
            &["check", "rules", "--lint=all", "--lint-fatal", "support.rules.yml"][..],
            &["test", "rules", "tests/support.test.yml"],
        ] {
            let mut command = Command::new(&program);
            command.args(arguments).current_dir(folder().join("dashboards/prometheus"));
            let output = command.output()?;
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            ensure!(output.status.success(), "{command:?} fails: {said}");
        }
        Ok(())
    }
}
