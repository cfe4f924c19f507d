//! A server as a process that does not outlive its test.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use crate::eventually;

/// How long a server may take to be ready: replaying an empty log takes
/// milliseconds, but the machine may be compiling at the same time.
const READY: Duration = Duration::from_mins(1);

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);

/// How many lines of the log an error shows.
const LINES: usize = 20;

/// How often other free ports are tried.
const ATTEMPTS: usize = 5;

/// A child that does not outlive its owner, also when that panics.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the command, whose output of both kinds goes to the log.
    pub(crate) fn start(command: &mut Command, log: PathBuf) -> Result<Self> {
        let file = File::options().create(true).append(true).open(&log);
        let file = file.with_context(|| format!("failed to create the log {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command
            .spawn()
            .with_context(|| format!("failed to start {}", command.get_program().display()))?;
        Ok(Self { child, log })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `ready` gives a value; an error shows how the log ends.
    pub(crate) fn wait_until_ready<T>(
        &mut self,
        name: &str,
        mut ready: impl FnMut(&str) -> Result<Option<T>>,
    ) -> Result<T> {
        let started = eventually(READY, &format!("{name} to be ready"), || {
            if let Some(status) = self.child.try_wait().context("failed to watch the process")? {
                bail!("it ended with {status}");
            }
            ready(&fs::read_to_string(&self.log).context("failed to read the log")?)
        });
        started
            .map_err(|error| anyhow!("{error:#}; its log ends:\n{}", tail(&self.log)))
            .with_context(|| format!("failed to start {name}"))
    }

    /// Waits until it answers at this URL.
    pub(crate) fn wait_until_page(&mut self, name: &str, url: &str) -> Result<()> {
        let agent = agent();
        self.wait_until_ready(name, |_| {
            let answer = agent.get(url).call();
            Ok(answer.is_ok_and(|answer| answer.status().is_success()).then_some(()))
        })
    }

    /// Kills it, and returns when it is gone.
    pub(crate) fn kill(&mut self) -> Result<ExitStatus> {
        self.child.kill().context("failed to kill the process")?;
        self.wait()
    }

    /// Waits until it ends by itself, which it was asked to do.
    pub(crate) fn wait(&mut self) -> Result<ExitStatus> {
        eventually(READY, "the process to end", || Ok(self.child.try_wait()?))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only for a child that is gone, which is what is wanted.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What the person who runs the tests has set for a stack of their own is not
/// what is tested. To be called before the test sets its own.
pub(crate) fn without_own_variables(command: &mut Command) {
    let prefixes = ["BOTMETER_", "COMPOSE_", "GRAFANA_", "JAEGER_", "OTEL_"];
    for (name, _) in std::env::vars_os() {
        if prefixes.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
}

/// Starts a server that cannot choose its ports itself on free ones, and waits
/// until it answers.
pub(crate) fn start_on_free_ports<const N: usize>(
    name: &str,
    log: &Path,
    command: impl Fn([u16; N]) -> Command,
    ready: impl Fn([u16; N]) -> String,
) -> Result<(Process, [u16; N])> {
    with_free_ports(name, |ports| {
        let mut process = Process::start(&mut command(ports), log.to_owned())?;
        process.wait_until_page(name, &ready(ports))?;
        Ok((process, ports))
    })
}

/// What starts on free ports. Whoever was faster at one of them is a reason to
/// try others.
pub(crate) fn with_free_ports<const N: usize, T>(
    name: &str,
    mut start: impl FnMut([u16; N]) -> Result<T>,
) -> Result<T> {
    let mut last = None;
    for _ in 0..ATTEMPTS {
        match start(free_ports()?) {
            Err(error) if format!("{error:#}").contains("address already in use") => {
                last = Some(error);
            }
            outcome => return outcome,
        }
    }
    Err(last.unwrap_or_else(|| anyhow!("{name} was never started")))
}

/// Ports of the loopback that nobody listens on at this moment, all different.
fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut listeners = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind("127.0.0.1:0").context("failed to find a free port")?;
        *port = listener.local_addr()?.port();
        // All stay open until each is found, so that none comes twice.
        listeners.push(listener);
    }
    Ok(ports)
}

/// A client that shows the bodies of refusals, and goes to the loopback even
/// where the environment names a proxy.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(ANSWER))
        .build()
        .into()
}

/// The last lines of the log, or why there are none.
fn tail(log: &Path) -> String {
    match fs::read_to_string(log) {
        Ok(text) => {
            let lines: Vec<&str> = text.lines().collect();
            lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n")
        }
        Err(error) => format!("(failed to read {}: {error})", log.display()),
    }
}
