//! The search, against programs that are shell scripts.

#![cfg(unix)]

use std::{ffi::OsString, fs};

use tempfile::TempDir;

use super::*;

const WITH_RECEIVER: &str = "echo '--[no-]web.enable-otlp-receiver'";
const WITHOUT_RECEIVER: &str = "echo '--web.listen-address'";

/// A machine with a home and an empty `PATH`.
struct Fake {
    folder: TempDir,
    machine: Machine,
}

impl Fake {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_owned();
        let mut machine = Self { folder, machine: Machine::default() };
        machine.set("HOME", home);
        machine
    }

    fn set(&mut self, variable: &str, value: impl Into<OsString>) {
        self.machine.variables.insert(variable.into(), value.into());
    }

    /// Puts a script at a path inside the machine. A shell writes it, because a
    /// file that this process has open for writing while another thread starts a
    /// program cannot be run for a moment.
    fn install(&self, path: &str, script: &str) -> PathBuf {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let write = r#"printf '#!/bin/sh\n%s' "$2" > "$1" && chmod +x "$1""#;
        let mut shell = Command::new("/bin/sh");
        let status = shell.args(["-c", write, "sh"]).arg(&path).arg(script).status();
        assert!(status.unwrap().success());
        path
    }

    fn path(&mut self, folders: &[&str]) {
        let folders = folders.iter().map(|folder| self.folder.path().join(folder));
        let path = std::env::join_paths(folders.collect::<Vec<_>>()).unwrap();
        self.set("PATH", path);
    }
}

#[test]
fn a_variable_comes_before_path() {
    let mut machine = Fake::new();
    let named = machine.install("mine/prometheus", WITH_RECEIVER);
    machine.install("bin/prometheus", WITH_RECEIVER);
    machine.path(&["bin"]);
    machine.set("BOTMETER_PROMETHEUS", named.clone());
    let found = PROMETHEUS.search(&machine.machine, || Ok(None)).unwrap().found.unwrap();
    assert_eq!((found.path, found.origin), (named, Origin::Variable("BOTMETER_PROMETHEUS")));
}

#[test]
fn a_variable_that_leads_nowhere_is_an_error() {
    let mut machine = Fake::new();
    machine.set("BOTMETER_PROMETHEUS", "/nowhere/prometheus");
    let error = PROMETHEUS.search(&machine.machine, || Ok(None)).unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        "BOTMETER_PROMETHEUS is \"/nowhere/prometheus\", which is not a program: \
         set it to the path of prometheus, or unset it"
    );
}

#[test]
fn a_variable_that_leads_to_a_lesser_server_is_an_error() {
    let mut machine = Fake::new();
    let named = machine.install("prometheus", WITHOUT_RECEIVER);
    machine.set("BOTMETER_PROMETHEUS", named.clone());
    let error = PROMETHEUS.search(&machine.machine, || Ok(None)).unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        format!(
            "BOTMETER_PROMETHEUS is {named:?}, which does not know web.enable-otlp-receiver \
             (asked with `prometheus --help`): set it to another prometheus, or unset it"
        )
    );
}

#[test]
fn an_empty_variable_is_unset() {
    let mut machine = Fake::new();
    machine.set("BOTMETER_PROMETHEUS", "");
    assert!(PROMETHEUS.search(&machine.machine, || Ok(None)).unwrap().found.is_none());
}

#[test]
fn a_lesser_server_on_path_is_passed_over_and_named() {
    let mut machine = Fake::new();
    let lesser = machine.install("debian/prometheus", WITHOUT_RECEIVER);
    let able = machine.install("local/prometheus", WITH_RECEIVER);
    machine.path(&["debian", "local"]);
    let search = PROMETHEUS.search(&machine.machine, || Ok(None)).unwrap();
    let found = search.found.unwrap();
    assert_eq!((found.path, found.origin), (able, Origin::Path));
    assert_eq!(
        search.passed_over,
        [format!(
            "{} is passed over because it does not know web.enable-otlp-receiver \
             (asked with `prometheus --help`)",
            lesser.display()
        )]
    );
}

#[test]
fn a_file_on_path_that_may_not_be_run_is_no_program() {
    let mut machine = Fake::new();
    fs::create_dir(machine.folder.path().join("bin")).unwrap();
    fs::write(machine.folder.path().join("bin/prometheus"), "").unwrap();
    machine.path(&["bin"]);
    let search = PROMETHEUS.search(&machine.machine, || Ok(None)).unwrap();
    assert!(search.found.is_none() && search.passed_over.is_empty(), "{search:?}");
}

#[test]
fn of_what_clones_have_built_the_newest_is_taken() {
    let mut machine = Fake::new();
    let find = |machine: &Fake| {
        let found = PROMETHEUS.find(&machine.machine).unwrap().found.map(|found| found.path);
        assert_eq!(PROMETHEUS.is_anywhere(&machine.machine).unwrap(), found.is_some());
        found
    };
    assert_eq!(find(&machine), None);
    let cache = ".cache/botmeter/servers";
    let old = machine.install(&format!("{cache}/prometheus-b/prometheus"), "");
    let new = machine.install(&format!("{cache}/prometheus-a/prometheus"), "");
    for half in ["prometheus-c.partial-7/prometheus", "promql-d/prometheus"] {
        machine.install(&format!("{cache}/{half}"), "");
    }
    let built = |path: &Path| fs::File::open(path.parent().unwrap()).unwrap();
    let now = SystemTime::now();
    built(&new).set_modified(now).unwrap();
    built(&old).set_modified(now - Duration::from_mins(1)).unwrap();
    assert_eq!(find(&machine), Some(new));
    // What a person has installed comes first.
    let own = machine.install("bin/prometheus", WITH_RECEIVER);
    machine.path(&["bin"]);
    assert_eq!(find(&machine), Some(own));
}
