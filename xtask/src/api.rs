//! `cargo xtask api`: the public API of every published crate, written down, so
//! that a change of it is seen where it is made.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use botmeter_generate::Replacement;
use cargo_metadata::Package;
use public_api::Builder;

use crate::{
    packages::published,
    repository,
    terminal::{say, succeed},
};

/// Where the texts are, one for each crate.
const FOLDER: &str = "docs/api";

/// Writes the texts, or complains of what differs from them.
///
/// # Errors
///
/// When a crate cannot be documented; when an API is not what is written down
/// (in a check); when the disk fails.
pub fn run(check: bool) -> Result<()> {
    let folder = repository::root().join(FOLDER);
    let mut changes = String::new();
    let mut known = BTreeSet::new();
    for package in published()? {
        let path = folder.join(format!("{}.txt", package.name));
        let now = text(&package)?;
        let before = fs::read_to_string(&path).unwrap_or_default();
        if now != before {
            changes.push_str(&difference(&shown(&path), &before, &now));
            if !check {
                write(&path, &now)?;
            }
        }
        known.insert(path);
    }
    for path in files(&folder)?.into_iter().filter(|path| !known.contains(path)) {
        changes += &(shown(&path) + ": no published crate has this name\n");
        if !check {
            fs::remove_file(&path)
                .with_context(|| format!("failed to remove {}", path.display()))?;
        }
    }
    ensure!(
        !check || changes.is_empty(),
        "the public API is not what {FOLDER} says; if the change is meant, run `cargo xtask \
         api`:\n{changes}"
    );
    say(format_args!("{changes}{FOLDER} is up to date"));
    Ok(())
}

/// A line for each item, as rustdoc knows them.
///
/// What every type has by itself is left out: blanket implementations, and
/// those of traits such as `Send`.
fn text(package: &Package) -> Result<String> {
    let target = repository::metadata()?.target_directory.into_std_path_buf().join("api");
    let mut rustdoc = repository::cargo();
    rustdoc
        .args(["rustdoc", "--quiet", "--package", package.name.as_str(), "--lib", "--all-features"])
        // Build scripts of dependencies are run again when the variable below
        // changes, so they get a folder of their own.
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json", "--cap-lints", "allow"])
        // The format is not stable yet, and the toolchain is pinned.
        .env("RUSTC_BOOTSTRAP", "1");
    succeed(&mut rustdoc)?;
    let json = target.join(format!("doc/{}.json", package.name.replace('-', "_")));
    let api = Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .with_context(|| format!("failed to read the API of {}", package.name))?;
    let lines: Vec<String> = api.items().map(ToString::to_string).collect();
    Ok(lines.join("\n") + "\n")
}

/// The lines that are new and those that are gone.
fn difference(name: &str, before: &str, now: &str) -> String {
    let (old, new) = (lines(before), lines(now));
    let gone = old.difference(&new).map(|line| format!("- {line}\n"));
    let added = new.difference(&old).map(|line| format!("+ {line}\n"));
    let changes: String = gone.chain(added).collect();
    format!("{name}\n{}", if changes.is_empty() { "  in another order\n" } else { &changes })
}

fn lines(text: &str) -> BTreeSet<&str> {
    text.lines().collect()
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).with_context(|| format!("failed to create {}", folder.display()))?;
    Replacement::write(path, text)
        .and_then(Replacement::take_place)
        .with_context(|| format!("failed to write {}", path.display()))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries =
        fs::read_dir(folder).with_context(|| format!("failed to list {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(repository::root()).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_by_what_is_gone_and_what_is_new() {
        let before = "pub fn a()\npub fn b(u8)\n";
        let now = "pub fn a()\npub fn b(u16)\npub fn c()\n";
        assert_eq!(
            difference("docs/api/x.txt", before, now),
            "docs/api/x.txt\n- pub fn b(u8)\n+ pub fn b(u16)\n+ pub fn c()\n"
        );
    }

    #[test]
    fn every_published_crate_is_written_down_and_no_other() {
        let folder = repository::root().join(FOLDER);
        let expected: BTreeSet<PathBuf> =
            published().unwrap().iter().map(|it| folder.join(format!("{}.txt", it.name))).collect();
        assert_eq!(files(&folder).unwrap().into_iter().collect::<BTreeSet<_>>(), expected);
    }
}
