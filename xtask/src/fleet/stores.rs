//! The fleet of stores, as `botmeter stack up --fleet` starts it, and what its
//! servers say of themselves.

use std::{
    collections::BTreeMap,
    fs,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Error, Result, anyhow};
use serde_json::Value;

use crate::{
    running::{Running, started},
    servers::{Server, needed},
    stack::OwnStack,
    terminal::succeed,
};

/// What the stack runs; it has no alternative to Jaeger.
const SERVERS: [Server; 3] = [Server::Prometheus, Server::Jaeger, Server::Thanos];

/// What the stack says when all servers are ready.
const READY: &str = "the stack runs";

/// How long an answer may take. The query layer gives up after two minutes.
const ANSWER: Duration = Duration::from_secs(150);

/// An answer for a thousand bots is long.
const LARGEST: u64 = 1 << 30;

/// The servers; they end with this.
#[derive(Debug)]
pub(super) struct Stores {
    // Ends the stack before its process is given up.
    ending: Ending,
    _process: Running,
    agent: ureq::Agent,
}

#[derive(Debug)]
struct Ending(OwnStack);

impl Drop for Ending {
    fn drop(&mut self) {
        // It has said itself what was wrong.
        succeed(self.0.command(&["down"]).stdout(std::process::Stdio::null())).ok();
    }
}

/// What all servers said at a moment.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) at: Instant,
    pages: BTreeMap<String, String>,
}

impl Stores {
    /// An error if one of the servers is missing.
    pub(super) fn are_there() -> Result<()> {
        SERVERS.into_iter().try_for_each(|server| needed(server).map(drop))
    }

    /// Starts them with the generated rules, on free ports, with data of their
    /// own.
    pub(super) fn start() -> Result<Self> {
        let stack = OwnStack::of_this_clone(&SERVERS)?;
        // The bots are told of in a file of their own. Where there is a Grafana,
        // it runs as well, and wants this to be chosen.
        stack.write_env("BOTMETER_SCENARIO=push\nGRAFANA_ADMIN_PASSWORD=fleet-of-a-moment\n")?;
        let mut command = stack.command(&["up", "--fleet"]);
        apart(&mut command);
        let (process, _) = started(&mut command, READY)?;
        let agent = ureq::Agent::config_builder().proxy(None).timeout_global(Some(ANSWER));
        Ok(Self { ending: Ending(stack), _process: process, agent: agent.build().into() })
    }

    fn stack(&self) -> &OwnStack {
        &self.ending.0
    }

    /// Where the query layer answers.
    pub(super) fn query(&self) -> String {
        self.stack().url("QUERY")
    }

    /// Where the Prometheus answers that scrapes and hands on.
    pub(super) fn prometheus(&self) -> String {
        self.stack().url("PROMETHEUS")
    }

    /// Has these targets scraped.
    pub(super) fn scrape(&self, targets: &Value) -> Result<()> {
        let folder = self.stack().place("prometheus/targets");
        // Prometheus looks at what is complete.
        let (part, whole) = (folder.join("fleet.part"), folder.join("fleet.json"));
        fs::write(&part, targets.to_string())
            .and_then(|()| fs::rename(&part, &whole))
            .with_context(|| format!("failed to write {}", whole.display()))
    }

    /// Reads the pages of Prometheus and of all parts of Thanos.
    pub(super) fn read(&self) -> Result<Reading> {
        let mut pages = BTreeMap::new();
        for server in self.stack().servers()? {
            let name = server["name"].as_str().context("a server has no name")?;
            let ready = server["ready"].as_str().and_then(|page| page.strip_suffix("/-/ready"));
            if let Some(address) = ready {
                let page = self.agent.get(format!("{address}/metrics")).call();
                let page = page.with_context(|| format!("failed to ask {name} for its figures"))?;
                pages.insert(name.to_owned(), page.into_body().read_to_string()?);
            }
        }
        Ok(Reading { at: Instant::now(), pages })
    }

    /// Asks a server; how long the answer took, and whether there was anything
    /// in it.
    pub(super) fn ask(
        &self,
        server: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<(Duration, Value)> {
        let begin = Instant::now();
        let answer = self.agent.post(format!("{server}{path}")).send_form(form.iter().copied())?;
        let text = answer.into_body().into_with_config().limit(LARGEST).read_to_string()?;
        let took = begin.elapsed();
        let mut answer: Value = serde_json::from_str(&text)?;
        Ok((took, answer["data"]["result"].take()))
    }

    /// The one number that the query layer has for a query, if it has one.
    pub(super) fn number(&self, query: &str) -> Result<Option<f64>> {
        let (_, result) = self.ask(&self.query(), "/api/v1/query", &[("query", query)])?;
        let value = result[0]["value"][1].as_str();
        value.map(|value| Ok(value.parse()?)).transpose()
    }

    /// What Prometheus says of the first target that it cannot scrape.
    pub(super) fn trouble(&self) -> Error {
        let url = format!("{}/api/v1/targets?state=active", self.prometheus());
        let read = || -> Result<Value> {
            let answer = self.agent.get(&url).call()?.into_body();
            Ok(serde_json::from_str(&answer.into_with_config().limit(LARGEST).read_to_string()?)?)
        };
        let targets = match read() {
            Ok(answer) => answer["data"]["activeTargets"].as_array().cloned().unwrap_or_default(),
            Err(error) => return error,
        };
        let errors = targets.iter().filter_map(|target| target["lastError"].as_str());
        let first = errors.filter(|error| !error.is_empty()).map(str::to_owned).next();
        anyhow!(first.unwrap_or_else(|| "no scrape failed: the machine is too slow".to_owned()))
    }
}

impl Reading {
    /// The sum of all series of this name at the servers whose names begin so.
    pub(super) fn sum(&self, servers: &str, name: &str) -> f64 {
        let of = self.pages.iter().filter(|(server, _)| server.starts_with(servers));
        let lines = of.flat_map(|(_, page)| page.lines());
        let samples = lines.filter_map(|line| line.strip_prefix(name));
        let samples = samples.filter(|rest| rest.starts_with(['{', ' ']));
        let values = samples.filter_map(|rest| rest.rsplit_once(' ')?.1.parse::<f64>().ok());
        values.sum()
    }

    /// The names of the servers.
    pub(super) fn servers(&self) -> impl Iterator<Item = &str> {
        self.pages.keys().map(String::as_str)
    }
}

/// Ctrl-C is for this process, which ends the other.
#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
}

#[cfg(not(unix))]
fn apart(_: &mut Command) {}
