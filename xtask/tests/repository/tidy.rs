//! What holds for the whole repository, each as a test.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, Package};

use xtask::repository;

/// A file that is longer has a seam.
const MOST_LINES: usize = 500;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "xtask", "tests"] {
        sources(&repository::root().join(folder), &mut found);
    }
    assert!(found.len() > 50, "only {} sources were found", found.len());
    found
}

#[test]
fn every_source_opens_with_what_it_is_for() {
    for path in all_sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} has no module documentation", path.display());
    }
}

#[test]
fn no_source_is_long() {
    for path in all_sources() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines; split it", path.display());
    }
}

/// What several need is a package: `tests/witness`, or `tests/lib`.
#[test]
fn no_source_is_part_of_two_programs() {
    let attribute = ["#[", "path ="].concat();
    for path in all_sources() {
        let text = fs::read_to_string(&path).unwrap();
        let is_elsewhere = text.lines().any(|line| line.trim_start().starts_with(&attribute));
        assert!(!is_elsewhere, "{} takes a module from elsewhere", path.display());
    }
}

/// What is ignored is run by another test, or by `cargo xtask test --all`, which
/// knows by the names of modules what needs a browser, or is for a person who
/// measures.
#[test]
fn what_is_ignored_says_why() {
    for path in all_sources() {
        let text = fs::read_to_string(&path).unwrap();
        let reasons = text.split("#[ignore").skip(1).filter(|rest| !rest.starts_with('"'));
        for rest in reasons {
            let reason = rest.strip_prefix(" = \"").and_then(|rest| rest.split('"').next());
            let reason = reason.unwrap_or_default();
            let is_known = reason.starts_with("needs ")
                || reason.starts_with("measures")
                || reason.ends_with("in a process of its own");
            assert!(is_known, "{}: nobody runs what is ignored for {reason:?}", path.display());
            let path = path.to_string_lossy();
            let is_browsers = path.contains("/browser/") || path.ends_with("/terminal.rs");
            assert_eq!(reason.contains("Chromium"), is_browsers, "{path}");
            let is_here = path.contains("/tests/it/") || path.contains("/xtask/");
            let is_run = is_here || reason.ends_with("in a process of its own");
            assert!(is_run, "{path}: nothing runs what is ignored there");
            let is_composed = path.contains("/stack_files");
            assert_eq!(reason.contains("Docker Compose"), is_composed, "{path}");
            assert_eq!(reason.contains("schemas"), path.ends_with("/schemas.rs"), "{path}");
            assert_eq!(reason.starts_with("measures"), path.ends_with("/cost.rs"), "{path}");
        }
    }
}

/// A filter that names ignored tests alone runs nothing, and passes.
#[test]
fn commands_in_documents_run_what_they_name() {
    let root = repository::root();
    let guides = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let others = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"].map(|name| root.join(name));
    let mut seen = 0;
    for path in guides.chain(others).filter(|path| path.extension().is_some_and(|it| it == "md")) {
        let text = fs::read_to_string(&path).unwrap();
        for command in text.split('`').filter(|text| text.starts_with("cargo test ")) {
            let is_of_servers = command.split(' ').any(|word| word.starts_with("real_"));
            let runs = !is_of_servers || command.contains("--ignored");
            assert!(runs, "{}: `{command}` runs nothing without `--ignored`", path.display());
            seen += usize::from(is_of_servers);
        }
    }
    assert!(seen >= 2, "commands are written in another way now");
}

#[test]
fn no_module_is_named_after_nothing() {
    let vague = ["utils", "util", "common", "helpers", "helper", "manager", "misc"];
    for path in all_sources() {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(!vague.contains(&stem.as_str()), "{} says nothing", path.display());
    }
}

#[test]
fn the_oldest_rust_that_is_promised_is_the_one_that_tests_run_with() {
    let read = |file: &str| fs::read_to_string(repository::root().join(file)).unwrap();
    let after = |text: &str, key: &str| {
        let (_, rest) = text.split_once(key).unwrap();
        rest.split(['"', '-']).next().unwrap().to_owned()
    };
    let promised = after(&read("Cargo.toml"), "rust-version = \"");
    assert_eq!(after(&read("rust-toolchain.toml"), "channel = \""), format!("{promised}.0"));
    let image = after(&read("compose/Containerfile"), "library/rust:");
    assert_eq!(image, format!("{promised}.0"));
}

fn normal_dependencies(package: &Package) -> BTreeSet<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .map(|dependency| dependency.name.clone())
        .collect()
}

fn is_domain(package: &Package) -> bool {
    package.metadata.get("botmeter").is_some_and(|own| own.get("domain").is_some())
}

