//! A real Jaeger for the time of one test.

use std::net::SocketAddr;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;
use xtask::servers::{Server, needed};

use crate::process::{Process, agent, start_on_free_ports, without_own_variables};
use crate::stack_folder::StackFolder;

/// A Jaeger of its own on free ports of the loopback, with the configuration of
/// `compose/` and no traces. It ends when the value is dropped.
#[derive(Debug)]
pub struct Jaeger {
    // The order matters: the process ends before its folder goes.
    _process: Process,
    query: SocketAddr,
    grpc: SocketAddr,
    http: SocketAddr,
    agent: ureq::Agent,
    _folder: TempDir,
}

impl Jaeger {
    /// Starts the server and waits until it is healthy.
    ///
    /// # Errors
    ///
    /// If Jaeger is absent, and if it ends or is not healthy in
    /// time, with the last lines of its log.
    pub fn start() -> Result<Self> {
        let program = needed(Server::Jaeger)?;
        let folder = tempfile::tempdir().context("failed to create a temporary folder")?;
        let configuration = StackFolder::source().join("jaeger/jaeger.yaml");
        let (process, ports) = start_on_free_ports(
            "Jaeger",
            &folder.path().join("jaeger.log"),
            |[query, query_grpc, health, telemetry, grpc, http]: [u16; 6]| {
                let mut command = Command::new(&program);
                without_own_variables(&mut command);
                command.arg("--config").arg(&configuration).current_dir(folder.path());
                let ports = [
                    ("BOTMETER_JAEGER_PORT", query),
                    ("BOTMETER_JAEGER_GRPC_PORT", query_grpc),
                    ("BOTMETER_JAEGER_HEALTH_PORT", health),
                    ("BOTMETER_JAEGER_TELEMETRY_PORT", telemetry),
                    ("BOTMETER_JAEGER_OTLP_GRPC_PORT", grpc),
                    ("BOTMETER_JAEGER_OTLP_HTTP_PORT", http),
                ];
                command.envs(ports.map(|(name, port)| (name, port.to_string())));
                command
            },
            |[_, _, health, ..]| format!("http://127.0.0.1:{health}/status"),
        )?;
        let [query, _, _, _, grpc, http] =
            ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        Ok(Self { _process: process, query, grpc, http, agent: agent(), _folder: folder })
    }

    /// The base of its page and API.
    pub fn url(&self) -> String {
        format!("http://{}", self.query)
    }

    /// Where it takes spans by OTLP over gRPC.
    pub fn grpc(&self) -> SocketAddr {
        self.grpc
    }

    /// Where it takes spans by OTLP over HTTP: the base, to which exporters
    /// append `/v1/traces`.
    pub fn otlp_endpoint(&self) -> String {
        format!("http://{}", self.http)
    }

    /// The names of the services that have traces.
    ///
    /// # Errors
    ///
    /// If it cannot be asked or refuses.
    pub fn services(&self) -> Result<Vec<String>> {
        let answer = self.get("/api/v3/services", &[])?;
        Ok(serde_json::from_value(answer["services"].clone())?)
    }

    /// The spans of all traces that answer a search of its page: by `service`,
    /// `operation`, and `tags` as an object in JSON.
    ///
    /// # Errors
    ///
    /// If it cannot be asked or refuses.
    pub fn search(&self, query: &[(&str, &str)]) -> Result<Vec<Value>> {
        let answer = self.get("/api/traces", &[query, &[("limit", "100")]].concat())?;
        let traces = answer["data"].as_array().context("the answer has no data")?;
        let spans = traces.iter().filter_map(|trace| trace["spans"].as_array());
        Ok(spans.flatten().cloned().collect())
    }

    /// The answer to a GET of its API.
    ///
    /// # Errors
    ///
    /// If it cannot be asked or refuses.
    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value> {
        let request = self.agent.get(format!("{}{path}", self.url()));
        let mut response = request.query_pairs(query.iter().copied()).call()?;
        let body = response.body_mut().read_to_string()?;
        if !response.status().is_success() {
            bail!("Jaeger answered {} to {path}: {body}", response.status());
        }
        serde_json::from_str(&body).with_context(|| format!("failed to read {body:?}"))
    }
}
