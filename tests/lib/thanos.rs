//! A real fleet of stores for the time of one test: three receivers of Thanos
//! that keep each series twice, a query layer before them, and a ruler.

use std::fs;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::servers::{Server, needed};

use crate::process::{Process, agent, with_free_ports, without_own_variables};
use crate::{Api, eventually};

/// How many receivers share the series.
const RECEIVERS: usize = 3;

/// How many receivers have the same series; a test holds `compose/` to it.
pub const COPIES: &str = "2";

/// The ports of a receiver: for the query layer and its like, for people, for
/// remote write and OTLP, and for a second protocol among receivers, which it
/// opens to the network unless it is told a place.
const PORTS: usize = 4;

/// How soon the query layer knows of all stores.
const SOON: Duration = Duration::from_mins(1);

/// A Thanos of its own on free ports of the loopback; what it dereferences to
/// is its query layer. All of its processes end when the value is dropped.
#[derive(Debug)]
pub struct Thanos {
    // The order matters: the processes end before their folder goes.
    receivers: Vec<Receiver>,
    _query: Process,
    _rule: Process,
    api: Api,
    ruler: Api,
    program: PathBuf,
    folder: TempDir,
}

#[derive(Debug)]
struct Receiver {
    process: Process,
    ports: [u16; PORTS],
}

/// What is left of a receiver that was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// All that it had written.
    Kept,
    /// Nothing.
    Lost,
}

impl Thanos {
    /// Starts all of it with the rules in a folder, and waits until the query
    /// layer knows of each store.
    ///
    /// # Errors
    ///
    /// If Thanos is absent, and if a part of it ends or is not
    /// ready in time, with the last lines of its log.
    pub fn start(rules: &Path) -> Result<Self> {
        let program = needed(Server::Thanos)?;
        with_free_ports("Thanos", |ports: [u16; RECEIVERS * PORTS + 4]| {
            Self::start_at(&program, rules, &ports)
        })
    }

    fn start_at(program: &Path, rules: &Path, ports: &[u16]) -> Result<Self> {
        let folder = tempfile::tempdir().context("failed to create a temporary folder")?;
        let (of_receivers, of_others) = ports.split_at(RECEIVERS * PORTS);
        let of_receivers: &[[u16; PORTS]] = of_receivers.as_chunks().0;
        let &[query_http, query_grpc, rule_http, rule_grpc] = of_others else {
            anyhow::bail!("{ports:?} are not as many ports as are needed");
        };
        let grpc = of_receivers.iter().map(|[grpc, ..]| *grpc);
        let ring: Vec<Value> = grpc.clone().map(|port| json!({ "address": at(port) })).collect();
        let ring = json!([{ "hashring": "bots", "tenants": [], "endpoints": ring }]);
        fs::write(folder.path().join("hashring.json"), ring.to_string())
            .context("failed to write the ring")?;
        let mut receivers = Vec::new();
        for (number, ports) in of_receivers.iter().enumerate() {
            let process = receiver(program, folder.path(), number, *ports)?;
            receivers.push(Receiver { process, ports: *ports });
        }
        let endpoints: Vec<Value> =
            grpc.chain([rule_grpc]).map(|port| json!({ "address": at(port) })).collect();
        let mut query = command(program, "query", query_http, query_grpc);
        query
            .args(["--query.replica-label=receiver", "--query.replica-label=ruler"])
            .arg(format!("--endpoint.sd-config={}", json!({ "endpoints": endpoints })));
        let query = start(query, folder.path(), "query", query_http)?;
        let mut rule = command(program, "rule", rule_http, rule_grpc);
        rule.arg(format!("--data-dir={}", folder.path().join("rule").display()))
            .arg(format!("--rule-file={}", rules.join("*.yml").display()))
            .arg(format!("--query=http://{}", at(query_http)))
            .args(["--eval-interval=5s", "--label=ruler=\"0\"", "--alert.label-drop=ruler"]);
        let rule = start(rule, folder.path(), "rule", rule_http)?;
        let thanos = Self {
            receivers,
            _query: query,
            _rule: rule,
            api: Api::at(address(query_http)),
            ruler: Api::at(address(rule_http)),
            program: program.to_owned(),
            folder,
        };
        thanos.wait_for_stores(RECEIVERS + 1)?;
        Ok(thanos)
    }