/// What the libraries of this workspace may depend on of each other, and
/// which names no domain may know.
#[test]
fn dependencies_point_one_way() {
    let backends = ["opentelemetry", "metrics", "prometheus", "tonic", "hyper", "ureq"];
    for package in repository::crates().unwrap() {
        let allowed: &[&str] = match package.name.as_str() {
            "botmeter-core" => &[],
            "botmeter-board" | "botmeter-export" => &["botmeter-core"],
            // It serves the live page of a program, if asked to.
            "botmeter-telemetry" => &[
                "botmeter-core",
                "botmeter-board",
                "botmeter-export",
                "botmeter-live",
                "botmeter-window",
            ],
            "botmeter-generate" | "botmeter-window" => &["botmeter-core", "botmeter-board"],
            "botmeter-stack" => &["botmeter-generate"],
            "botmeter-view" => &["botmeter-core", "botmeter-board", "botmeter-window"],
            "botmeter-live" => {
                &["botmeter-core", "botmeter-board", "botmeter-window", "botmeter-view"]
            }
            // These bring everything together, for a program or for all boards, or are one.
            "botmeter" | "botmeter-catalogue" | "botmeter-cli" | "botmeter-demo" => continue,
            name => {
                assert!(is_domain(&package), "{name} is no domain; where does it belong?");
                &["botmeter-core", "botmeter-board"]
            }
        };
        let name = &package.name;
        for dependency in normal_dependencies(&package) {
            if dependency.starts_with("botmeter-") {
                let is_allowed = allowed.contains(&dependency.as_str());
                assert!(is_allowed, "{name} must not depend on {dependency}");
            }
            let is_backend = backends.iter().any(|backend| dependency.starts_with(backend));
            // What starts the routes has to know them.
            let may_know = !is_domain(&package) || name.as_str() == "botmeter-telemetry";
            assert!(may_know || !is_backend, "{name} names the backend {dependency}");
        }
    }
}

/// An event may end where the thread-locals of a subscriber are gone, so what
/// it says goes through `tell`. Exports, start and end have threads of their
/// own, and crates of their own.
#[test]
fn what_an_event_logs_goes_through_tell() {
    let macros = ["trace", "debug", "info", "warn", "error"].map(|it| format!("tracing::{it}!"));
    for package in repository::crates().unwrap() {
        let name = package.name.as_str();
        if name == "botmeter-telemetry" || name != "botmeter-core" && !is_domain(&package) {
            continue;
        }
        let mut found = Vec::new();
        sources(&package.manifest_path.parent().unwrap().as_std_path().join("src"), &mut found);
        for path in found {
            let text = fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            for pair in lines.windows(2).filter(|pair| !pair[1].starts_with("//")) {
                let logs = macros.iter().any(|name| pair[1].contains(name.as_str()));
                let is_told = pair.iter().any(|line| line.contains("tell(||"));
                assert!(!logs || is_told, "{}: wrap {:?} in `tell`", path.display(), pair[1]);
            }
        }
    }
}

#[test]
fn a_folder_is_called_like_its_package_and_inherits_what_the_workspace_says() {
    for package in repository::crates().unwrap() {
        let folder = package.manifest_path.parent().unwrap();
        assert_eq!(folder.file_name(), Some(package.name.as_str()));
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        let lines =
            ["[lints]\nworkspace = true", "edition.workspace = true", "license.workspace = true"];
        for line in lines {
            assert!(manifest.contains(line), "{}: add `{line}`", package.manifest_path);
        }
    }
}

#[test]
fn every_feature_says_what_one_gains() {
    for package in repository::crates().unwrap() {
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        let mut before = "";
        let mut inside = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                inside = line == "[features]";
            } else if inside && line.contains(" = [") && !line.starts_with("default") {
                let is_told = before.starts_with('#');
                assert!(is_told, "{}: {line} has no comment above", package.manifest_path);
            }
            before = line;
        }
    }
}

#[test]
fn every_link_in_the_documents_leads_somewhere() {
    let root = repository::root();
    let mut documents: Vec<PathBuf> = Vec::new();
    for folder in ["", "docs", "dashboards/reference"] {
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        documents.extend(entries.map(|entry| entry.unwrap().path()));
    }
    documents.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let there = document.parent().unwrap().join(file);
            assert!(there.exists(), "{}: {target} leads nowhere", document.display());
        }
    }
}

/// The names of all functions that are run as tests.
fn names_of_tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in all_sources() {
        let text = fs::read_to_string(&path).unwrap();
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if line == "#[test]" || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test) {
                names.extend(rest.split('(').next().map(str::to_owned));
                is_test = false;
            }
        }
    }
    names
}

#[test]
fn every_fault_names_a_test_that_exists() {
    let page = fs::read_to_string(repository::root().join("docs/faults.md")).unwrap();
    let tests = names_of_tests();
    let mut faults = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [fault, .., named] = cells.as_slice() else { panic!("{row}") };
        if matches!(*fault, "Fault" | "---") {
            continue;
        }
        assert_eq!(cells.len(), 4, "{row}");
        faults += 1;
        for name in named.split(", ") {
            let name = name.strip_prefix('`').and_then(|name| name.strip_suffix('`'));
            let is_there = name.is_some_and(|name| tests.contains(name));
            assert!(is_there, "docs/faults.md, {fault:?}: no test is called {name:?}");
        }
    }
    assert!(faults > 30, "only {faults} faults were found");
}
