//! A stack on ports of its own, in a folder of its own.

use std::{
    io::{BufRead, BufReader, Read},
    ops::Deref,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, ensure};
use integration_tests::eventually;
use serde_json::Value;
use xtask::{servers::Server, stack::OwnStack};

/// How long a start or an end may take: servers build their state on a machine
/// that may be busy.
const SOON: Duration = Duration::from_mins(3);

/// A place for a stack.
pub(super) struct Stack(OwnStack);

impl Deref for Stack {
    type Target = OwnStack;

    fn deref(&self) -> &OwnStack {
        &self.0
    }
}

/// What a command came to.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) output: String,
    pub(super) errors: String,
}

/// The servers of a stack with everything but a fleet.
const SERVERS: [Server; 4] =
    [Server::Prometheus, Server::Jaeger, Server::Otelcol, Server::Alertmanager];

impl Stack {
    /// In this clone.
    pub(super) fn new() -> Result<Self> {
        Self::scraping_each_second(OwnStack::of_this_clone(&SERVERS)?)
    }

    /// As on a machine that has the program alone.
    pub(super) fn without_clone() -> Result<Self> {
        Self::scraping_each_second(OwnStack::without_clone(&SERVERS)?)
    }

    /// In this clone, with a fleet of stores.
    pub(super) fn with_fleet() -> Result<Self> {
        let servers = [Server::Prometheus, Server::Jaeger, Server::Alertmanager, Server::Thanos];
        Self::scraping_each_second(OwnStack::of_this_clone(&servers)?)
    }

    fn scraping_each_second(stack: OwnStack) -> Result<Self> {
        stack.write_env("BOTMETER_SCRAPE_INTERVAL=1s\n")?;
        Ok(Self(stack))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Ended> {
        let output = self.command(arguments).output()?;
        Ok(Ended {
            code: output.status.code(),
            output: String::from_utf8(output.stdout)?,
            errors: String::from_utf8(output.stderr)?,
        })
    }

    /// Runs a command that has to succeed; what it printed.
    pub(super) fn succeed(&self, arguments: &[&str]) -> Result<String> {
        let ended = self.run(arguments)?;
        ensure!(ended.code == Some(0), "{arguments:?}: {ended:?}");
        Ok(ended.output)
    }

    /// Starts the stack in the foreground of a process of its own.
    pub(super) fn up(&self, profiles: &[&str]) -> Result<Up> {
        let mut arguments = vec!["up"];
        for profile in profiles {
            arguments.extend(["--profile", profile]);
        }
        let mut process = self.command(&arguments).spawn()?;
        let output = Collected::new(process.stdout.take().context("no output")?);
        let errors = Collected::new(process.stderr.take().context("no errors")?);
        Ok(Up { process, output, errors })
    }

    /// The servers that run, with the numbers of their processes.
    pub(super) fn servers(&self) -> Result<Vec<(String, u64)>> {
        let of = |server: &Value| {
            let name = server["name"].as_str()?.to_owned();
            Some((name, server["process"]["pid"].as_u64()?))
        };
        self.0.servers()?.iter().map(|server| of(server).context("no server")).collect()
    }

    /// An error unless all of these have ended.
    pub(super) fn are_gone(servers: &[(String, u64)]) -> Result<()> {
        for (name, pid) in servers {
            let probe =
                Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output()?;
            let state = String::from_utf8(probe.stdout)?;
            // One that nobody has buried has ended all the same.
            let is_gone = state.trim().is_empty() || state.starts_with('Z');
            ensure!(is_gone, "{name} (process {pid}) was left behind");
        }
        Ok(())
    }

    /// The one number of a query, now or at a moment; nothing without samples.
    pub(super) fn sum(&self, query: &str, at: Option<f64>) -> Result<Option<f64>> {
        self.sum_at("PROMETHEUS", query, at)
    }

    /// The same of another server.
    pub(super) fn sum_at(&self, server: &str, query: &str, at: Option<f64>) -> Result<Option<f64>> {
        let mut request = Answers::agent()
            .get(format!("{}/api/v1/query", self.url(server)))
            .query("query", query);
        if let Some(at) = at {
            request = request.query("time", at.to_string());
        }
        let text = request.call()?.into_body().read_to_string()?;
        let answer: Value = serde_json::from_str(&text)?;
        let value = answer["data"]["result"][0]["value"][1].as_str();
        value.map(|value| Ok(value.parse()?)).transpose()
    }
}

/// Questions over HTTP.
pub(super) struct Answers;

impl Answers {
    fn agent() -> ureq::Agent {
        let config = ureq::Agent::config_builder().proxy(None);
        config.timeout_global(Some(Duration::from_secs(30))).build().into()
    }

    pub(super) fn get(url: &str) -> Result<Value> {
        let text = Self::agent().get(url).call()?.into_body().read_to_string()?;
        Ok(serde_json::from_str(&text)?)
    }

    /// This moment as Prometheus writes it.
    pub(super) fn now() -> Result<f64> {
        Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs_f64())
    }
}

/// What a process prints, while it runs.
struct Collected {
    text: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Collected {
    fn new(pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&text);
        let reader = thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let mut text = shared.lock().unwrap_or_else(PoisonError::into_inner);
                text.push_str(&line);
                text.push('\n');
            }
        });
        Self { text, reader }
    }

    fn so_far(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The process in the foreground. Asked to end, should the test fail.
pub(super) struct Up {
    process: Child,
    output: Collected,
    errors: Collected,
}

impl Up {
    pub(super) fn wait_until_ready(&self) -> Result<()> {
        eventually(SOON, "the stack to run", || {
            let output = self.output.so_far();
            if self.output.reader.is_finished() {
                anyhow::bail!("it ended:\n{output}\n{}", self.errors.so_far());
            }
            Ok(output.contains("the stack runs; Ctrl-C ends it\n").then_some(()))
        })
    }

    pub(super) fn signal(&self, name: &str) -> Result<()> {
        let pid = self.process.id().to_string();
        ensure!(Command::new("kill").args(["-s", name, &pid]).status()?.success());
        Ok(())
    }

    /// Waits for its end.
    pub(super) fn end(mut self) -> Result<Ended> {
        let status = eventually(SOON, "the end of the stack", || Ok(self.process.try_wait()?))?;
        // Servers that are left may hold the pipes, so these are not waited for.
        eventually(Duration::from_secs(2), "the last words", || {
            let are_read = self.output.reader.is_finished() && self.errors.reader.is_finished();
            Ok(are_read.then_some(()))
        })
        .ok();
        let (output, errors) = (self.output.so_far(), self.errors.so_far());
        Ok(Ended { code: status.code(), output, errors })
    }

    /// Waits for its end, which has to be a good one.
    pub(super) fn ended_well(self) -> Result<()> {
        let ended = self.end()?;
        let said = "ending the servers\nthe stack has ended; its data are kept\n";
        let lines: Vec<&str> = ended.output.lines().filter(|line| !line.contains(" | ")).collect();
        let end = lines[lines.len().saturating_sub(2)..].join("\n") + "\n";
        ensure!(ended.code == Some(0) && end == said, "{:?} {end} {}", ended.code, ended.errors);
        Ok(())
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.signal("TERM").ok();
            self.process.wait().ok();
        }
    }
}
