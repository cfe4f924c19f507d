//! A real Prometheus for the time of one test.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use xtask::servers::{Server, needed};

use crate::process::{Process, agent, without_own_variables};
use crate::{Api, PrometheusBuilder};

/// A Prometheus of its own on a free port of the loopback, with an empty
/// database in a temporary folder. It is killed and its folder removed when
/// the value is dropped, also by a panic; so it belongs into the test and
/// never into a static.
#[derive(Debug)]
pub struct Prometheus {
    // The order matters: the process ends before its folder goes.
    process: Process,
    address: SocketAddr,
    api: Api,
    program: PathBuf,
    configuration: PathBuf,
    settings: PrometheusBuilder,
    folder: TempDir,
}

/// How a Prometheus ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is asked to, and has time to write what it has in memory.
    Asked,
    /// It is killed, as by a machine without memory.
    Killed,
}

impl Prometheus {
    /// What to set before [`start`](PrometheusBuilder::start).
    pub fn builder() -> PrometheusBuilder {
        PrometheusBuilder::new()
    }

    pub(crate) fn start(settings: &PrometheusBuilder) -> Result<Self> {
        let program = needed(Server::Prometheus)?;
        let folder = tempfile::tempdir().context("failed to create a temporary folder")?;
        let configuration = settings.write(folder.path())?;
        // The system picks the port, and the log says which.
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut command = command(&program, &configuration, folder.path(), settings, any);
        let mut process = Process::start(&mut command, folder.path().join("first.log"))?;
        let address = wait_until_ready(&mut process)?;
        let (settings, api) = (settings.clone(), Api::at(address));
        Ok(Self { process, address, api, program, configuration, settings, folder })
    }

    /// Ends the server, and starts it again with the same database at the same
    /// address.
    ///
    /// # Errors
    ///
    /// If it does not end, or does not come back.
    pub fn restart(&mut self, end: End) -> Result<()> {
        match end {
            End::Killed => {
                self.process.kill()?;
            }
            End::Asked => {
                let answer = agent().post(format!("{}/-/quit", self.url())).send_empty()?;
                if !answer.status().is_success() {
                    bail!("asked to end, Prometheus answered {}", answer.status());
                }
                self.process.wait()?;
            }
        }
        let folder = self.folder.path();
        let mut command =
            command(&self.program, &self.configuration, folder, &self.settings, self.address);
        self.process = Process::start(&mut command, folder.join("next.log"))?;
        wait_until_ready(&mut self.process).map(drop)
    }

    /// Adds a target to a server that was started
    /// [as in the stack](PrometheusBuilder::as_in_the_stack), which finds it
    /// by itself.
    ///
    /// # Errors
    ///
    /// If the folder of targets cannot be written to.
    pub fn discover(&self, job: &str, instance: &str, address: SocketAddr) -> Result<()> {
        let target = crate::prometheus_builder::target(job, instance, address);
        let path = self.folder.path().join(format!("prometheus/targets/{job}.json"));
        std::fs::write(&path, serde_json::json!([target]).to_string())
            .with_context(|| format!("failed to write {}", path.display()))
    }

    /// The address and port of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its database is.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The number of the server's process.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The base of the OTLP receiver, to which exporters append `/v1/metrics`.
    pub fn otlp_endpoint(&self) -> String {
        format!("{}/api/v1/otlp", self.url())
    }
}

impl Deref for Prometheus {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

fn command(
    program: &Path,
    configuration: &Path,
    folder: &Path,
    settings: &PrometheusBuilder,
    address: SocketAddr,
) -> Command {
    let mut command = Command::new(program);
    without_own_variables(&mut command);
    command
        .arg("--config.file")
        .arg(configuration)
        .arg("--storage.tsdb.path")
        .arg(folder.join("data"))
        .arg(format!("--web.listen-address={address}"))
        .args(settings.flags())
        .envs(settings.variables());
    command
}

fn wait_until_ready(process: &mut Process) -> Result<SocketAddr> {
    let agent = agent();
    process.wait_until_ready("Prometheus", |log| {
        let Some(address) = listening(log) else { return Ok(None) };
        // The page may still refuse while the server loads; that is not yet.
        let ready = agent.get(format!("http://{address}/-/ready")).call();
        Ok(ready.is_ok_and(|response| response.status().is_success()).then_some(address))
    })
}

/// The address in the line of the log that tells of the open port.
fn listening(log: &str) -> Option<SocketAddr> {
    let line = log.lines().find(|line| line.contains(r#"msg="Listening on""#))?;
    line.split_once(" address=")?.1.split_whitespace().next()?.parse().ok()
}
