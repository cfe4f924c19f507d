//! The compose files: what Compose makes of them, and that they agree with the
//! other files wherever both say the same.

mod fleet;

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, ensure};
use integration_tests::{STACK_FLAGS, StackFolder, Verdict, verdict};
use serde_json::Value;
use tempfile::TempDir;
use xtask::{repository, servers::Server};

const PASSWORD: (&str, &str) = ("GRAFANA_ADMIN_PASSWORD", "not a good one");

const PROFILES: &[&str] = &["alerts", "collector", "demo"];

fn read(path: &str) -> Result<String> {
    let path = StackFolder::source().join(path);
    fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))
}

/// The compose files in a folder without `.env`, as after a fresh clone.
fn clone() -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for name in ["compose.yaml", "compose.podman.yaml", "compose.fleet.yaml"] {
        fs::copy(StackFolder::source().join(name), folder.path().join(name))?;
    }
    Ok(folder)
}

/// What Compose makes of the files.
fn compose(
    folder: &Path,
    podman: bool,
    profiles: &[&str],
    variables: &[(&str, &str)],
) -> Result<Verdict> {
    let podman = podman.then_some("compose.podman.yaml");
    let files: Vec<&str> = ["compose.yaml"].into_iter().chain(podman).collect();
    compose_files(folder, &files, profiles, variables)
}

fn compose_files(
    folder: &Path,
    files: &[&str],
    profiles: &[&str],
    variables: &[(&str, &str)],
) -> Result<Verdict> {
    let mut arguments: Vec<&str> = files.iter().flat_map(|file| ["-f", file]).collect();
    arguments.extend(profiles.iter().flat_map(|profile| ["--profile", profile]));
    arguments.extend(["config", "--format", "json"]);
    verdict(Server::Compose, &arguments, folder, variables)
}

/// The whole stack as Compose sees it, with nothing set but the password.
fn whole() -> Result<Value> {
    let folder = clone()?;
    parsed(&compose(folder.path(), false, PROFILES, &[PASSWORD])?)
}

