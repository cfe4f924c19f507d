//! The configuration as it is part of this program, and its way onto the disk.
//!
//! Whoever has no clone gets `compose/` unpacked. A list beside the files says
//! what this program has ever written, so that a file that a person has changed
//! is known by its digest and left alone.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::{configure::replace, digest::hexadecimal};

/// A file of `compose/`, by its path in there.
type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../compose/", $path)))),*]
    };
}

/// All that the stack needs of `compose/`, as `include` in the manifest has it.
pub(crate) const FILES: &[File] = files![
    ".env.example",
    "README.md",
    "alertmanager/alertmanager.yml",
    "collector/collector.yaml",
    "compose.fleet.yaml",
    "compose.podman.yaml",
    "compose.yaml",
    "grafana/provisioning/dashboards/dashboards.yaml",
    "grafana/provisioning/datasources/datasources.yaml",
    "jaeger/jaeger.yaml",
    "prometheus/examples/alertmanagers.json",
    "prometheus/examples/collectors.json",
    "prometheus/examples/servers.json",
    "prometheus/examples/targets.json",
    "prometheus/fleet.yml",
    "prometheus/prometheus.yml",
    "thanos/alertmanagers.yaml",
    "thanos/hashring.json",
];

/// A folder without a file of ours that has to be there to be mounted.
const SECRETS: &str = "alertmanager/secrets";

/// The list of what was written: a digest and a path on each line, as
/// `sha256sum` writes them, for every version that there ever was.
const LIST: &str = ".unpacked";

/// The line by which a configuration of botmeter is told from any other.
const NAME: &str = "name: botmeter";

/// Whose a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Nobody's yet, or this program's: files are unpacked there.
    Program,
    /// A clone, or a copy that a person has made.
    Person,
}

impl Owner {
    /// Whose this folder for the configuration is.
    ///
    /// # Errors
    ///
    /// When it holds something else, or cannot be read.
    pub(crate) fn of(compose: &Path) -> Result<Self> {
        let failed = || format!("failed to read {}", compose.display());
        if compose.join(LIST).exists() {
            return Ok(Self::Program);
        }
        match fs::read_to_string(compose.join("compose.yaml")) {
            Ok(text) => {
                ensure!(
                    text.lines().any(|line| line == NAME),
                    "{} is another project's, because it does not say `{NAME}`: choose another \
                     folder with --folder",
                    compose.join("compose.yaml").display()
                );
                return Ok(Self::Person);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(failed),
        }
        let is_empty = match fs::read_dir(compose) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => return Err(error).with_context(failed),
        };
        ensure!(
            is_empty,
            "{} holds files and no compose.yaml: choose another folder with --folder, or empty \
             this one",
            compose.display()
        );
        Ok(Self::Program)
    }
}

/// What came of an attempt to unpack, by paths in the folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Unpacked {
    /// What a person has changed and keeps.
    pub(crate) kept: Vec<PathBuf>,
    /// What is new, or differs from what was there.
    pub(crate) written: Vec<&'static str>,
}

/// Puts the files of this version into a folder that is this program's, but for
/// those that a person has changed.
///
/// # Errors
///
/// When something cannot be read or written; what was written until then is
/// whole, and the next time completes it.
pub(crate) fn unpack(compose: &Path) -> Result<Unpacked> {
    unpack_these(FILES, compose)
}

fn unpack_these(files: &[File], compose: &Path) -> Result<Unpacked> {
    let list = compose.join(LIST);
    let written = match fs::read(&list) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(error).with_context(|| format!("failed to read {}", list.display()));
        }
    };
    let is_ours = |line: &str| written.lines().any(|known| known == line);
    let mut unpacked = Unpacked::default();
    let mut new = Vec::new();
    let mut lines = String::new();
    for (name, text) in files {
        let path = compose.join(name);
        let line = line(name, text.as_bytes());
        if !is_ours(&line) {
            lines.push_str(&line);
            lines.push('\n');
        }
        match fs::read(&path) {
            Ok(there) if there == text.as_bytes() => {}
            Ok(there) if !is_ours(&self::line(name, &there)) => unpacked.kept.push(path),
            Ok(_) => new.push((name, text)),
            Err(error) if error.kind() == ErrorKind::NotFound => new.push((name, text)),
            Err(error) => {
                return Err(error).with_context(|| format!("failed to read {}", path.display()));
            }
        }
    }
    let secrets = compose.join(SECRETS);
    fs::create_dir_all(&secrets)
        .with_context(|| format!("failed to create {}", secrets.display()))?;
    // Before the files, so that one that was written is never taken for a
    // person's, whenever this is cut off.
    if !lines.is_empty() {
        fs::File::options()
            .create(true)
            .append(true)
            .open(&list)
            .and_then(|mut file| file.write_all(lines.as_bytes()))
            .with_context(|| format!("failed to write {}", list.display()))?;
    }
    for (name, text) in new {
        replace(&compose.join(name), text)?;
        unpacked.written.push(name);
    }
    Ok(unpacked)
}

