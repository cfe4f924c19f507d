//! The build, against a Go that is a shell script.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use tempfile::TempDir;

use super::module::Recipe;
use super::*;

const WITHOUT_RECEIVER: &str = "echo '--web.listen-address'";

/// A Go that writes a file for each program and a line for each build.
const GO: &str = r#"
if [ "$1" = env ]; then echo go1.26.8; exit; fi
echo "$@" >> "$HOME/builds"
echo "$CGO_ENABLED $GOFLAGS $GOWORK" >> "$HOME/variables"
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\n' > "$2"
/bin/chmod +x "$2"
"#;

/// A machine with a home, a module and an empty `PATH`.
struct Machine {
    folder: TempDir,
    surroundings: Surroundings,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let modules = folder.path().join("modules");
        for module in ["prometheus", "otelcol", "thanos"] {
            fs::create_dir_all(modules.join(module)).unwrap();
            fs::write(modules.join(module).join("go.mod"), "module a").unwrap();
            fs::write(modules.join(module).join("go.sum"), "").unwrap();
        }
        fs::write(modules.join("otelcol/manifest.yaml"), "dist:").unwrap();
        let surroundings = Surroundings { machine: botmeter_stack::Machine::default(), modules };
        let mut machine = Self { folder, surroundings };
        machine.set("HOME", machine.folder.path().to_owned());
        machine
    }

    fn set(&mut self, variable: &str, value: impl Into<OsString>) {
        self.surroundings.machine.variables.insert(variable.into(), value.into());
    }

    /// Puts a script at a path inside the machine. A shell writes it, because
    /// a file that this process has open for writing while another thread
    /// starts a program cannot be run for a moment.
    fn install(&self, path: &str, script: &str) -> PathBuf {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let status = Command::new("/bin/sh")
            .args(["-c", r#"printf '#!/bin/sh\n%s' "$2" > "$1" && chmod +x "$1""#, "sh"])
            .arg(&path)
            .arg(script)
            .status()
            .unwrap();
        assert!(status.success());
        path
    }

    fn path(&mut self, folders: &[&str]) {
        let folders: Vec<PathBuf> =
            folders.iter().map(|folder| self.folder.path().join(folder)).collect();
        self.set("PATH", std::env::join_paths(folders).unwrap());
    }

    fn with_go(script: &str) -> Self {
        let mut machine = Self::new();
        machine.install("go/go", script);
        machine.path(&["go"]);
        machine
    }

    fn build(&self, server: Server) -> Result<()> {
        build::ensure(Module::of(server).unwrap(), &self.surroundings, &mut io::sink())
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap_or_default()
    }

    /// The names in the cache, without the hash.
    fn cached(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.surroundings.machine.cache().unwrap())
            .map(|entries| {
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
            })
            .unwrap_or_default();
        for name in &mut names {
            let hash = name.find('-').unwrap();
            name.replace_range(hash..hash + 33, "");
        }
        names.sort();
        names
    }
}

#[test]
fn what_is_missing_is_built_once_and_listed() {
    let machine = Machine::with_go(GO);
    let servers = [Server::Prometheus, Server::Promtool];
    for _ in 0..2 {
        let mut answers = Vec::new();
        provide(&servers, &machine.surroundings, &mut answers, &mut io::sink()).unwrap();
        let folder = Module::of(Server::Prometheus).unwrap().cached(&machine.surroundings).unwrap();
        assert_eq!(
            String::from_utf8(answers).unwrap(),
            format!(
                "prometheus     {0}/prometheus (built)\npromtool       {0}/promtool (built)\n",
                folder.display()
            )
        );
        assert_eq!(machine.cached(), ["prometheus", "prometheus.lock"]);
    }
    assert_eq!(machine.read("builds").lines().count(), 2, "{}", machine.read("builds"));
    assert_eq!(machine.read("variables").lines().next(), Some("0 -buildvcs=false off"));
}

#[test]
fn a_changed_module_is_built_anew() {
    let machine = Machine::with_go(GO);
    machine.build(Server::Prometheus).unwrap();
    fs::write(machine.surroundings.modules.join("prometheus/go.sum"), "another").unwrap();
    machine.build(Server::Prometheus).unwrap();
    assert_eq!(
        machine.cached(),
        ["prometheus", "prometheus", "prometheus.lock", "prometheus.lock"]
    );
}

