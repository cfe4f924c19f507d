//! Packages of this repository that lie outside of its workspace, as those of
//! others do, so nothing of the workspace builds or tests them by itself.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::repository;

/// A folder with a workspace of its own.
#[derive(Clone, Copy, Debug)]
pub struct Outside {
    name: &'static str,
    /// As it is written in commands.
    pub folder: &'static str,
    /// What is linted: everything but what needs more than Rust.
    features: &'static [&'static str],
    /// What has to pass beside format and lints.
    runs: &'static [(&'static str, &'static [&'static str])],
}

/// A domain of one's own, with its dashboards.
pub const OWN_DOMAIN: Outside = Outside {
    name: "example of a domain",
    folder: "examples/own-domain",
    features: &["--all-features"],
    runs: &[
        ("tests", &["test", "--locked", "--all-features"]),
        (
            "generated files",
            &["run", "--locked", "--quiet", "--package", "support-xtask", "dashboards", "--check"],
        ),
    ],
};

/// Programs as users write them.
pub const PROGRAMS: Outside = Outside {
    name: "programs",
    folder: "examples/programs",
    features: &["--features", "mistakes/otlp"],
    runs: &[
        ("tests", &["test", "--locked", "--workspace", "--features", "mistakes/otlp"]),
        // Alone, because in one build all would have the features of all.
        ("a build that cannot push", &["test", "--locked", "--package", "mistakes"]),
    ],
};

/// Others turn on every feature of opentelemetry-otlp that could be in our way.
pub const CROWDED: Outside = Outside {
    name: "fixture",
    folder: "tests/fixtures/crowded-otlp",
    features: &[],
    runs: &[("other features of opentelemetry-otlp", &["test", "--locked"])],
};

/// What has to pass in each of them, by name.
///
/// # Errors
///
/// When cargo cannot tell where it builds.
pub fn steps() -> Result<Vec<(String, Command)>> {
    let mut steps = Vec::new();
    for outside in [OWN_DOMAIN, PROGRAMS, CROWDED] {
        let mut add = |what: &str, arguments: &[&str]| {
            let command = outside.cargo(arguments)?;
            steps.push((format!("{}: {what}", outside.name), command));
            anyhow::Ok(())
        };
        add("format", &["fmt", "--all", "--check"])?;
        let lint = ["clippy", "--locked", "--workspace", "--all-targets"];
        add("lints", &[&lint, outside.features, &["--", "--deny", "warnings"]].concat())?;
        for (what, arguments) in outside.runs {
            add(what, arguments)?;
        }
    }
    Ok(steps)
}

impl Outside {
    /// Builds a program of it that is called like its package, and says where
    /// it is.
    ///
    /// # Errors
    ///
    /// When it does not build.
    pub fn build(self, package: &str) -> Result<PathBuf> {
        repository::built(self.cargo(&["build", "--locked"])?, package, package)
    }

    /// A task of cargo in it.
    ///
    /// It shares the folder of what is built with the workspace, so that what
    /// both depend on is built once.
    fn cargo(self, arguments: &[&str]) -> Result<Command> {
        let mut command = repository::cargo();
        command.env("CARGO_TARGET_DIR", repository::metadata()?.target_directory);
        let manifest = format!("{}/Cargo.toml", self.folder);
        let (task, rest) = arguments.split_at(1);
        command.args(task).args(["--manifest-path", &manifest]).args(rest);
        Ok(command)
    }
}

#[cfg(test)]
mod tests;
