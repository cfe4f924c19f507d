//! A real Prometheus for the time of one test.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use xtask::servers::{Server, find_or_skip};

use crate::answer::Envelope;
use crate::process::{Process, agent, without_own_variables};
use crate::{Labels, Metadata, PrometheusBuilder, QueryAnswer, RangeAnswer, Rule};

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
    program: PathBuf,
    configuration: PathBuf,
    settings: PrometheusBuilder,
    folder: TempDir,
}

/// How a Prometheus ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is asked to, and has time to write what it has in memory.
    Asked,
    /// It is killed, as by a machine without memory.
    Killed,
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
        // The system picks the port, and the log says which.
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut command = command(&program, &configuration, folder.path(), settings, any);
        let mut process = Process::start(&mut command, folder.path().join("first.log"))?;
        let agent = agent();
        let address = wait_until_ready(&mut process, &agent)?;
        let (settings, program) = (settings.clone(), program);
        Ok(Some(Self { process, address, agent, program, configuration, settings, folder }))
    }

    /// Ends the server, and starts it again with the same database at the same
    /// address.
    ///
    /// # Errors
    ///
    /// If it does not end, or does not come back.
    pub fn restart(&mut self, end: End) -> Result<()> {
        match end {
            End::Killed => {
                self.process.kill()?;
            }
            End::Asked => {
                let answer = self.agent.post(format!("{}/-/quit", self.url())).send_empty()?;
                if !answer.status().is_success() {
                    bail!("asked to end, Prometheus answered {}", answer.status());
                }
                self.process.wait()?;
            }
        }
        let folder = self.folder.path();
        let mut command =
            command(&self.program, &self.configuration, folder, &self.settings, self.address);
        self.process = Process::start(&mut command, folder.join("next.log"))?;
        wait_until_ready(&mut self.process, &self.agent).map(drop)
    }

    /// Adds a target to a server that was started
    /// [as in the stack](PrometheusBuilder::as_in_the_stack), which finds it
    /// by itself.
    ///
    /// # Errors
    ///
    /// If the folder of targets cannot be written to.
    pub fn discover(&self, job: &str, instance: &str, address: SocketAddr) -> Result<()> {
        let target = crate::prometheus_builder::target(job, instance, address);
        let path = self.folder.path().join(format!("prometheus/targets/{job}.json"));
        std::fs::write(&path, serde_json::json!([target]).to_string())
            .with_context(|| format!("failed to write {}", path.display()))
    }

    /// The base of the server's address, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address and port of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its database is.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The number of the server's process.
    pub fn process_id(&self) -> u32 {
        self.process.id()
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

    /// Evaluates a query at a moment, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// As for a query at this moment.
    pub fn query_at(&self, promql: &str, at: i64) -> Result<QueryAnswer> {
        let time = format!("{}.{:03}", at.div_euclid(1000), at.rem_euclid(1000));
        self.post("/api/v1/query", &[("query", promql), ("time", &time)])
            .and_then(Envelope::instant)
            .with_context(|| format!("failed to query {promql:?} at {time}"))
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

    /// Evaluates a query at each of these moments, which are equally far apart,
    /// in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// If there are not two moments, and as for a query over a span.
    pub fn query_moments(&self, promql: &str, moments: &[i64]) -> Result<RangeAnswer> {
        let [first, second, .., last] = moments else {
            bail!("{} moments are no span", moments.len())
        };
        let seconds = |at: i64| (at as f64 / 1000.0).to_string();
        let form = [
            ("query", promql),
            ("start", &seconds(*first)),
            ("end", &seconds(*last)),
            ("step", &seconds(second - first)),
        ];
        self.post("/api/v1/query_range", &form)
            .and_then(Envelope::range)
            .with_context(|| format!("failed to query {promql:?} from {first} to {last}"))
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

fn command(
    program: &Path,
    configuration: &Path,
    folder: &Path,
    settings: &PrometheusBuilder,
    address: SocketAddr,
) -> Command {
    let mut command = Command::new(program);
    without_own_variables(&mut command);
    command
        .arg("--config.file")
        .arg(configuration)
        .arg("--storage.tsdb.path")
        .arg(folder.join("data"))
        .arg(format!("--web.listen-address={address}"))
        .args(settings.flags())
        .envs(settings.variables());
    command
}

fn wait_until_ready(process: &mut Process, agent: &ureq::Agent) -> Result<SocketAddr> {
    process.wait_until_ready("Prometheus", |log| {
        let Some(address) = listening(log) else { return Ok(None) };
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

fn seconds(duration: Duration) -> String {
    duration.as_secs_f64().to_string()
}
