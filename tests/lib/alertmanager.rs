//! A real Alertmanager for the time of one test.

use std::net::SocketAddr;
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;
use xtask::servers::{Server, needed};

use crate::process::{Process, start_on_free_ports, without_own_variables};
use crate::stack_folder::StackFolder;

/// An Alertmanager of its own on a free port of the loopback, with the
/// configuration of `compose/`. It ends when the value is dropped.
#[derive(Debug)]
pub struct Alertmanager {
    // The order matters: the process ends before its folder goes.
    _process: Process,
    address: SocketAddr,
    _folder: TempDir,
}

impl Alertmanager {
    /// Starts the server with these secrets, a name and a content each, and
    /// waits until it is ready.
    ///
    /// # Errors
    ///
    /// If Alertmanager is absent, and if it ends or is not ready in
    /// time, with the last lines of its log.
    pub fn start(secrets: &[(&str, &str)]) -> Result<Self> {
        let program = needed(Server::Alertmanager)?;
        let folder = tempfile::tempdir().context("failed to create a temporary folder")?;
        let configuration = StackFolder::new(folder.path().to_owned()).alertmanager(secrets)?;
        let home = configuration.parent().context("the configuration is in no folder")?;
        let (process, [port]) = start_on_free_ports(
            "Alertmanager",
            &folder.path().join("alertmanager.log"),
            |[port]: [u16; 1]| {
                let mut command = Command::new(&program);
                without_own_variables(&mut command);
                command
                    .current_dir(home)
                    .arg("--config.file=alertmanager.yml")
                    .arg("--storage.path")
                    .arg(folder.path().join("data"))
                    .arg(format!("--web.listen-address=127.0.0.1:{port}"))
                    .arg("--cluster.listen-address=");
                command
            },
            |[port]| format!("http://127.0.0.1:{port}/-/ready"),
        )?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Ok(Self { _process: process, address, _folder: folder })
    }

    /// Where it takes alerts.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base of its page and API.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}
