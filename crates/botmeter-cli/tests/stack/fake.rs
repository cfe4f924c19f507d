//! A folder with or without a copy of the configuration, an engine that only plays one,
//! and nothing of this machine.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

const ENGINE: &str = include_str!("engine.sh");

/// How long anything may take; a machine may be busy.
pub(super) const SOON: Duration = Duration::from_mins(1);

pub(super) struct Fake {
    folder: TempDir,
    has_clone: bool,
}

/// What a run of the command came to.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) output: String,
    pub(super) errors: String,
}

impl Fake {
    /// With engines of these names, the configuration of a clone, and a password.
    pub(super) fn new(engines: &[&str]) -> Self {
        let fake = Self { has_clone: true, ..Self::without_clone(engines) };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        symlink(root.join("dashboards"), fake.path("dashboards")).unwrap();
        for file in [
            "compose.yaml",
            "compose.podman.yaml",
            "compose.fleet.yaml",
            "thanos/hashring.json",
            ".env.example",
        ] {
            let text = fs::read_to_string(root.join("compose").join(file)).unwrap();
            fake.write(&format!("compose/{file}"), &text);
        }
        fake.write("compose/.env", "GRAFANA_ADMIN_PASSWORD=x\n");
        fake
    }

    /// With engines of these names, and a person who has the program alone.
    pub(super) fn without_clone(engines: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fake = Self { folder, has_clone: false };
        for part in ["bin", "home", "fake/volumes"] {
            fs::create_dir_all(fake.path(part)).unwrap();
        }
        for engine in engines {
            fake.program(engine, ENGINE);
        }
        fake.write("fake/services", "");
        fake.write("fake/version", "Docker Compose version v2.36.2\n");
        fake
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Puts a script on `PATH`.
    pub(super) fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Says that these services run and are healthy.
    pub(super) fn running(&self, services: &[&str]) {
        let lines: Vec<String> = services
            .iter()
            .map(|name| format!(r#"{{"Service":"{name}","State":"running","Health":"healthy"}}"#))
            .collect();
        self.write("fake/services", &lines.join("\n"));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_botmeter"));
        // Of this machine, only what a shell needs; no servers, no engines.
        command
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .env("HOME", self.path("home"))
            .env("FAKE", self.path("fake"))
            .arg("stack")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.has_clone {
            command.env("BOTMETER_STACK_FOLDER", self.folder.path());
        }
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }

    pub(super) fn start(&self, arguments: &[&str]) -> Running {
        Running(self.command(arguments).spawn().unwrap())
    }

    /// What the engine was asked since the last time, without the questions
    /// whether it is there; the folder is written as `@`.
    pub(super) fn calls(&self) -> Vec<String> {
        let here = self.folder.path().display().to_string();
        let calls = self.read("fake/calls").replace(&here, "@");
        self.write("fake/calls", "");
        let is_order = |call: &&str| !call.contains("version") && !call.contains(" info ");
        calls.lines().filter(is_order).map(str::to_owned).collect()
    }

    /// Waits until the engine is asked for this.
    pub(super) fn until_asked(&self, order: &str) {
        let start = Instant::now();
        while !self.read("fake/calls").contains(order) {
            assert!(start.elapsed() < SOON, "no {order:?} in {:?}", self.read("fake/calls"));
            thread::sleep(Duration::from_millis(20));
        }
    }
}

pub(super) struct Running(Child);

impl Running {
    /// Sends a signal to the command alone.
    pub(super) fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.0.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    pub(super) fn end(self) -> Ended {
        let output = self.0.wait_with_output().unwrap();
        Ended {
            code: output.status.code(),
            output: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// The error of a run that failed with one.
    pub(super) fn error(&self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        let (_, error) = self.errors.split_once("error: ").unwrap_or_else(|| panic!("{self:?}"));
        error.trim_end().to_owned()
    }

    pub(super) fn succeeded(&self) {
        assert_eq!(self.code, Some(0), "{self:?}");
    }
}

/// The files under a folder with their texts.
pub(super) fn tree(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