#[test]
fn the_tags_of_a_module_reach_go_and_decide_what_is_cached() {
    let machine = Machine::with_go(GO);
    machine.build(Server::Thanos).unwrap();
    assert!(machine.read("builds").contains(" -tags=slicelabels "), "{}", machine.read("builds"));
    let thanos = Module::of(Server::Thanos).unwrap();
    let untagged = Module {
        folder: thanos.folder,
        files: thanos.files,
        tags: &[],
        recipe: Recipe::Packages(&[]),
    };
    assert_ne!(
        thanos.cached(&machine.surroundings).unwrap(),
        untagged.cached(&machine.surroundings).unwrap()
    );
}

#[test]
fn a_clone_elsewhere_uses_the_same_cache() {
    let mut machine = Machine::with_go(GO);
    machine.build(Server::Prometheus).unwrap();
    let clone = machine.folder.path().join("clone");
    fs::rename(&machine.surroundings.modules, &clone).unwrap();
    machine.surroundings.modules = clone;
    machine.build(Server::Prometheus).unwrap();
    assert_eq!(machine.read("builds").lines().count(), 2);
}

#[test]
fn an_interrupted_build_is_not_taken_for_a_whole_one() {
    // Ends after the first of two programs, the way a kill does.
    let mut machine =
        Machine::with_go(&format!("if [ -e \"$HOME/builds\" ]; then kill -9 $$; fi\n{GO}"));
    let error = machine.build(Server::Prometheus).unwrap_err();
    assert!(format!("{error:#}").starts_with("failed to build prometheus: "), "{error:#}");
    let cached = machine.cached();
    assert!(cached.len() == 2 && cached[1].starts_with("prometheus.partial-"), "{cached:?}");
    assert!(search(Server::Prometheus, &machine.surroundings).unwrap().found.is_none());

    // The leftover of another process goes, too.
    let cached = Module::of(Server::Prometheus).unwrap().cached(&machine.surroundings).unwrap();
    fs::create_dir(format!("{}.partial-0", cached.display())).unwrap();
    machine.install("sound/go", GO);
    machine.path(&["sound"]);
    machine.build(Server::Prometheus).unwrap();
    assert_eq!(machine.cached(), ["prometheus", "prometheus.lock"]);
}

#[test]
fn builds_of_the_same_module_wait_for_each_other() {
    let machine = Machine::with_go(GO);
    thread::scope(|scope| {
        let builds: Vec<_> =
            (0..4).map(|_| scope.spawn(|| machine.build(Server::Prometheus).unwrap())).collect();
        for build in builds {
            build.join().unwrap();
        }
    });
    assert_eq!(machine.read("builds").lines().count(), 2, "{}", machine.read("builds"));
}

#[test]
fn the_collector_comes_out_of_its_builder() {
    // The builder that this Go writes puts its result where the manifest says.
    let machine = Machine::with_go(
        r#"
if [ "$1" = env ]; then echo go1.26.8; exit; fi
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\n/bin/mkdir assembled\necho "$@" > assembled/otelcol\n' > "$2"
/bin/chmod +x "$2"
"#,
    );
    machine.build(Server::Otelcol).unwrap();
    let folder = Module::of(Server::Otelcol).unwrap().cached(&machine.surroundings).unwrap();
    assert_eq!(
        fs::read_to_string(folder.join("otelcol")).unwrap(),
        format!(
            "--config {}\n",
            machine.surroundings.modules.join("otelcol/manifest.yaml").display()
        )
    );
}

#[test]
fn no_go_or_an_old_one_says_what_to_install() {
    let remedy = "install Go 1.26 or newer (https://go.dev/dl/), or set BOTMETER_PROMETHEUS and \
                  BOTMETER_PROMTOOL to what is already built";
    let machine = Machine::new();
    assert_eq!(
        machine.build(Server::Promtool).unwrap_err().to_string(),
        format!("there is no Go to build prometheus with: {remedy}")
    );

    let machine = Machine::with_go("echo go1.25.7");
    let go = machine.folder.path().join("go/go").display().to_string();
    assert_eq!(
        machine.build(Server::Promtool).unwrap_err().to_string(),
        format!("{go} is go1.25.7, too old to build prometheus: {remedy}")
    );

    let machine = Machine::with_go("echo 'go.mod requires go >= 1.26.0' >&2; exit 1");
    let go = machine.folder.path().join("go/go").display().to_string();
    assert_eq!(
        machine.build(Server::Promtool).unwrap_err().to_string(),
        format!("{go} cannot build prometheus (go.mod requires go >= 1.26.0): {remedy}")
    );

    let machine = Machine::with_go("echo gccgo");
    let go = machine.folder.path().join("go/go").display().to_string();
    assert_eq!(
        machine.build(Server::Promtool).unwrap_err().to_string(),
        format!("{go} calls its version \"gccgo\", which is no release of Go: {remedy}")
    );
}

