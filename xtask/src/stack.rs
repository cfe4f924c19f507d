//! A stack of one's own beside others: on free ports, in a folder that goes
//! when it is over.

use std::{
    collections::BTreeMap,
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
};

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    repository,
    servers::{Server, needed},
};

/// Every port that the stack takes, by the middle of its variable.
const PORTS: &[&str] = &[
    "PROMETHEUS",
    "JAEGER",
    "JAEGER_OTLP_GRPC",
    "JAEGER_OTLP_HTTP",
    "JAEGER_GRPC",
    "JAEGER_HEALTH",
    "JAEGER_TELEMETRY",
    "GRAFANA",
    "ALERTMANAGER",
    "QUERY",
    "COLLECTOR_GRPC",
    "COLLECTOR_HTTP",
    "COLLECTOR_PAGE",
    "COLLECTOR_TELEMETRY",
    "BOT",
];

/// The ports in a row behind that of the fleet.
const PORTS_OF_A_FLEET: u16 = 15;

/// A place for `botmeter stack` without containers.
#[derive(Debug)]
pub struct OwnStack {
    program: PathBuf,
    folder: TempDir,
    variables: Vec<(&'static str, PathBuf)>,
    ports: BTreeMap<&'static str, u16>,
}

impl OwnStack {
    /// With the configuration, the rules and the dashboards of this clone.
    ///
    /// # Errors
    ///
    /// As those of [`without_clone`](Self::without_clone).
    pub fn of_this_clone(servers: &[Server]) -> Result<Self> {
        let mut stack = Self::without_clone(servers)?;
        stack.variables.push(("BOTMETER_STACK_FOLDER", repository::root()));
        Ok(stack)
    }

    /// As on a machine that has the program and these servers alone.
    ///
    /// # Errors
    ///
    /// When a server is missing, the program does not build, or there is no
    /// place.
    pub fn without_clone(servers: &[Server]) -> Result<Self> {
        let mut variables = Vec::new();
        for server in servers.iter().copied() {
            variables.push((server.program().variable, needed(server)?));
        }
        let program = repository::build("botmeter-cli", "botmeter")?;
        let folder = tempfile::tempdir().context("failed to create a folder")?;
        variables.push(("BOTMETER_STACK_ENV_FILE", folder.path().join(".env")));
        variables.push(("XDG_DATA_HOME", folder.path().to_owned()));
        let mut ports: BTreeMap<_, _> = PORTS.iter().map(|name| (*name, free_ports(1))).collect();
        ports.insert("FLEET", free_ports(PORTS_OF_A_FLEET));
        Ok(Self { program, folder, variables, ports })
    }

    /// Where the stack is.
    pub fn place(&self, name: &str) -> PathBuf {
        self.path("botmeter/stack").join(name)
    }

    /// A place beside the stack.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes `.env`: the ports, and this.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub fn write_env(&self, more: &str) -> Result<()> {
        let mut text = more.to_owned();
        for (name, port) in &self.ports {
            text.push_str("BOTMETER_");
            text.push_str(name);
            text.push_str("_PORT=");
            text.push_str(&port.to_string());
            text.push('\n');
        }
        fs::write(self.path(".env"), text).context("failed to write the variables of a stack")
    }

    /// The port with this name.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn port(&self, name: &str) -> u16 {
        self.ports[name]
    }

    /// What listens there.
    pub fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}", self.port(name))
    }

    /// `botmeter stack` with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["stack", "--engine", "native"])
            .args(arguments)
            // Only what is set here counts.
            .env_remove("BOTMETER_STACK_FOLDER")
            .env_remove("BOTMETER_STACK_RUN")
            .env_remove("COMPOSE_PROFILES")
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// The servers that run, as the stack tells others of them.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn servers(&self) -> Result<Vec<Value>> {
        let path = self.place("state.json");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("failed to read {}", path.display()))?;
        let state: Value = serde_json::from_str(&text)?;
        state["servers"].as_array().cloned().context("the stack has no servers")
    }
}

/// The first of so many ports in a row, below those that the system gives out by
/// itself, so that nobody else gets them before the stack does.
fn free_ports(count: u16) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % 10_000) as u16;
    loop {
        let offset = NEXT.fetch_add(count, Ordering::Relaxed);
        let first = 20_000 + (start + offset) % 12_000;
        if (first..first + count).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return first;
        }
    }
}