fn parsed(verdict: &Verdict) -> Result<Value> {
    ensure!(verdict.passed, "Compose complains: {}", verdict.text);
    // Behind the object there may be warnings.
    let mut values = serde_json::Deserializer::from_str(&verdict.text).into_iter();
    Ok(values.next().context("Compose prints nothing")??)
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Variables and defaults of `.env.example`, of which all but the first are
/// commented out.
fn documented() -> Result<Vec<(String, String)>> {
    let text = read(".env.example")?;
    let lines = text.lines().map(|line| line.trim_start_matches('#'));
    Ok(lines
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| is_variable(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

fn is_variable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// The variables that a file asks for, with their defaults: `${NAME:-default}`
/// after this opening.
fn asked(text: &str, opening: &str) -> Vec<(String, Option<String>)> {
    let rests = text.split(opening).skip(1);
    rests
        .filter_map(|rest| {
            let (inside, _) = rest.split_once('}')?;
            let name: String = inside
                .chars()
                .take_while(|letter| letter.is_ascii_uppercase() || *letter == '_')
                .collect();
            let default = inside.strip_prefix(&name)?.strip_prefix(":-").map(str::to_owned);
            Some((name, default))
        })
        .collect()
}

#[test]
#[ignore = "needs Docker Compose"]
fn compose_accepts_every_choice_of_profiles_with_and_without_an_environment_file() -> Result<()> {
    let folder = clone()?;
    let mut services_of = Vec::new();
    for with_file in [false, true] {
        let variables: &[(&str, &str)] = if with_file {
            let text = read(".env.example")?;
            let password = "GRAFANA_ADMIN_PASSWORD=";
            fs::write(
                folder.path().join(".env"),
                text.replace(password, "GRAFANA_ADMIN_PASSWORD=x"),
            )?;
            &[]
        } else {
            &[PASSWORD]
        };
        for podman in [false, true] {
            for choice in 0..1 << PROFILES.len() {
                let chosen = |bit: &usize| choice & (1 << bit) != 0;
                let profiles: Vec<&str> =
                    (0..PROFILES.len()).filter(chosen).map(|bit| PROFILES[bit]).collect();
                let verdict = compose(folder.path(), podman, &profiles, variables)?;
                let stack = parsed(&verdict)?;
                ensure!(!verdict.text.contains("level=warning"), "{}", verdict.text);
                let services = stack["services"].as_object().context("no services")?;
                assert_eq!(services.len(), 3 + profiles.len(), "{profiles:?}");
                let hosts = stack["services"]["prometheus"].get("extra_hosts");
                assert_eq!(hosts.is_some(), !podman, "{hosts:?}");
                services_of.push(services.len());
            }
        }
    }
    assert_eq!(services_of.len(), 32);
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose"]
fn compose_refuses_a_missing_password_and_says_where_to_set_it() -> Result<()> {
    let folder = clone()?;
    let needed = "required variable GRAFANA_ADMIN_PASSWORD is missing a value: set \
                  GRAFANA_ADMIN_PASSWORD in compose/.env, which starts as a copy of \
                  compose/.env.example";
    // Neither a fresh clone nor an unchanged copy has one.
    for with_copy in [false, true] {
        if with_copy {
            fs::write(folder.path().join(".env"), read(".env.example")?)?;
        }
        let verdict = compose(folder.path(), false, &[], &[])?;
        assert!(!verdict.passed && verdict.text.contains(needed), "{}", verdict.text);
    }
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose"]
fn nonsense_in_a_variable_is_refused() -> Result<()> {
    let folder = clone()?;
    for (name, value) in [("BOTMETER_GRAFANA_PORT", "many"), ("BOTMETER_BIND", "all of them")] {
        let variables = [PASSWORD, (name, value)];
        let verdict = compose(folder.path(), false, &[], &variables)?;
        assert!(!verdict.passed && verdict.text.contains(value), "{}", verdict.text);
    }
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose"]
fn the_documented_defaults_are_the_real_ones() -> Result<()> {
    let folder = clone()?;
    let whole = || parsed(&compose(folder.path(), false, PROFILES, &[PASSWORD])?);
    let default = whole()?;
    let documented = documented()?;
    let lines: Vec<String> =
        documented.iter().map(|(name, value)| format!("{name}={value}")).collect();
    fs::write(folder.path().join(".env"), lines.join("\n"))?;
    let uncommented = whole()?;
    for (service, expected) in default["services"].as_object().context("no services")? {
        assert_eq!(&uncommented["services"][service], expected, "{service}");
    }

    // The servers read the others themselves.
    let mut seen = 0;
    for file in ["jaeger/jaeger.yaml", "collector/collector.yaml"] {
        for (name, default) in asked(&read(file)?, "${env:") {
            if let Some((_, value)) = documented.iter().find(|(known, _)| *known == name) {
                assert_eq!(default.as_ref(), Some(value), "{name} in {file}");
                seen += 1;
            }
        }
    }
    assert!(seen > 8, "only {seen} defaults were compared");
    Ok(())
}

#[test]
fn the_addresses_in_the_readme_are_the_documented_defaults() -> Result<()> {
    let text = read("README.md")?;
    let ports: BTreeSet<&str> = text
        .split("localhost:")
        .skip(1)
        .filter_map(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next())
        .collect();
    let documented = documented()?;
    assert!(ports.len() > 5, "{ports:?}");
    for port in ports {
        let is_documented =
            documented.iter().any(|(name, value)| name.ends_with("_PORT") && value == port);
        assert!(is_documented, "no variable has the default {port}");
    }
    Ok(())
}

#[test]
fn who_looks_at_dashboards_may_open_their_links_to_traces() -> Result<()> {
    let dashboard = read("../dashboards/grafana/llm-api-health.json")?;
    ensure!(dashboard.contains("\"url\": \"/explore?"), "its links do not open Explore");
    // Grafana grants Explore to editors. Compose cannot ask whether others reach
    // this one, so there somebody has to say it, and reads where.
    let compose = read("compose.yaml")?;
    ensure!(compose.contains("GF_AUTH_ANONYMOUS_ORG_ROLE: ${BOTMETER_GRAFANA_ROLE:-Viewer}"));
    ensure!(read("README.md")?.contains("BOTMETER_GRAFANA_ROLE=Editor"));
    Ok(())
}

#[test]
fn every_variable_is_documented_and_every_documented_one_is_used() -> Result<()> {
    let compose = read("compose.yaml")?;
    // What compose.yaml itself sets, for one of its containers.
    let inner = ["JAEGER_LISTEN_HOST", "BOTMETER_COLLECTOR_HOST", "BOTMETER_COLLECTOR_JAEGER"];
    for name in inner {
        assert!(compose.contains(&format!("{name}: ")), "compose.yaml does not set {name}");
    }
    let mut used: BTreeSet<String> = BTreeSet::new();
    for file in [
        "compose.yaml",
        "compose.podman.yaml",
        "compose.fleet.yaml",
        "prometheus/prometheus.yml",
        "prometheus/fleet.yml",
    ] {
        used.extend(asked(&read(file)?, "${").into_iter().map(|(name, _)| name));
    }
    for file in ["jaeger/jaeger.yaml", "collector/collector.yaml"] {
        used.extend(asked(&read(file)?, "${env:").into_iter().map(|(name, _)| name));
    }
    used.retain(|name| !inner.contains(&name.as_str()));
    // Compose reads the first, and `botmeter stack` the others.
    let elsewhere = [
        "COMPOSE_PROFILES",
        "BOTMETER_SCENARIO",
        "BOTMETER_BOT_HOST",
        "BOTMETER_BOT_PORT",
        "BOTMETER_BOT_JOB",
        "BOTMETER_SCRAPE_INTERVAL",
        "BOTMETER_FLEET_PORT",
    ];
    used.extend(elsewhere.map(str::to_owned));
    let documented: BTreeSet<String> = documented()?.into_iter().map(|(name, _)| name).collect();
    assert_eq!(used, documented);
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose"]
fn images_are_named_in_full_and_are_of_the_versions_that_the_tests_run() -> Result<()> {
    let stack = whole()?;
    let image = |service: &str| {
        let image = &stack["services"][service]["image"];
        image.as_str().with_context(|| format!("{service} has no image"))
    };
    let of_module = |folder: &str, module: &str| -> Result<String> {
        let path = repository::root().join("tests/servers").join(folder).join("go.mod");
        let text = fs::read_to_string(path)?;
        let line =
            text.lines().find_map(|line| line.trim().strip_prefix(module)?.strip_prefix(" v"));
        let line = line.with_context(|| format!("{folder} has no {module}"))?;
        Ok(line.split(' ').next().unwrap_or_default().to_owned())
    };
    // The module of Prometheus 3.15.0 is 0.315.0.
    let module = of_module("prometheus", "github.com/prometheus/prometheus")?;
    let rest = module.strip_prefix("0.3").context("the module has another version")?;
    assert_eq!(image("prometheus")?, format!("docker.io/prom/prometheus:v3.{rest}"));
    let module = of_module("alertmanager", "github.com/prometheus/alertmanager")?;
    assert_eq!(image("alertmanager")?, format!("docker.io/prom/alertmanager:v{module}"));
    let module = of_module("otelcol", "go.opentelemetry.io/collector/cmd/builder")?;
    let contrib = "docker.io/otel/opentelemetry-collector-contrib";
    assert_eq!(image("collector")?, format!("{contrib}:{module}"));
    // Jaeger 2.0 was released together with 1.63, from the same sources.
    let module = of_module("jaeger", "github.com/jaegertracing/jaeger")?;
    let minor: u32 = module.split('.').nth(1).context("no minor version")?.parse()?;
    assert_eq!(image("jaeger")?, format!("docker.io/jaegertracing/jaeger:2.{}.0", minor - 63));

    for service in ["prometheus", "alertmanager", "collector", "jaeger", "grafana"] {
        let (name, tag) = image(service)?.rsplit_once(':').context("no tag")?;
        assert!(name.starts_with("docker.io/") && tag != "latest", "{name}:{tag}");
    }

    let toolchain = fs::read_to_string(repository::root().join("rust-toolchain.toml"))?;
    let version = toolchain.split("channel = \"").nth(1).and_then(|rest| rest.split('"').next());
    let from = format!("FROM docker.io/library/rust:{}-", version.context("no channel")?);
    assert!(read("Containerfile")?.contains(&from), "{from}");
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose"]
fn what_compose_starts_is_healthy_to_be_seen_and_closed_to_the_network() -> Result<()> {
    let stack = whole()?;
    assert_eq!(stack["name"], "botmeter");
    let services = stack["services"].as_object().context("no services")?;
    for (name, service) in services {
        // The Collector's image has nothing that could ask.
        let has_check = service.get("healthcheck").is_some();
        assert_eq!(has_check, name != "collector", "{name}");
        for port in service["ports"].as_array().into_iter().flatten() {
            assert_eq!(port["host_ip"], "127.0.0.1", "{name}");
        }
        for volume in service["volumes"].as_array().into_iter().flatten() {
            if volume["type"] == "bind" {
                assert_eq!(volume["read_only"], true, "{name}: {volume}");
            }
        }
    }
    let mut volumes: Vec<&String> =
        stack["volumes"].as_object().into_iter().flatten().map(|it| it.0).collect();
    volumes.sort();
    assert_eq!(volumes, ["alertmanager-data", "grafana-data", "prometheus-data"]);

    let prometheus = &stack["services"]["prometheus"];
    let command = strings(&prometheus["command"]);
    for flag in STACK_FLAGS {
        assert!(command.contains(flag), "compose.yaml does not give {flag}");
    }
    // Whatever prometheus.yml names beside itself is mounted there.
    let text = read("prometheus/prometheus.yml")?;
    let targets: Vec<&str> = prometheus["volumes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|volume| volume["target"].as_str())
        .collect();
    for folder in ["rules", "targets", "collectors", "servers", "alertmanagers"] {
        assert!(text.contains(&format!("{folder}/*.")), "{folder}");
        let target = format!("/etc/prometheus/{folder}");
        assert!(targets.contains(&target.as_str()), "{target} is not mounted");
    }
    Ok(())
}

#[test]
fn every_mounted_file_is_in_the_repository() -> Result<()> {
    let text = read("compose.yaml")?;
    let sources: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
        .filter(|line| line.starts_with('.'))
        .filter_map(|line| line.split(':').next())
        .collect();
    assert!(sources.len() > 10, "{sources:?}");
    for source in sources {
        let path = StackFolder::source().join(source);
        assert!(path.exists(), "{} is mounted and does not exist", path.display());
    }
    Ok(())
}
