//! How a Prometheus is set up before it starts.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::Prometheus;
use crate::stack_folder::StackFolder;

/// The settings of a [`Prometheus`]: no targets and no rules, and the OTLP
/// receiver on, unless told otherwise.
#[derive(Clone, Debug)]
#[must_use = "nothing runs until `start`"]
pub struct PrometheusBuilder {
    receiver: bool,
    admin: bool,
    translation: Option<String>,
    targets: Vec<Target>,
    rules: Vec<PathBuf>,
    stack: Option<Discovery>,
    hands_on_to: Option<String>,
}

/// The flags of `compose/compose.yaml` beside those of paths, addresses and
/// retention; a test holds the two together.
pub const STACK_FLAGS: &[&str] =
    &["--web.enable-otlp-receiver", "--web.enable-lifecycle", "--enable-feature=exemplar-storage"];

/// What the Prometheus of the stack finds beside its bots.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// The pages of Collectors, scraped each second.
    pub collectors: Vec<SocketAddr>,
    /// Where alerts go.
    pub alertmanagers: Vec<SocketAddr>,
    /// `BOTMETER_NOTIFY`: who hears of alerts.
    pub notify: String,
}

#[derive(Clone, Debug)]
struct Target {
    job: String,
    instance: String,
    address: SocketAddr,
}

impl PrometheusBuilder {
    pub(crate) fn new() -> Self {
        Self {
            receiver: true,
            admin: false,
            translation: None,
            targets: Vec::new(),
            rules: Vec::new(),
            stack: None,
            hands_on_to: None,
        }
    }

    /// Scrapes `http://ADDRESS/metrics` each second, and puts the two labels
    /// on its series.
    pub fn scrape(mut self, job: &str, instance: &str, address: SocketAddr) -> Self {
        self.targets.push(Target { job: job.to_owned(), instance: instance.to_owned(), address });
        self
    }

    /// Loads a file of rules, and evaluates them each second where their
    /// group does not say otherwise.
    pub fn rule_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.rules.push(path.into());
        self
    }

    /// Leaves the OTLP receiver off, as it is by default in Prometheus.
    pub fn without_otlp_receiver(mut self) -> Self {
        self.receiver = false;
        self
    }

    /// Lets snapshots of the database be taken.
    pub fn with_admin_api(mut self) -> Self {
        self.admin = true;
        self
    }

    /// Translates the names of what is pushed in another way than by default.
    pub fn translation(mut self, strategy: &str) -> Self {
        self.translation = Some(strategy.to_owned());
        self
    }

    /// Hands every sample on to this receiver of remote write.
    pub fn remote_write(mut self, url: &str) -> Self {
        self.hands_on_to = Some(url.to_owned());
        self
    }

    /// Starts with the configuration and the flags of `compose/`, with the
    /// generated rules, and with what is given here put into its folders of
    /// discovery. Targets are still scraped each second; a file of rules, a
    /// translation or a receiver of its own has no place then.
    pub fn as_in_the_stack(mut self, discovery: Discovery) -> Self {
        self.stack = Some(discovery);
        self
    }

    /// The flags beside those of paths and addresses.
    pub(crate) fn flags(&self) -> Vec<&'static str> {
        let mut flags = match (&self.stack, self.receiver) {
            (Some(_), _) => STACK_FLAGS.to_vec(),
            (None, true) => vec!["--web.enable-otlp-receiver"],
            (None, false) => Vec::new(),
        };
        flags.extend(self.admin.then_some("--web.enable-admin-api"));
        flags
    }

    /// The environment of the server.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let Some(stack) = &self.stack else { return Vec::new() };
        vec![("BOTMETER_NOTIFY", stack.notify.clone())]
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Errors
    ///
    /// If Prometheus is absent, if a rule file cannot be read,
    /// and if the server ends or is not ready in time, with the last lines of
    /// its log.
    pub fn start(self) -> Result<Prometheus> {
        Prometheus::start(&self)
    }

    /// Writes the configuration into the folder, and returns its path.
    pub(crate) fn write(&self, folder: &Path) -> Result<PathBuf> {
        if let Some(stack) = &self.stack {
            return self.write_stack(folder, stack);
        }
        let mut rule_files = Vec::new();
        for (number, rules) in self.rules.iter().enumerate() {
            // A copy, because Prometheus takes a path for a pattern and says
            // nothing about one that matches no file.
            let copy = format!("rules-{number}.yml");
            fs::copy(rules, folder.join(&copy))
                .with_context(|| format!("failed to copy the rules {}", rules.display()))?;
            rule_files.push(copy);
        }
        let mut configuration = json!({
            "global": {
                "scrape_interval": "1s",
                "scrape_timeout": "1s",
                "evaluation_interval": "1s",
            },
            "rule_files": rule_files,
            "scrape_configs": self.scrape_configs(),
        });
        if let Some(strategy) = &self.translation {
            configuration["otlp"] = json!({ "translation_strategy": strategy });
        }
        if let Some(url) = &self.hands_on_to {
            configuration["remote_write"] = json!([{ "url": url }]);
        }
        let path = folder.join("prometheus.yml");
        // JSON is YAML, and quotes whatever a label holds.
        fs::write(&path, configuration.to_string())
            .with_context(|| format!("failed to write {}", path.display()))?;
        Ok(path)
    }

    fn write_stack(&self, folder: &Path, stack: &Discovery) -> Result<PathBuf> {
        let targets = self
            .targets
            .iter()
            .map(|Target { job, instance, address }| target(job, instance, *address));
        let collectors = stack.collectors.iter().map(|page| {
            let labels = json!({ "__scrape_interval__": "1s", "__scrape_timeout__": "1s" });
            json!({ "targets": [page.to_string()], "labels": labels })
        });
        let alertmanagers =
            stack.alertmanagers.iter().map(|address| json!({ "targets": [address.to_string()] }));
        let run = StackFolder::new(folder.to_owned());
        run.prometheus(&targets.collect(), &collectors.collect(), &alertmanagers.collect())
    }

    /// One for each job, because Prometheus refuses a job that comes twice.
    fn scrape_configs(&self) -> Vec<Value> {
        let mut jobs: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for Target { job, instance, address } in &self.targets {
            jobs.entry(job).or_default().push(json!({
                "targets": [address.to_string()],
                "labels": { "instance": instance },
            }));
        }
        jobs.into_iter()
            .map(|(job, targets)| json!({ "job_name": job, "static_configs": targets }))
            .collect()
    }
}

/// A target of the stack that is scraped each second.
pub(crate) fn target(job: &str, instance: &str, address: SocketAddr) -> Value {
    json!({
        "targets": [address.to_string()],
        "labels": {
            "job": job,
            "instance": instance,
            "__scrape_interval__": "1s",
            "__scrape_timeout__": "1s",
        },
    })
}
