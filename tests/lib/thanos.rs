//! A real fleet of stores for the time of one test: three receivers of Thanos
//! that keep each series twice, a query layer before them, and a ruler, with
//! the flags and files that `compose/` has for them.

use std::fs;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use xtask::servers::{Server, needed};

use crate::process::{Process, agent, with_free_ports, without_own_variables};
use crate::stack_folder::StackFolder;
use crate::{Api, eventually};

/// How many receivers share the series.
const RECEIVERS: usize = 3;

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
    parts: Parts,
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
        let (of_receivers, of_others) = ports.split_at(RECEIVERS * PORTS);
        let of_receivers: &[[u16; PORTS]] = of_receivers.as_chunks().0;
        let &[query_http, query_grpc, rule_http, rule_grpc] = of_others else {
            anyhow::bail!("{ports:?} are not as many ports as are needed");
        };
        let mut moved: Vec<(String, String)> = of_receivers
            .iter()
            .enumerate()
            .map(|(number, [grpc, ..])| (format!("{}:10901", name_of(number)), at(*grpc)))
            .collect();
        moved.push(("ruler:10901".to_owned(), at(rule_grpc)));
        moved.push(("query:10902".to_owned(), at(query_http)));
        moved.push(("/etc/thanos/rules".to_owned(), rules.display().to_string()));
        let parts = Parts::new(program, moved)?;
        let mut receivers = Vec::new();
        for (number, ports) in of_receivers.iter().enumerate() {
            receivers.push(Receiver { process: parts.receiver(number, *ports)?, ports: *ports });
        }
        let query = parts.start("query", query_grpc, query_http, &[])?;
        // A test waits for the rules.
        let pace = ("interval=15s", "interval=5s".to_owned());
        let rule = parts.start("ruler", rule_grpc, rule_http, &[pace])?;
        let thanos = Self {
            receivers,
            _query: query,
            _rule: rule,
            api: Api::at(address(query_http)),
            ruler: Api::at(address(rule_http)),
            parts,
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
        if disk == Disk::Lost {
            let data = self.parts.folder.path().join(name_of(receiver));
            fs::remove_dir_all(&data)
                .with_context(|| format!("failed to remove {}", data.display()))?;
        }
        let ports = self.receivers[receiver].ports;
        self.receivers[receiver].process = self.parts.receiver(receiver, ports)?;
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

/// What starts each part as its container is started, in the places of a test.
#[derive(Debug)]
struct Parts {
    program: PathBuf,
    /// compose.fleet.yaml.
    compose: Value,
    /// What stands for addresses and folders in there, and what they are here.
    moved: Vec<(String, String)>,
    folder: TempDir,
}

impl Parts {
    fn new(program: &Path, mut moved: Vec<(String, String)>) -> Result<Self> {
        let folder = tempfile::tempdir().context("failed to create a temporary folder")?;
        moved.push(("/etc/thanos".to_owned(), folder.path().display().to_string()));
        let compose = serde_saphyr::from_str(&read("compose.fleet.yaml")?)?;
        let parts = Self { program: program.to_owned(), compose, moved, folder };
        for file in ["hashring.json", "alertmanagers.yaml"] {
            let text = parts.here(&read(&format!("thanos/{file}"))?, &[]);
            fs::write(parts.folder.path().join(file), text)
                .with_context(|| format!("failed to write {file}"))?;
        }
        Ok(parts)
    }

    fn receiver(&self, number: usize, ports: [u16; PORTS]) -> Result<Process> {
        let [grpc, http, write, capnproto] = ports;
        let own = [("0.0.0.0:10908", at(write)), ("127.0.0.1:19391", at(capnproto))];
        self.start(&name_of(number), grpc, http, &own)
    }

    fn start(&self, name: &str, grpc: u16, http: u16, more: &[(&str, String)]) -> Result<Process> {
        let data = self.folder.path().join(name).display().to_string();
        let own = [
            ("0.0.0.0:10901", at(grpc)),
            ("0.0.0.0:10902", at(http)),
            ("=/data", format!("={data}")),
        ];
        let mut command = Command::new(&self.program);
        without_own_variables(&mut command);
        let arguments = self.compose["services"][name]["command"].as_array();
        for argument in arguments.with_context(|| format!("there is no {name}"))? {
            let argument = argument.as_str().context("an argument is no text")?;
            let argument = self.here(&defaults(argument), &[&own[..], more].concat());
            ensure!(
                !["0.0.0.0", "/etc/", "$"].iter().any(|inside| argument.contains(inside)),
                "{name} is told {argument}, which is of a container"
            );
            command.arg(argument);
        }
        let log = self.folder.path().join(format!("{name}.log"));
        let mut process = Process::start(&mut command, log)?;
        let page = format!("http://{}/-/ready", at(http));
        process.wait_until_page(&format!("Thanos ({name})"), &page)?;
        Ok(process)
    }

    /// The same text with the places of this test.
    fn here(&self, text: &str, own: &[(&str, String)]) -> String {
        let own = own.iter().map(|(inside, here)| (*inside, here.as_str()));
        let all = self.moved.iter().map(|(inside, here)| (inside.as_str(), here.as_str()));
        own.chain(all).fold(text.to_owned(), |text, (inside, here)| text.replace(inside, here))
    }
}

fn read(name: &str) -> Result<String> {
    let path = StackFolder::source().join(name);
    fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))
}

/// Each variable of Compose as if nobody has set it.
fn defaults(text: &str) -> String {
    let parts = text.split_once("${").and_then(|(before, rest)| {
        let (variable, after) = rest.split_once('}')?;
        Some((before, variable.split_once(":-")?.1, after))
    });
    match parts {
        Some((before, default, after)) => format!("{before}{default}{}", defaults(after)),
        None => text.to_owned(),
    }
}
