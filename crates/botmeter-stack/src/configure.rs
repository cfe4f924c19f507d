//! Prometheus' targets, as the `.env` says where the bots and the servers are.

use std::{
    collections::BTreeSet,
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use botmeter_generate::Replacement;
use serde_json::{Value, json};

use super::settings::Settings;

/// From where Prometheus looks at the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// From this machine, beside the servers.
    Native,
    /// From a container of Docker.
    Docker,
    /// From a container of Podman.
    Podman,
}

/// A file of targets, by its folder beside Prometheus' configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TargetFile {
    pub(super) folder: &'static str,
    /// What the folder is to hold; without a list, nothing.
    pub(super) targets: Option<Value>,
}

/// How long Prometheus waits for a page unless it is told otherwise.
const SCRAPE_TIMEOUT: Duration = Duration::from_secs(10);

/// The name of each file that is written; others in its folder are not touched.
const FILE: &str = "stack.json";

/// What each folder of targets is to hold.
///
/// # Errors
///
/// When no program of this machine can be reached in the way that is set.
pub(super) fn targets(
    settings: &Settings,
    profiles: &BTreeSet<String>,
    view: View,
) -> Result<Vec<TargetFile>> {
    let has = |profile: &str| profiles.contains(profile);
    let server = |name: &str, inside: u16, outside: &str| match view {
        View::Native => format!("{}:{}", settings.host(), settings.port(outside)),
        View::Docker | View::Podman => format!("{name}:{inside}"),
    };
    let labeled = |name: &str, inside: u16, outside: &str| json!({ "targets": [server(name, inside, outside)], "labels": { "job": name } });
    let alertmanager = server("alertmanager", 9093, "BOTMETER_ALERTMANAGER_PORT");
    let page = server("collector", 8889, "BOTMETER_COLLECTOR_PAGE_PORT");
    let mut servers = vec![
        labeled("prometheus", 9090, "BOTMETER_PROMETHEUS_PORT"),
        labeled("jaeger", 8888, "BOTMETER_JAEGER_TELEMETRY_PORT"),
    ];
    if has("collector") {
        servers.push(labeled("collector", 8887, "BOTMETER_COLLECTOR_TELEMETRY_PORT"));
    }
    if has("alerts") {
        servers.push(labeled("alertmanager", 9093, "BOTMETER_ALERTMANAGER_PORT"));
    }
    let file = |folder, targets| TargetFile { folder, targets };
    Ok(vec![
        file("targets", Some(json!([bots(settings, view)?]))),
        file("collectors", has("collector").then(|| json!([{ "targets": [page] }]))),
        file("servers", Some(Value::Array(servers))),
        file("alertmanagers", has("alerts").then(|| json!([{ "targets": [alertmanager] }]))),
    ])
}

fn bots(settings: &Settings, view: View) -> Result<Value> {
    let port = settings.port("BOTMETER_BOT_PORT");
    let scenario = settings.get("BOTMETER_SCENARIO");
    let hosts: Vec<String> = match (scenario, view) {
        ("push", _) => Vec::new(),
        (_, view) if only_push_reaches(settings, view) => Vec::new(),
        ("localhost", View::Native) => vec!["localhost".to_owned()],
        ("localhost", View::Docker) => vec!["host.docker.internal".to_owned()],
        ("localhost", View::Podman) => vec!["host.containers.internal".to_owned()],
        ("network", View::Native) => bail!(
            "BOTMETER_SCENARIO is \"network\", and without containers there is no network of \
             them: set it to localhost, or to vm with BOTMETER_BOT_HOST"
        ),
        (_, view) => {
            let hosts = settings.list("BOTMETER_BOT_HOST");
            if let (View::Docker | View::Podman, Some(host)) =
                (view, hosts.iter().find(|host| is_loopback(host)))
            {
                bail!(
                    "BOTMETER_BOT_HOST has {host:?}, which inside of a container is the \
                     container: set BOTMETER_SCENARIO to localhost for bots of this machine"
                );
            }
            hosts.into_iter().map(bracketed).collect()
        }
    };
    let interval = settings.get("BOTMETER_SCRAPE_INTERVAL");
    let mut labels = json!({
        "job": settings.get("BOTMETER_BOT_JOB"),
        "__scrape_interval__": interval,
    });
    // Prometheus drops a target whose page may take longer than the pause.
    if settings.duration("BOTMETER_SCRAPE_INTERVAL") < SCRAPE_TIMEOUT {
        labels["__scrape_timeout__"] = json!(interval);
    }
    let targets: Vec<String> = hosts.iter().map(|host| format!("{host}:{port}")).collect();
    Ok(json!({ "targets": targets, "labels": labels }))
}