    /// Where the rules are evaluated.
    pub fn ruler(&self) -> &Api {
        &self.ruler
    }

    /// Where a receiver takes remote write.
    pub fn remote_write_url(&self, receiver: usize) -> String {
        format!("http://{}/api/v1/receive", self.takes_at(receiver))
    }

    /// Where a receiver takes OTLP: this very URL, with nothing behind it.
    pub fn otlp_url(&self, receiver: usize) -> String {
        format!("http://{}/api/v1/otlp", self.takes_at(receiver))
    }

    fn takes_at(&self, receiver: usize) -> SocketAddr {
        let [_, _, port, _] = self.receivers[receiver].ports;
        address(port)
    }

    /// Kills a receiver as a machine without power does, and waits until the
    /// query layer goes on without it.
    ///
    /// # Errors
    ///
    /// If it cannot be killed, or the query layer does not let go of it.
    pub fn kill(&mut self, receiver: usize) -> Result<()> {
        self.receivers[receiver].process.kill()?;
        self.wait_for_stores(RECEIVERS)
    }

    /// Starts a receiver that was killed, and waits until the query layer asks
    /// it again.
    ///
    /// # Errors
    ///
    /// If it does not come back.
    pub fn start_again(&mut self, receiver: usize, disk: Disk) -> Result<()> {
        let folder = self.folder.path();
        if disk == Disk::Lost {
            let data = folder.join(name_of(receiver));
            fs::remove_dir_all(&data)
                .with_context(|| format!("failed to remove {}", data.display()))?;
        }
        let ports = self.receivers[receiver].ports;
        self.receivers[receiver].process = self::receiver(&self.program, folder, receiver, ports)?;
        self.wait_for_stores(RECEIVERS + 1)
    }

    /// Until so many stores, and no more, answer the query layer.
    fn wait_for_stores(&self, count: usize) -> Result<()> {
        let (agent, url) = (agent(), format!("{}/api/v1/stores", self.url()));
        eventually(SOON, &format!("{count} stores behind the query layer"), || {
            let answer = agent.get(&url).call()?.body_mut().read_to_string()?;
            let answer: Value = serde_json::from_str(&answer)?;
            let kinds = answer["data"].as_object().context("there are no stores")?;
            let stores = kinds.values().filter_map(Value::as_array).flatten();
            let sound = stores.filter(|store| store["lastError"].is_null()).count();
            Ok((sound == count).then_some(()))
        })
    }
}

impl Deref for Thanos {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn at(port: u16) -> String {
    address(port).to_string()
}

fn name_of(receiver: usize) -> String {
    format!("receiver-{receiver}")
}

fn command(program: &Path, part: &str, http: u16, grpc: u16) -> Command {
    let mut command = Command::new(program);
    without_own_variables(&mut command);
    command
        .arg(part)
        .arg(format!("--http-address={}", at(http)))
        .arg(format!("--grpc-address={}", at(grpc)));
    command
}

fn receiver(
    program: &Path,
    folder: &Path,
    number: usize,
    [grpc, http, write, capnproto]: [u16; PORTS],
) -> Result<Process> {
    let name = name_of(number);
    let mut command = command(program, "receive", http, grpc);
    command
        .arg(format!("--tsdb.path={}", folder.join(&name).display()))
        .arg(format!("--label=receiver=\"{number}\""))
        .arg(format!("--remote-write.address={}", at(write)))
        .arg(format!("--receive.capnproto-address={}", at(capnproto)))
        .arg(format!("--receive.local-endpoint={}", at(grpc)))
        .arg(format!("--receive.hashrings-file={}", folder.join("hashring.json").display()))
        .arg("--receive.hashrings-algorithm=ketama")
        .arg(format!("--receive.replication-factor={COPIES}"))
        // What a sender has kept through an outage is late.
        .arg("--tsdb.out-of-order.time-window=30m");
    start(command, folder, &name, http)
}

fn start(mut command: Command, folder: &Path, name: &str, http: u16) -> Result<Process> {
    let mut process = Process::start(&mut command, folder.join(format!("{name}.log")))?;
    process
        .wait_until_page(&format!("Thanos ({name})"), &format!("http://{}/-/ready", at(http)))?;
    Ok(process)
}
