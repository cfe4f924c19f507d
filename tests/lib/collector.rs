//! A real Collector for the time of one test.

use std::net::SocketAddr;
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;
use xtask::servers::{Server, needed};

use crate::Jaeger;
use crate::process::{Process, start_on_free_ports, without_own_variables};
use crate::stack_folder::StackFolder;

/// A Collector of its own on free ports of the loopback, with the configuration
/// of `compose/`. It ends when the value is dropped.
#[derive(Debug)]
pub struct Collector {
    // The order matters: the process ends before its folder goes.
    _process: Process,
    grpc: SocketAddr,
    http: SocketAddr,
    page: SocketAddr,
    telemetry: SocketAddr,
    _folder: TempDir,
}

impl Collector {
    /// Starts the server and waits until it is ready. Without a Jaeger, spans that it is
    /// sent find nobody.
    ///
    /// # Errors
    ///
    /// If the Collector is absent, and if it ends or is not ready
    /// in time, with the last lines of its log.
    pub fn start(jaeger: Option<&Jaeger>) -> Result<Self> {
        Self::start_with(jaeger, None)
    }

    /// As [`start`](Self::start), with a second configuration that is laid over
    /// the first.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_with(jaeger: Option<&Jaeger>, second: Option<&str>) -> Result<Self> {
        let program = needed(Server::Otelcol)?;
        let folder = tempfile::tempdir().context("failed to create a temporary folder")?;
        let configuration = StackFolder::source().join("collector/collector.yaml");
        let laid_over = folder.path().join("second.yaml");
        if let Some(second) = second {
            std::fs::write(&laid_over, second).context("failed to write a configuration")?;
        }
        // Nobody listens on the first port, which asks for rights.
        let jaeger = jaeger.map_or(SocketAddr::from(([127, 0, 0, 1], 1)), Jaeger::grpc);
        let (process, ports) = start_on_free_ports(
            "the Collector",
            &folder.path().join("collector.log"),
            |[grpc, http, page, telemetry]: [u16; 4]| {
                let mut command = Command::new(&program);
                without_own_variables(&mut command);
                command.arg("--config").arg(&configuration).current_dir(folder.path());
                if second.is_some() {
                    command.arg("--config").arg(&laid_over);
                }
                let ports = [
                    ("BOTMETER_COLLECTOR_GRPC_PORT", grpc),
                    ("BOTMETER_COLLECTOR_HTTP_PORT", http),
                    ("BOTMETER_COLLECTOR_PAGE_PORT", page),
                    ("BOTMETER_COLLECTOR_TELEMETRY_PORT", telemetry),
                ];
                command.envs(ports.map(|(name, port)| (name, port.to_string())));
                command.env("BOTMETER_COLLECTOR_JAEGER", jaeger.to_string());
                command
            },
            // The other page is there with its exporter alone.
            |[.., telemetry]| format!("http://127.0.0.1:{telemetry}/metrics"),
        )?;
        let [grpc, http, page, telemetry] =
            ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        Ok(Self { _process: process, grpc, http, page, telemetry, _folder: folder })
    }

    /// Where it takes metrics and spans by OTLP over gRPC.
    pub fn grpc_endpoint(&self) -> String {
        format!("http://{}", self.grpc)
    }

    /// Where it takes metrics and spans by OTLP over HTTP: the base, to which
    /// exporters append `/v1/metrics`.
    pub fn otlp_endpoint(&self) -> String {
        format!("http://{}", self.http)
    }

    /// Where `/metrics` has what it was sent.
    pub fn page(&self) -> SocketAddr {
        self.page
    }

    /// Where `/metrics` has what it says of itself.
    pub fn telemetry(&self) -> SocketAddr {
        self.telemetry
    }
}
