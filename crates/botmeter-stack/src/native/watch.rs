//! What can be seen of the stack from outside: its servers, and their logs.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{ErrorKind, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use super::{folder::Folder, state::State};
use crate::{
    place::Place,
    report::{say, urls},
    settings::Settings,
};

/// How long a page may take to answer.
const ANSWER: Duration = Duration::from_secs(5);

/// How often a log is looked at.
const GLANCE: Duration = Duration::from_millis(200);

/// Prints a line for each server; whether all is well.
pub(crate) fn status(place: &Place, settings: &Settings) -> Result<bool> {
    let folder = Folder::new(&place.run);
    if !folder.is_taken()? {
        let state = State::read(&folder)?;
        let left = state.iter().flat_map(State::living);
        let left: Vec<String> = left
            .map(|server| format!("{} (process {})", server.name, server.process.pid))
            .collect();
        if left.is_empty() {
            say("the stack is not running");
        } else {
            say(&format!(
                "the stack has lost its watch, and left {}: `botmeter stack down` ends them",
                left.join(", ")
            ));
        }
        return Ok(false);
    }
    let state = State::of_running(&folder)?;
    let agent: ureq::Agent =
        ureq::Agent::config_builder().proxy(None).timeout_global(Some(ANSWER)).build().into();
    let mut is_well = state.has_started;
    if !is_well {
        say("the stack is starting");
    }
    for server in &state.servers {
        let word = if !server.process.lives() {
            "ended"
        } else if server.ready.as_ref().is_none_or(|url| agent.get(url).call().is_ok()) {
            "ready"
        } else {
            "not ready"
        };
        is_well &= word == "ready";
        say(&format!("{:<14} {word:<10} process {}", server.name, server.process.pid));
    }
    let profiles = state.profiles.iter().cloned().collect();
    let has_grafana = state.servers.iter().any(|server| server.name == "grafana");
    say(&urls(settings, &profiles, has_grafana));
    Ok(is_well)
}

/// Prints the last lines of the logs, and those to come if somebody wants to
/// follow them.
pub(crate) fn logs(
    place: &Place,
    names: &[String],
    tail: Option<usize>,
    follow: bool,
) -> Result<()> {
    let folder = Folder::new(&place.run);
    let all = all_logs(&folder)?;
    if let Some(name) = names.iter().find(|name| !all.contains_key(*name)) {
        let known: Vec<&str> = all.keys().map(String::as_str).collect();
        bail!("{name:?} has no log; there are {}", known.join(", "));
    }
    if all.is_empty() {
        bail!("there are no logs: the stack has not run here yet");
    }
    let mut ends = BTreeMap::new();
    for (name, path) in all.iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        let text = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
        ends.insert(name.clone(), text.len() as u64);
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let from = tail.map_or(0, |tail| lines.len().saturating_sub(tail));
        for line in lines.iter().skip(from) {
            say(&format!("{name:<12} | {line}"));
        }
    }
    if !follow {
        return Ok(());
    }
    loop {
        thread::sleep(GLANCE);
        for (name, path) in all_logs(&folder)? {
            if names.is_empty() || names.contains(&name) {
                let end = ends.entry(name.clone()).or_insert(0);
                for line in news(&path, end)? {
                    say(&format!("{name:<12} | {line}"));
                }
            }
        }
    }
}

fn all_logs(folder: &Folder) -> Result<BTreeMap<String, PathBuf>> {
    let log = folder.log("x");
    let Some(logs) = log.parent() else { return Ok(BTreeMap::new()) };
    let failed = || format!("failed to read {}", logs.display());
    let entries = match fs::read_dir(logs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error).with_context(failed),
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let path = entry.with_context(failed)?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
        if let (Some(name), Some("log")) = (name, path.extension().and_then(|end| end.to_str())) {
            found.insert(name, path);
        }
    }
    Ok(found)
}

/// The whole lines after this position, which moves behind them. A file that
/// is shorter is another one.
fn news(path: &Path, end: &mut u64) -> Result<Vec<String>> {
    let failed = || format!("failed to read {}", path.display());
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(failed),
    };
    if file.metadata().with_context(failed)?.len() < *end {
        *end = 0;
    }
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(*end))
        .and_then(|_| file.read_to_end(&mut text))
        .with_context(failed)?;
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |position| position + 1);
    *end += whole as u64;
    let text = String::from_utf8_lossy(text.get(..whole).unwrap_or_default()).into_owned();
    Ok(text.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn news_are_whole_lines_and_a_new_file_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.log");
        let mut end = 0;
        assert_eq!(news(&path, &mut end).unwrap(), [""; 0]);
        let mut file = File::create(&path).unwrap();
        write!(file, "one\ntw").unwrap();
        assert_eq!(news(&path, &mut end).unwrap(), ["one"]);
        writeln!(file, "o").unwrap();
        assert_eq!(news(&path, &mut end).unwrap(), ["two"]);
        fs::write(&path, "new\n").unwrap();
        assert_eq!(news(&path, &mut end).unwrap(), ["new"]);
    }
}
