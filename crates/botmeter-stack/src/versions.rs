//! The versions of servers, for the label on a backup.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};

use super::{
    archive::Contents,
    command::CommandLine,
    machine::Machine,
    programs::{ALERTMANAGER, PROMETHEUS, THANOS},
    ring::RECEIVERS,
};

/// How long a program may take to say its version.
const ANSWER: Duration = Duration::from_secs(10);

/// A backup without data, with its label.
pub(super) fn label() -> Result<Contents> {
    let made_at = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .context("failed to read the clock")?
        .as_secs();
    Ok(Contents {
        folders: BTreeMap::new(),
        versions: BTreeMap::new(),
        botmeter: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
    })
}

/// The versions of the programs of this machine that keep data.
pub(super) fn of_this_machine() -> Result<BTreeMap<String, String>> {
    let machine = Machine::of_this_process();
    let mut versions = BTreeMap::new();
    let [first, second, third] = RECEIVERS;
    for (program, module, keepers) in [
        (PROMETHEUS, "github.com/prometheus/prometheus", &["prometheus"][..]),
        (ALERTMANAGER, "github.com/prometheus/alertmanager", &["alertmanager"]),
        (THANOS, "github.com/thanos-io/thanos", &[first, second, third, "ruler"]),
    ] {
        if let Some(found) = program.find(&machine)?.found {
            let version = said(&found.path)?.or_else(|| built(&found.path, module));
            let version = version.unwrap_or_else(|| "unknown".to_owned());
            for keeper in keepers {
                versions.insert((*keeper).to_owned(), version.clone());
            }
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

/// One that was built from its module says none; what Go writes into each
/// program, words between tabs, does.
fn built(program: &Path, module: &str) -> Option<String> {
    let mut words = BufReader::new(File::open(program).ok()?).split(b'\t').map_while(Result::ok);
    while let Some(word) = words.next() {
        if word == module.as_bytes() {
            let version = String::from_utf8(words.next()?).ok()?;
            let version = version.lines().next()?.trim();
            if version.starts_with('v') {
                return Some(format!("{version} of the module {module}"));
            }
        }
    }
    None
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
    fn what_was_built_from_a_module_has_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prometheus");
        let program = b"\x7fELF\xff\tpath\tgithub.com/prometheus/prometheus\tx\0\ndep\t\
                        github.com/prometheus/prometheus\tv0.315.0\th1:sum=\ndep\tother\tv1\n";
        std::fs::write(&path, program).unwrap();
        let module = "github.com/prometheus/prometheus";
        let version = "v0.315.0 of the module github.com/prometheus/prometheus";
        assert_eq!(built(&path, module).as_deref(), Some(version));
        assert_eq!(built(&path, "github.com/prometheus/alertmanager"), None);
    }
}
