//! The parts of a fleet: what compose.fleet.yaml says of containers, said of
//! programs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{Start, configure::replace};
use crate::{
    native::server::{Ready, Server},
    ring::{self, RECEIVERS},
    settings::{FLEET_PORT, FLEET_PORTS, QUERY_PORT},
};

/// The ports of a receiver, one after another: for the query layer and the
/// other receivers, for people, for what is sent, and for a second protocol
/// among receivers, which it opens even though nobody uses it.
const GRPC: u16 = 0;
const HTTP: u16 = 1;
const WRITE: u16 = 2;
const CAPNPROTO: u16 = 3;
const EACH: u16 = 4;

/// The ports behind those of the receivers.
const QUERY_GRPC: u16 = 12;
const RULER_GRPC: u16 = 13;
const RULER_HTTP: u16 = 14;

const _: () = assert!(RULER_HTTP + 1 == FLEET_PORTS, "the settings reserve all of them");

/// What stands for addresses and folders of the containers in their files.
const WRITE_INSIDE: &str = "receivers:10908";
const ALERTMANAGERS_INSIDE: &str = "/etc/thanos/alertmanagers";

impl Start<'_> {
    /// The receivers, and the query layer before them; ended after whoever sends
    /// or asks.
    pub(super) fn stores(&self, program: &Path) -> Vec<Server> {
        let receivers = RECEIVERS.into_iter().zip(0..);
        let mut servers: Vec<Server> =
            receivers.map(|(name, number)| self.receiver(program, name, number)).collect();
        servers.push(self.query(program));
        servers
    }

    fn receiver(&self, program: &Path, name: &'static str, number: u16) -> Server {
        let own = |port: u16| number * EACH + port;
        let get = |name| self.settings.get(name);
        let arguments = vec![
            "receive".to_owned(),
            format!("--label=receiver=\"{number}\""),
            format!("--receive.local-endpoint={}", self.part(own(GRPC))),
            format!("--tsdb.path={}", self.folder.data().join(name).display()),
            format!("--tsdb.retention={}", get("BOTMETER_PROMETHEUS_RETENTION_TIME")),
            format!("--grpc-address={}", self.listen_part(own(GRPC))),
            format!("--http-address={}", self.listen_part(own(HTTP))),
            format!("--remote-write.address={}", self.listen_part(own(WRITE))),
            format!("--receive.capnproto-address=127.0.0.1:{}", self.port(own(CAPNPROTO))),
            format!("--receive.hashrings-file={}", self.file("hashring.json")),
            "--receive.hashrings-algorithm=ketama".to_owned(),
            "--receive.replication-factor=2".to_owned(),
            "--tsdb.out-of-order.time-window=30m".to_owned(),
            "--tsdb.max-exemplars=100000".to_owned(),
        ];
        let ports = [GRPC, HTTP, WRITE, CAPNPROTO].map(own);
        self.thanos(program, name, arguments, &self.part(own(HTTP)), &ports)
    }

    fn query(&self, program: &Path) -> Server {
        let receivers = RECEIVERS.iter().zip(0..).map(|(_, number)| number * EACH + GRPC);
        let stores: Vec<_> = receivers
            .chain([RULER_GRPC])
            .map(|port| json!({ "address": self.part(port) }))
            .collect();
        let arguments = vec![
            "query".to_owned(),
            format!("--grpc-address={}", self.listen_part(QUERY_GRPC)),
            format!("--http-address={}", self.listen(QUERY_PORT)),
            format!("--endpoint.sd-config={}", json!({ "endpoints": stores })),
            "--query.replica-label=receiver".to_owned(),
            "--query.replica-label=ruler".to_owned(),
        ];
        let mut server =
            self.thanos(program, "query", arguments, &self.at(QUERY_PORT), &[QUERY_GRPC]);
        server.ports.extend(self.ports(&[QUERY_PORT]));
        server
    }

    /// What evaluates the rules, in the place of Prometheus.
    pub(super) fn ruler(&self, program: &Path) -> Server {
        let rules = self.folder.prometheus().join("rules/*.rules.yml");
        let notify = self.settings.get("BOTMETER_NOTIFY");
        let notify = json!([{ "replacement": notify, "target_label": "notify" }]);
        let arguments = vec![
            "rule".to_owned(),
            format!("--grpc-address={}", self.listen_part(RULER_GRPC)),
            format!("--http-address={}", self.listen_part(RULER_HTTP)),
            format!("--data-dir={}", self.folder.data().join("ruler").display()),
            format!("--query=http://{}", self.at(QUERY_PORT)),
            format!("--rule-file={}", rules.display()),
            "--eval-interval=15s".to_owned(),
            "--label=ruler=\"0\"".to_owned(),
            "--alert.label-drop=ruler".to_owned(),
            format!("--alert.relabel-config={notify}"),
            format!("--alertmanagers.config-file={}", self.file("alertmanagers.yaml")),
            format!("--alert.query-url=http://{}", self.outside(QUERY_PORT)),
        ];
        let ports = [RULER_GRPC, RULER_HTTP];
        self.thanos(program, "ruler", arguments, &self.part(RULER_HTTP), &ports)
    }

    fn thanos(
        &self,
        program: &Path,
        name: &'static str,
        arguments: Vec<String>,
        http: &str,
        ports: &[u16],
    ) -> Server {
        Server {
            name,
            program: program.to_owned(),
            arguments,
            variables: self.variables(&[]),
            directory: self.place.run.clone(),
            ready: Ready::Page(format!("http://{http}/-/ready")),
            ports: ports.iter().map(|port| (FLEET_PORT, self.port(*port))).collect(),
        }
    }

    /// Writes what the parts of a fleet read, with the addresses and folders of
    /// this machine.
    pub(super) fn lay_out_fleet(&self) -> Result<()> {
        let mut ring = ring::read(&self.place.compose)?;
        for (receiver, number) in RECEIVERS.into_iter().zip(0..) {
            let here = self.part(number * EACH + GRPC);
            ring = ring.replace(&ring::address(receiver), &here);
        }
        replace(&self.thanos_folder().join("hashring.json"), &ring)?;
        let alertmanagers = self.folder.prometheus().join("alertmanagers").display().to_string();
        self.lay_out_file(
            "thanos/alertmanagers.yaml",
            &self.thanos_folder().join("alertmanagers.yaml"),
            (ALERTMANAGERS_INSIDE, &alertmanagers),
        )?;
        // Any receiver will do: whichever is sent to hands on to the others, and
        // one that dies ends the stack.
        self.lay_out_file(
            "prometheus/fleet.yml",
            &self.folder.prometheus().join("fleet.yml"),
            (WRITE_INSIDE, &self.part(WRITE)),
        )
    }

    fn lay_out_file(&self, from: &str, to: &Path, (inside, here): (&str, &str)) -> Result<()> {
        let from = self.place.compose.join(from);
        let text = fs::read_to_string(&from)
            .with_context(|| format!("failed to read {}", from.display()))?;
        ensure!(
            text.contains(inside),
            "{} does not name {inside}, whose place {here} takes on this machine",
            from.display()
        );
        replace(to, &text.replace(inside, here))
    }

    fn thanos_folder(&self) -> PathBuf {
        self.folder.file("thanos")
    }

    fn file(&self, name: &str) -> String {
        self.thanos_folder().join(name).display().to_string()
    }

    fn port(&self, offset: u16) -> u16 {
        self.settings.port(FLEET_PORT) + offset
    }

    /// The address of a part for the others.
    fn part(&self, offset: u16) -> String {
        format!("{}:{}", self.settings.host(), self.port(offset))
    }

    /// Where a part listens.
    fn listen_part(&self, offset: u16) -> String {
        std::net::SocketAddr::new(self.settings.bind(), self.port(offset)).to_string()
    }
}
