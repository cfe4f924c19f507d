//! A Prometheus with an hour in it.

use std::{
    fs,
    net::TcpListener,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::hour;
use crate::{
    running::Running,
    servers::{Server, needed},
    terminal::{say, succeed},
};

/// How long it may take to read what it has.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server that runs until this is dropped.
#[derive(Debug)]
pub(super) struct Filled {
    url: String,
    end: i64,
    // The server ends before its files do.
    _server: Running,
    _files: TempDir,
}

impl Filled {
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// When the hour ends, in seconds.
    pub(super) fn end(&self) -> i64 {
        self.end
    }
}

/// Tells the hour, which takes some minutes, and starts a server with it.
pub(super) fn filled() -> Result<Filled> {
    let program = needed(Server::Prometheus)?;
    let promtool = needed(Server::Promtool)?;
    say(format_args!("an hour of the demo takes {} minutes", hour::takes().as_secs() / 60));
    let (text, end) = hour::told()?;
    let files = tempfile::tempdir().context("failed to create a folder")?;
    let samples = files.path().join("samples.om");
    fs::write(&samples, text).context("failed to write the samples")?;
    let data = files.path().join("data");
    let create = ["tsdb", "create-blocks-from", "openmetrics", "--quiet"];
    succeed(Command::new(promtool).args(create).arg(samples).arg(&data))?;
    let configuration = files.path().join("prometheus.yml");
    fs::write(&configuration, "").context("failed to set up Prometheus")?;
    let address = free()?;
    let mut command = Command::new(program);
    command.arg(format!("--config.file={}", configuration.display()));
    command.arg(format!("--storage.tsdb.path={}", data.display()));
    command.arg(format!("--web.listen-address={address}")).arg("--log.level=error");
    let server = Running::start(&mut command)?;
    let url = format!("http://{address}");
    ready(&url)?;
    Ok(Filled { url, end: end.div_euclid(1000), _server: server, _files: files })
}

/// An address where nobody listens at the moment.
fn free() -> Result<String> {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(address.context("failed to find a free port of 127.0.0.1")?.to_string())
}

fn ready(url: &str) -> Result<()> {
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let begin = Instant::now();
    while agent.get(format!("{url}/-/ready")).call().is_err() {
        ensure!(begin.elapsed() < PATIENCE, "failed to reach the Prometheus at {url}");
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
