//! `cargo xtask look`: the generated dashboards, drawn by Grafana's own
//! components outside of Grafana, over a real Prometheus, in a browser.
//!
//! Nothing of this is needed to build or test anything.

mod hour;
mod packages;
mod page;
mod prometheus;

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;

use self::page::Drawn;
use crate::{
    dashboards, repository,
    servers::{Server, needed},
    terminal::say,
};

/// Where everything is put that is not committed.
const FOLDER: &str = "target/look";

/// Where the pictures in the documents are kept.
const KEPT: &str = "docs/pictures";

/// The pictures in the documents: the dashboard, and how much of it is seen.
const PICTURES: [(&str, u64); 4] =
    [("overview", 1_240), ("llm-api-health", 1_320), ("bot-health", 1_240), ("telemetry", 1_240)];

/// Which dashboards are drawn over what.
#[derive(Debug, Args)]
pub struct Options {
    /// A dashboard, as its address names it, such as overview; all unless one is
    /// given, which can be done several times
    #[arg(long, value_name = "DASHBOARD")]
    only: Vec<String>,
    /// Draw over this Prometheus as it is now, such as `http://127.0.0.1:9090`;
    /// without it, the demo runs for some minutes
    #[arg(long, value_name = "URL")]
    prometheus: Option<String>,
    /// Open the rows that are closed at first
    #[arg(long)]
    open: bool,
    /// Draw the pictures in the documents anew
    #[arg(long, conflicts_with_all = ["only", "prometheus", "open"])]
    pictures: bool,
}

/// What is asked for, and whom.
#[derive(Debug)]
struct Asked<'a> {
    prometheus: &'a str,
    /// When the shown time ends, in seconds.
    to: i64,
    is_open: bool,
}

/// A generated dashboard.
struct Dashboard {
    uid: String,
    json: Value,
}

/// Draws dashboards into a folder, or those of the documents into theirs.
///
/// # Errors
///
/// When node, a browser or a Prometheus is missing, nothing is called as is
/// asked for, or something is wrong with a panel: it cannot be drawn, its query
/// fails, or it is empty without a text that says so.
pub fn run(options: &Options) -> Result<()> {
    let dashboards = chosen(options, all()?)?;
    let browser = needed(Server::Chromium)?;
    let root = repository::root();
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder)
        .with_context(|| format!("failed to create {}", folder.display()))?;
    packages::bundle(&root, &folder)?;
    let filled;
    let (prometheus, to) = if let Some(url) = &options.prometheus {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        (url.trim_end_matches('/'), i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
    } else {
        filled = prometheus::filled()?;
        (filled.url(), filled.end())
    };
    let asked = Asked { prometheus, to, is_open: options.open };
    let mut faults = Vec::new();
    let mut pictures = Vec::new();
    for Dashboard { uid, json } in &dashboards {
        let height = options.pictures.then(|| height(uid)).flatten();
        let file = folder.join(format!("dashboard-{uid}.png"));
        let drawn = Drawn { uid, dashboard: json, height };
        let found = drawn.draw(&browser, &folder, &asked, &file)?;
        say(format_args!("wrote {}", file.display()));
        faults.extend(found.into_iter().map(|fault| format!("{uid}: {fault}")));
        pictures.push(file);
    }
    ensure!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    if options.pictures { keep(&pictures, &root.join(KEPT)) } else { Ok(()) }
}

/// Puts the pictures into this folder, in the place of older ones.
fn keep(pictures: &[PathBuf], folder: &Path) -> Result<()> {
    for picture in pictures {
        let kept = folder.join(picture.file_name().unwrap_or_default());
        // Not renamed: `target` may be on another disk.
        fs::copy(picture, &kept).with_context(|| format!("failed to write {}", kept.display()))?;
        say(format_args!("wrote {}", kept.display()));
    }
    Ok(())
}

/// How much of a picture in the documents is seen.
fn height(uid: &str) -> Option<u64> {
    PICTURES.iter().find(|(of, _)| *of == uid).map(|(_, height)| *height)
}

/// All that are generated.
fn all() -> Result<Vec<Dashboard>> {
    let folder = dashboards::folder().join("grafana");
    let failed = |path: &Path| format!("failed to read {}", path.display());
    let mut all = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| failed(&folder))? {
        let path = entry.with_context(|| failed(&folder))?.path();
        let text = fs::read_to_string(&path).with_context(|| failed(&path))?;
        let json: Value = serde_json::from_str(&text).with_context(|| failed(&path))?;
        let uid = json["uid"].as_str().with_context(|| failed(&path))?.to_owned();
        all.push(Dashboard { uid, json });
    }
    all.sort_by(|a, b| a.uid.cmp(&b.uid));
    Ok(all)
}

fn chosen(options: &Options, all: Vec<Dashboard>) -> Result<Vec<Dashboard>> {
    let uids: Vec<_> = all.iter().map(|dashboard| dashboard.uid.clone()).collect();
    if let Some(unknown) = options.only.iter().find(|only| !uids.contains(only)) {
        bail!("failed to find the dashboard {unknown:?}: there are {}", uids.join(", "));
    }
    let is_chosen = |uid: &String| match options {
        Options { pictures: true, .. } => height(uid).is_some(),
        Options { only, .. } => only.is_empty() || only.contains(uid),
    };
    Ok(all.into_iter().filter(|dashboard| is_chosen(&dashboard.uid)).collect())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn uids(line: &[&str]) -> Result<Vec<String>> {
        let line = Line::try_parse_from([&["look"], line].concat())?;
        let chosen = chosen(&line.options, all()?)?;
        Ok(chosen.into_iter().map(|dashboard| dashboard.uid).collect())
    }

    #[test]
    fn all_are_drawn_unless_some_are_named() {
        assert_eq!(uids(&[]).unwrap().len(), 8);
        let two = ["--only=telemetry", "--only=overview"];
        assert_eq!(uids(&two).unwrap(), ["overview", "telemetry"]);
        assert_eq!(uids(&["--pictures"]).unwrap().len(), PICTURES.len());
        assert!(uids(&["--pictures", "--only=overview"]).is_err());
    }

    #[test]
    fn a_name_that_no_dashboard_has_is_told_with_those_that_there_are() {
        let error = uids(&["--only=overveiw"]).unwrap_err().to_string();
        assert!(error.contains("\"overveiw\"") && error.contains("bot-health"), "{error}");
    }
}