/// Whether nobody said where bots are, and Prometheus is in a container: bots
/// of this machine listen on its loopback, which a container does not reach.
pub(super) fn only_push_reaches(settings: &Settings, view: View) -> bool {
    view != View::Native && !settings.is_chosen("BOTMETER_SCENARIO")
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// Writes the files into the folders beside Prometheus' configuration, each as
/// a whole, because Prometheus may look at any moment; returns where.
///
/// # Errors
///
/// When a file cannot be written or removed.
pub(super) fn write(files: &[TargetFile], beside: &Path) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for file in files {
        let folder = beside.join(file.folder);
        let path = folder.join(FILE);
        match &file.targets {
            Some(targets) => {
                let text = format!("{targets:#}\n");
                replace(&path, &text)?;
                written.push(path);
            }
            None if path.exists() => {
                fs::remove_file(&path)
                    .with_context(|| format!("failed to remove {}", path.display()))?;
            }
            None => fs::create_dir_all(&folder)
                .with_context(|| format!("failed to create {}", folder.display()))?,
        }
    }
    Ok(written)
}

/// Puts a file in the place of another in one step.
pub(super) fn replace(path: &Path, text: &str) -> Result<()> {
    Replacement::write(path, text)
        .and_then(Replacement::take_place)
        .with_context(|| format!("failed to write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env_file::Variables;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::read(Path::new("/nowhere/.env"), &pairs.collect::<Variables>()).unwrap()
    }

    fn all() -> BTreeSet<String> {
        ["collector", "alerts", "demo"].map(str::to_owned).into()
    }

    fn of_bots(pairs: &[(&str, &str)], view: View) -> Value {
        targets(&settings(pairs), &BTreeSet::new(), view).unwrap()[0].targets.clone().unwrap()
    }

    #[test]
    fn a_target_that_no_container_reaches_is_not_there_unless_somebody_asks_for_it() {
        for view in [View::Docker, View::Podman] {
            assert_eq!(of_bots(&[], view)[0]["targets"], json!([]));
        }
        for view in [View::Native, View::Docker, View::Podman] {
            assert_eq!(of_bots(&[("BOTMETER_SCENARIO", "push")], view)[0]["targets"], json!([]));
        }
        assert_eq!(of_bots(&[], View::Native)[0]["targets"], json!(["localhost:9464"]));
    }

    #[test]
    fn bots_of_this_machine_are_reached_from_everywhere() {
        for (view, host) in [
            (View::Native, "localhost"),
            (View::Docker, "host.docker.internal"),
            (View::Podman, "host.containers.internal"),
        ] {
            let expected = json!([{
                "targets": [format!("{host}:9464")],
                "labels": { "job": "botmeter-demo", "__scrape_interval__": "15s" },
            }]);
            assert_eq!(of_bots(&[("BOTMETER_SCENARIO", "localhost")], view), expected);
        }
    }

    #[test]
    fn bots_of_other_machines_and_of_the_network_are_named() {
        let vm = [
            ("BOTMETER_SCENARIO", "vm"),
            ("BOTMETER_BOT_HOST", "192.168.1.5, bots.example,fd00::7"),
            ("BOTMETER_BOT_PORT", "8000"),
            ("BOTMETER_BOT_JOB", "my-bot"),
            ("BOTMETER_SCRAPE_INTERVAL", "5s"),
        ];
        let expected = json!([{
            "targets": ["192.168.1.5:8000", "bots.example:8000", "[fd00::7]:8000"],
            "labels": {
                "job": "my-bot", "__scrape_interval__": "5s", "__scrape_timeout__": "5s",
            },
        }]);
        assert_eq!(of_bots(&vm, View::Native), expected);
        assert_eq!(of_bots(&vm, View::Podman), expected);
        let network = [("BOTMETER_SCENARIO", "network"), ("BOTMETER_BOT_HOST", "bot-a,bot-b")];
        let found = of_bots(&network, View::Docker);
        assert_eq!(found[0]["targets"], json!(["bot-a:9464", "bot-b:9464"]));
        let error = targets(&settings(&network), &all(), View::Native).unwrap_err().to_string();
        assert!(error.starts_with("BOTMETER_SCENARIO is \"network\", and without"), "{error}");
    }

    #[test]
    fn a_loopback_inside_of_a_container_is_refused() {
        for host in ["localhost", "127.0.0.1", "::1"] {
            let vm = settings(&[("BOTMETER_SCENARIO", "vm"), ("BOTMETER_BOT_HOST", host)]);
            let error = targets(&vm, &all(), View::Docker).unwrap_err().to_string();
            assert_eq!(
                error,
                format!(
                    "BOTMETER_BOT_HOST has {host:?}, which inside of a container is the \
                     container: set BOTMETER_SCENARIO to localhost for bots of this machine"
                )
            );
            assert!(targets(&vm, &all(), View::Native).is_ok());
        }
    }

    #[test]
    fn servers_are_the_examples_in_containers() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compose/prometheus/examples");
        let asked = settings(&[("BOTMETER_SCENARIO", "localhost")]);
        for file in targets(&asked, &all(), View::Docker).unwrap() {
            let text = fs::read_to_string(folder.join(format!("{}.json", file.folder))).unwrap();
            let example: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(file.targets, Some(example), "{}", file.folder);
        }
    }

    #[test]
    fn servers_of_this_machine_are_on_their_ports() {
        let settings = settings(&[
            ("BOTMETER_ALERTMANAGER_PORT", "1093"),
            ("BOTMETER_COLLECTOR_PAGE_PORT", "1889"),
            ("BOTMETER_BIND", "0.0.0.0"),
            ("BOTMETER_GRAFANA_ROLE", "Viewer"),
        ]);
        let files = targets(&settings, &all(), View::Native).unwrap();
        assert_eq!(files[1].targets, Some(json!([{ "targets": ["127.0.0.1:1889"] }])));
        assert_eq!(files[3].targets, Some(json!([{ "targets": ["127.0.0.1:1093"] }])));
        let jobs: Vec<(&Value, &Value)> = files[2]
            .targets
            .as_ref()
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|group| (&group["labels"]["job"], &group["targets"][0]))
            .collect();
        assert_eq!(
            jobs,
            [
                (&json!("prometheus"), &json!("127.0.0.1:9090")),
                (&json!("jaeger"), &json!("127.0.0.1:8888")),
                (&json!("collector"), &json!("127.0.0.1:8887")),
                (&json!("alertmanager"), &json!("127.0.0.1:1093")),
            ]
        );
    }

    #[test]
    fn what_no_longer_runs_has_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let with = targets(&settings(&[]), &all(), View::Native).unwrap();
        let written = write(&with, folder.path()).unwrap();
        assert_eq!(written.len(), 4);
        fs::write(folder.path().join("targets/mine.json"), "[]").unwrap();
        let without = targets(&settings(&[]), &BTreeSet::new(), View::Native).unwrap();
        let written = write(&without, folder.path()).unwrap();
        let names: Vec<_> =
            written.iter().map(|path| path.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(names, [Path::new("targets/stack.json"), Path::new("servers/stack.json")]);
        assert!(!folder.path().join("collectors/stack.json").exists());
        assert!(folder.path().join("collectors").is_dir());
        assert!(folder.path().join("targets/mine.json").exists());
    }
}