fn line(name: &str, content: &[u8]) -> String {
    format!("{}  {name}", hexadecimal(&Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, process::Command};

    use super::*;

    const OLD: &[File] = &[("compose.yaml", "name: botmeter\n"), ("a/b.yaml", "one")];
    const NEW: &[File] = &[("compose.yaml", "name: botmeter\n#\n"), ("a/b.yaml", "two")];

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let compose = folder.path().join("deep/compose");
        (folder, compose)
    }

    fn text(compose: &Path, name: &str) -> String {
        fs::read_to_string(compose.join(name)).unwrap()
    }

    #[test]
    fn what_is_unpacked_is_what_the_repository_has() {
        let (_folder, compose) = folder();
        assert_eq!(Owner::of(&compose).unwrap(), Owner::Program);
        let unpacked = unpack(&compose).unwrap();
        assert!(unpacked.kept.is_empty() && unpacked.written.len() == FILES.len(), "{unpacked:?}");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compose");
        for (name, _) in FILES {
            assert_eq!(text(&compose, name), text(&source, name), "{name}");
        }
        assert!(compose.join(SECRETS).is_dir());
        assert_eq!(Owner::of(&compose).unwrap(), Owner::Program);
    }

    /// The manifest names each file, or the package would lack it.
    #[test]
    fn the_package_and_the_program_have_every_file_that_the_repository_keeps() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = text(root, "Cargo.toml");
        let included: BTreeSet<&str> = manifest
            .lines()
            .filter_map(|line| line.trim().strip_prefix("\"/compose/")?.strip_suffix("\","))
            .collect();
        let embedded: BTreeSet<&str> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(included, embedded);
        let kept = Command::new("git")
            .args(["-C", "../../compose", "ls-files"])
            .current_dir(root)
            .output()
            .unwrap();
        let kept = String::from_utf8(kept.stdout).unwrap();
        // What keeps files out of git, and what builds the demo of a clone.
        let of_a_clone = |name: &&str| !name.ends_with(".gitignore") && *name != "Containerfile";
        let kept: BTreeSet<&str> = kept.lines().filter(of_a_clone).collect();
        assert_eq!(kept, embedded);
    }

    #[test]
    fn a_new_version_replaces_what_nobody_has_changed() {
        let (_folder, compose) = folder();
        let both = Unpacked { kept: Vec::new(), written: vec!["compose.yaml", "a/b.yaml"] };
        assert_eq!(unpack_these(OLD, &compose).unwrap(), both);
        assert_eq!(unpack_these(NEW, &compose).unwrap(), both);
        assert_eq!(text(&compose, "a/b.yaml"), "two");
        assert_eq!(unpack_these(NEW, &compose).unwrap(), Unpacked::default());
        // And back.
        assert_eq!(unpack_these(OLD, &compose).unwrap(), both);
        assert_eq!(text(&compose, "a/b.yaml"), "one");
    }

    #[test]
    fn what_a_person_has_changed_stays_and_is_told_until_it_is_moved_away() {
        let (_folder, compose) = folder();
        unpack_these(OLD, &compose).unwrap();
        fs::write(compose.join("a/b.yaml"), "mine").unwrap();
        for files in [OLD, NEW, NEW] {
            assert_eq!(unpack_these(files, &compose).unwrap().kept, [compose.join("a/b.yaml")]);
            assert_eq!(text(&compose, "a/b.yaml"), "mine");
        }
        assert_eq!(text(&compose, "compose.yaml"), "name: botmeter\n#\n");
        fs::rename(compose.join("a/b.yaml"), compose.join("a/mine.yaml")).unwrap();
        assert!(unpack_these(NEW, &compose).unwrap().kept.is_empty());
        assert_eq!(text(&compose, "a/b.yaml"), "two");
    }

    #[test]
    fn what_was_cut_off_before_or_between_two_files_is_completed() {
        for written in [0, 1] {
            let (_folder, compose) = folder();
            unpack_these(OLD, &compose).unwrap();
            let new = NEW.iter().map(|(name, text)| line(name, text.as_bytes()) + "\n");
            let list = fs::read_to_string(compose.join(LIST)).unwrap() + &new.collect::<String>();
            fs::write(compose.join(LIST), list).unwrap();
            for (name, text) in NEW.iter().take(written) {
                fs::write(compose.join(name), text).unwrap();
            }
            assert!(unpack_these(NEW, &compose).unwrap().kept.is_empty());
            assert_eq!(text(&compose, "a/b.yaml"), "two");
        }
    }

    #[test]
    fn a_damaged_list_makes_every_old_file_a_persons() {
        let (_folder, compose) = folder();
        unpack_these(OLD, &compose).unwrap();
        fs::write(compose.join(LIST), b"\xff\n").unwrap();
        let kept = unpack_these(NEW, &compose).unwrap().kept;
        assert_eq!(kept, ["compose.yaml", "a/b.yaml"].map(|name| compose.join(name)));
        assert_eq!(text(&compose, "a/b.yaml"), "one");
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused_and_one_of_a_clone_is_used() {
        let (_folder, compose) = folder();
        fs::create_dir_all(&compose).unwrap();
        fs::write(compose.join("notes.txt"), "").unwrap();
        let shown = compose.display();
        assert_eq!(
            Owner::of(&compose).unwrap_err().to_string(),
            format!(
                "{shown} holds files and no compose.yaml: choose another folder with --folder, or \
                 empty this one"
            )
        );
        fs::write(compose.join("compose.yaml"), "services: {}\n").unwrap();
        assert_eq!(
            Owner::of(&compose).unwrap_err().to_string(),
            format!(
                "{shown}/compose.yaml is another project's, because it does not say `name: \
                 botmeter`: choose another folder with --folder"
            )
        );
        fs::write(compose.join("compose.yaml"), "# mine\nname: botmeter\n").unwrap();
        assert_eq!(Owner::of(&compose).unwrap(), Owner::Person);
    }
}
