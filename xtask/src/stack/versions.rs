//! The versions of servers, for the label on a backup.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};

use super::{archive::Contents, command::CommandLine};
use crate::{
    repository,
    servers::{self, Server},
};

/// How long a program may take to say its version.
const ANSWER: Duration = Duration::from_secs(10);

/// A backup without data, with its label.
pub(super) fn label() -> Result<Contents> {
    let made_at = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .context("failed to read the clock")?
        .as_secs();
    let core = repository::crates()?.into_iter().find(|package| package.name == "botmeter-core");
    let botmeter = core.map(|package| package.version.to_string());
    Ok(Contents {
        folders: BTreeMap::new(),
        versions: BTreeMap::new(),
        botmeter: botmeter.context("there is no botmeter-core in this repository")?,
        made_at,
    })
}

/// The versions of the programs of this machine that keep data.
pub(super) fn of_this_machine() -> Result<BTreeMap<String, String>> {
    let mut versions = BTreeMap::new();
    for (server, module) in [
        (Server::Prometheus, "github.com/prometheus/prometheus"),
        (Server::Alertmanager, "github.com/prometheus/alertmanager"),
    ] {
        if let Some(program) = servers::find(server)? {
            let version = said(&program)?.or_else(|| built(server, module));
            let version = version.unwrap_or_else(|| "unknown".to_owned());
            versions.insert(server.name().to_owned(), version);
        }
    }
    Ok(versions)
}

/// What a program says of its version.
fn said(program: &Path) -> Result<Option<String>> {
    let line = CommandLine::new([program.to_string_lossy().as_ref(), "--version"]);
    let Some(outcome) = line.capture(ANSWER)? else { return Ok(None) };
    // Some say it on the other stream.
    let first = outcome.text().lines().next().map_or_else(|| outcome.reason(), str::to_owned);
    Ok(number(&first))
}

fn number(line: &str) -> Option<String> {
    let is_version =
        |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    line.split_whitespace().find(is_version).map(str::to_owned)
}

/// A program that `cargo xtask servers` has built says none; its module does.
fn built(server: Server, module: &str) -> Option<String> {
    let path = repository::root().join("tests/servers").join(server.name()).join("go.mod");
    let text = fs::read_to_string(path).ok()?;
    let mut words = text.lines().filter_map(|line| line.trim().split_once(' '));
    words.find(|(name, _)| *name == module).and_then(|(_, rest)| {
        let version = rest.split_whitespace().next()?;
        Some(format!("{version} of the module {module}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_version() {
        let line = "prometheus, version 3.15.0 (branch: HEAD, revision: 1.2)";
        assert_eq!(number(line).as_deref(), Some("3.15.0"));
        assert_eq!(number("prometheus, version  (branch: , revision: unknown)"), None);
    }

    #[test]
    fn what_was_built_here_has_the_version_of_its_module() {
        let version = built(Server::Prometheus, "github.com/prometheus/prometheus").unwrap();
        assert!(version.starts_with("v0."), "{version}");
        assert!(version.ends_with(" of the module github.com/prometheus/prometheus"), "{version}");
    }
}