#[test]
fn a_browser_is_found_under_each_of_its_names_and_never_built() {
    let mut machine = Machine::new();
    let mut answers = Vec::new();
    let missing =
        provide(&[Server::Chromium], &machine.surroundings, &mut answers, &mut io::sink());
    let said = missing.unwrap_err().to_string();
    assert!(said.starts_with("there is no chromium: install Chromium and its driver"), "{said}");
    let installed = machine.install("bin/google-chrome", "");
    machine.path(&["bin"]);
    let search = search(Server::Chromium, &machine.surroundings).unwrap();
    assert_eq!(search.found.unwrap().path, installed);
    let driver = needed_in(Server::Chromedriver, &machine.surroundings);
    let said = driver.unwrap_err().to_string();
    assert!(
        said.starts_with("there is no chromedriver: install Chromium and its driver"),
        "{said}"
    );
}

#[test]
fn a_test_that_needs_an_absent_server_fails() {
    let mut machine = Machine::new();
    let lesser = machine.install("debian/prometheus", WITHOUT_RECEIVER);
    machine.path(&["debian"]);
    let error = needed_in(Server::Prometheus, &machine.surroundings);
    assert_eq!(
        error.unwrap_err().to_string(),
        format!(
            "there is no prometheus: run `cargo xtask servers`; {} is passed over because it does \
             not know web.enable-otlp-receiver (asked with `prometheus --help`)",
            lesser.display()
        )
    );
}

#[test]
fn a_requirement_is_one_or_zero() {
    let mut machine = Machine::new();
    for (value, expected) in [("", false), ("0", false), ("1", true)] {
        machine.set("BOTMETER_REQUIRE_SERVERS", value);
        assert_eq!(required_in(&machine.surroundings).unwrap(), expected);
    }
    machine.set("BOTMETER_REQUIRE_SERVERS", "yes");
    assert_eq!(
        required_in(&machine.surroundings).unwrap_err().to_string(),
        "BOTMETER_REQUIRE_SERVERS is \"yes\": set it to 1 or 0, or leave it unset"
    );
}

/// The real modules and the recipes name the same programs.
#[test]
fn every_tool_of_a_module_is_built_and_every_build_is_a_tool() {
    let surroundings = Surroundings::of_this_process();
    for module in Server::value_variants().iter().filter_map(|server| Module::of(*server)) {
        let path = surroundings.modules.join(module.folder).join("go.mod");
        let text = fs::read_to_string(path).unwrap();
        let tools: BTreeSet<&str> = text
            .split_once("\ntool ")
            .and_then(|(_, rest)| rest.split_once("\nrequire"))
            .map(|(tools, _)| tools)
            .unwrap()
            .split_whitespace()
            .filter(|word| word.contains('/'))
            .collect();
        let built: BTreeSet<&str> = match &module.recipe {
            Recipe::Packages(packages) => packages.iter().map(|(_, package)| *package).collect(),
            Recipe::Collector { builder, .. } => [*builder].into(),
        };
        assert_eq!(tools, built, "{}", module.folder);
        assert!(module.cached(&surroundings).is_ok(), "{} lacks a file", module.folder);
    }
}

/// What answers queries for the test of the evaluator is the Prometheus that
/// the other tests run.
#[test]
fn the_engine_is_that_of_the_server() {
    let pinned = |folder: &str| {
        let path = Surroundings::of_this_process().modules.join(folder).join("go.mod");
        let text = fs::read_to_string(path).unwrap();
        let version = text.split("github.com/prometheus/prometheus v").nth(1).unwrap();
        version.split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(pinned("promql"), pinned("prometheus"));
}
