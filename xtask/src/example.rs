//! The example of a domain of one's own: its steps, and what keeps it and its
//! guide true.

#[cfg(test)]
mod guide;

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{outside::Outside, repository};

const EXAMPLE: Outside = Outside { folder: "examples/own-domain" };

/// The folder of the example.
pub fn folder() -> PathBuf {
    repository::root().join(EXAMPLE.folder)
}

/// What has to pass in the example, each with its name.
///
/// # Errors
///
/// When cargo cannot tell where it builds.
pub fn steps() -> Result<[(&'static str, Command); 4]> {
    let lint = ["--locked", "--all-targets", "--all-features", "--", "--deny", "warnings"];
    let generate = ["--locked", "--quiet", "--package", "support-xtask", "dashboards", "--check"];
    Ok([
        ("example: format", EXAMPLE.cargo("fmt", &["--all", "--check"])?),
        ("example: lints", EXAMPLE.cargo("clippy", &lint)?),
        ("example: tests", EXAMPLE.cargo("test", &["--locked", "--all-features"])?),
        ("example: generated files", EXAMPLE.cargo("run", &generate)?),
    ])
}

#[cfg(test)]
mod tests {
    use anyhow::ensure;

    use super::*;
    use crate::{
        outside::tests::compared,
        servers::{Server, find_or_skip},
    };

    #[test]
    fn the_example_is_built_with_the_versions_of_the_workspace() {
        let folder = EXAMPLE.folder;
        let (other, foreign) = compared(EXAMPLE);
        assert!(
            other.is_empty() && foreign.is_empty(),
            "these are not in Cargo.lock: {other:#?} {foreign:#?}\n\
             run `cp Cargo.lock {folder}/ && cargo tree --manifest-path {folder}/Cargo.toml`"
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
