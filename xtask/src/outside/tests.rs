//! What keeps the packages outside of the workspace true.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::ensure;

use super::*;
use crate::servers::{Server, needed};

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

/// The packages that the workspace does not have; all others are locked to
/// the versions of the workspace.
#[track_caller]
fn foreign(outside: Outside) -> Vec<String> {
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
    let folder = outside.folder;
    assert!(
        other.is_empty(),
        "these are not as in Cargo.lock: {other:#?}\n\
         run `cp Cargo.lock {folder}/ && cargo tree --manifest-path {folder}/Cargo.toml`"
    );
    foreign
}

#[test]
fn each_is_built_with_the_versions_of_the_workspace_and_with_what_it_is_for() {
    for (outside, brings) in [
        (PROGRAMS, "async-openai "),
        (PROGRAMS, "genai "),
        (PROGRAMS, "rig-core "),
        (CROWDED, "reqwest "),
    ] {
        let foreign = foreign(outside);
        assert!(foreign.iter().any(|name| name.starts_with(brings)), "{brings}: {foreign:?}");
    }
    assert_eq!(foreign(OWN_DOMAIN), [""; 0]);
}

#[test]
#[ignore = "needs promtool"]
fn promtool_accepts_the_rules_of_the_own_domain_and_their_tests() -> Result<()> {
    let program = needed(Server::Promtool)?;
    let rules = repository::root().join(OWN_DOMAIN.folder).join("dashboards/prometheus");
    for arguments in [
        &["check", "rules", "--lint=all", "--lint-fatal", "support.rules.yml"][..],
        &["test", "rules", "tests/support.test.yml"],
    ] {
        let mut command = Command::new(&program);
        command.args(arguments).current_dir(&rules);
        let output = command.output()?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        ensure!(output.status.success(), "{command:?} fails: {said}");
    }
    Ok(())
}
