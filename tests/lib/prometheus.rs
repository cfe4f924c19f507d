//! A real Prometheus for the time of one test.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow, bail};
use tempfile::TempDir;
use xtask::servers::{Server, find_or_skip};

use crate::answer::Envelope;
use crate::{Labels, Metadata, PrometheusBuilder, QueryAnswer, RangeAnswer, Rule, eventually};

/// How long a server may take to be ready: replaying an empty log takes
/// milliseconds, but the machine may be compiling at the same time.
const READY: Duration = Duration::from_mins(1);

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);

/// How many lines of the log an error shows.
const LINES: usize = 20;

/// A Prometheus of its own on a free port of the loopback, with an empty
/// database in a temporary folder. It is killed and its folder removed when
/// the value is dropped, also by a panic; so it belongs into the test and
/// never into a static.
#[derive(Debug)]
pub struct Prometheus {
    // The order matters: the process ends before its folder goes.
    process: Process,
    address: SocketAddr,
    agent: ureq::Agent,
    _folder: TempDir,
}

impl Prometheus {
    /// What to set before [`start`](PrometheusBuilder::start).
    pub fn builder() -> PrometheusBuilder {
        PrometheusBuilder::new()
    }

    pub(crate) fn start(settings: &PrometheusBuilder) -> Result<Option<Self>> {
        let Some(program) = find_or_skip(Server::Prometheus)? else { return Ok(None) };
        let folder = tempfile::tempdir().context("failed to create a temporary folder")?;
        let configuration = settings.write(folder.path())?;
        let log = folder.path().join("prometheus.log");
        let mut command = Command::new(&program);
        command
            .arg("--config.file")
            .arg(configuration)
            .arg("--storage.tsdb.path")
            .arg(folder.path().join("data"))
            // The system picks the port, and the log says which.
            .args(["--web.listen-address", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).context("failed to create the log of Prometheus")?);
        if settings.receiver {
            command.arg("--web.enable-otlp-receiver");
        }
        let child =
            command.spawn().with_context(|| format!("failed to start {}", program.display()))?;
        let mut process = Process(child);
        let agent = agent();
        let address = wait_until_ready(&mut process, &log, &agent)
            .map_err(|error| anyhow!("{error:#}; its log ends:\n{}", tail(&log)))
            .context("failed to start Prometheus")?;
        Ok(Some(Self { process, address, agent, _folder: folder }))
    }

    /// The base of the server's address, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address and port of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of the server's process.
    pub fn process_id(&self) -> u32 {
        self.process.0.id()
    }

    /// The base of the OTLP receiver, to which exporters append `/v1/metrics`.
    pub fn otlp_endpoint(&self) -> String {
        format!("{}/api/v1/otlp", self.url())
    }

    /// Evaluates a query at this moment.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked or refuses the query, and if the answer
    /// is neither a vector nor a scalar of floating-point samples.
    pub fn query(&self, promql: &str) -> Result<QueryAnswer> {
        self.post("/api/v1/query", &[("query", promql)])
            .and_then(Envelope::instant)
            .with_context(|| format!("failed to query {promql:?}"))
    }

    /// Evaluates a query over the `span` that ends at this moment, in steps.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked or refuses the query.
    pub fn query_range(&self, promql: &str, span: Duration, step: Duration) -> Result<RangeAnswer> {
        let end = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .context("failed to read the clock")?;
        let form = [
            ("query", promql),
            ("start", &seconds(end.saturating_sub(span))),
            ("end", &seconds(end)),
            ("step", &seconds(step)),
        ];
        self.post("/api/v1/query_range", &form)
            .and_then(Envelope::range)
            .with_context(|| format!("failed to query {promql:?} over {span:?}"))
    }

    /// The values of a label in the series that a selector matches, sorted.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, refuses, or warns.
    pub fn label_values(&self, label: &str, selector: &str) -> Result<Vec<String>> {
        self.get(&format!("/api/v1/label/{label}/values"), &[("match[]", selector)])
            .and_then(Envelope::plain)
            .with_context(|| format!("failed to ask for the values of {label:?} in {selector:?}"))
    }

    /// The labels of the series that a selector matches.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, refuses, or warns.
    pub fn series(&self, selector: &str) -> Result<Vec<Labels>> {
        self.post("/api/v1/series", &[("match[]", selector)])
            .and_then(Envelope::plain)
            .with_context(|| format!("failed to ask for the series of {selector:?}"))
    }

    /// What the scraped pages say of their metrics, by the name of the metric.
    /// The server keeps no such notes of what is pushed.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, refuses, or warns.
    pub fn metadata(&self) -> Result<BTreeMap<String, Vec<Metadata>>> {
        self.get("/api/v1/metadata", &[])
            .and_then(Envelope::plain)
            .context("failed to ask for the metadata")
    }

    /// The rules that the server has loaded, in the order of their files.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked, refuses, or warns.
    pub fn rules(&self) -> Result<Vec<Rule>> {
        self.get("/api/v1/rules", &[])
            .and_then(Envelope::rules)
            .context("failed to ask for the rules")
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Envelope> {
        let request = self.agent.get(format!("{}{path}", self.url()));
        let response = request.query_pairs(query.iter().copied()).call()?;
        Envelope::read(&response.into_body().read_to_string()?)
    }

    /// A form in the body, because a query may be longer than an address.
    fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Envelope> {
        let request = self.agent.post(format!("{}{path}", self.url()));
        let response = request.send_form(form.iter().copied())?;
        Envelope::read(&response.into_body().read_to_string()?)
    }
}

/// A child that does not outlive its owner.
#[derive(Debug)]
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only for a child that is gone, which is what is wanted.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A client that shows the bodies of refusals, and goes to the loopback even
/// where the environment names a proxy.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(ANSWER))
        .build()
        .into()
}

fn wait_until_ready(process: &mut Process, log: &Path, agent: &ureq::Agent) -> Result<SocketAddr> {
    eventually(READY, "Prometheus to be ready", || {
        if let Some(status) = process.0.try_wait().context("failed to watch the process")? {
            bail!("it ended with {status}");
        }
        let Some(address) = listening(&fs::read_to_string(log).context("failed to read the log")?)
        else {
            return Ok(None);
        };
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

/// The last lines of the log, or why there are none.
fn tail(log: &Path) -> String {
    match fs::read_to_string(log) {
        Ok(text) => {
            let lines: Vec<&str> = text.lines().collect();
            lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n")
        }
        Err(error) => format!("(failed to read {}: {error})", log.display()),
    }
}

fn seconds(duration: Duration) -> String {
    duration.as_secs_f64().to_string()
}
