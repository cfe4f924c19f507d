//! The compose file of a fleet, laid over the first.

use integration_tests::promtool;
use serde_json::json;

use super::*;

const FILES: &[&str] = &["compose.yaml", "compose.fleet.yaml"];

const RECEIVERS: [&str; 3] = ["receiver-0", "receiver-1", "receiver-2"];

/// The whole stack with the fleet as Compose sees it.
fn whole() -> Result<Value> {
    whole_in(clone()?.path())
}

fn whole_in(folder: &Path) -> Result<Value> {
    parsed(&compose_files(folder, FILES, PROFILES, &[PASSWORD])?)
}

fn yaml(path: &str) -> Result<Value> {
    Ok(serde_saphyr::from_str(&read(path)?)?)
}

#[test]
#[ignore = "needs Docker Compose"]
fn compose_accepts_a_fleet_with_and_without_podman_and_profiles() -> Result<()> {
    let folder = clone()?;
    for profiles in [&[], PROFILES] {
        for podman in [&[][..], &["compose.podman.yaml"]] {
            let files = [FILES, podman].concat();
            let verdict = compose_files(folder.path(), &files, profiles, &[PASSWORD])?;
            let stack = parsed(&verdict)?;
            ensure!(!verdict.text.contains("level=warning"), "{}", verdict.text);
            let services = stack["services"].as_object().context("no services")?;
            // Three receivers, a query layer and a ruler more than without.
            assert_eq!(services.len(), 8 + profiles.len(), "{profiles:?}");
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose"]
fn the_documented_defaults_are_those_of_a_fleet() -> Result<()> {
    let folder = clone()?;
    let default = whole_in(folder.path())?;
    let lines: Vec<String> =
        documented()?.iter().map(|(name, value)| format!("{name}={value}")).collect();
    fs::write(folder.path().join(".env"), lines.join("\n"))?;
    let uncommented = whole_in(folder.path())?;
    for service in RECEIVERS.into_iter().chain(["query", "ruler"]) {
        assert_eq!(uncommented["services"][service], default["services"][service], "{service}");
    }
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose"]
fn a_fleet_is_healthy_to_be_seen_closed_to_the_network_and_keeps_its_data() -> Result<()> {
    let stack = whole()?;
    for name in RECEIVERS.into_iter().chain(["query", "ruler"]) {
        let service = &stack["services"][name];
        assert!(service.get("healthcheck").is_some(), "{name}");
        assert_eq!(service["cap_drop"], json!(["ALL"]), "{name}");
        for port in service["ports"].as_array().into_iter().flatten() {
            assert_eq!(port["host_ip"], "127.0.0.1", "{name}");
        }
        for volume in service["volumes"].as_array().into_iter().flatten() {
            if volume["type"] == "bind" {
                assert_eq!(volume["read_only"], true, "{name}: {volume}");
            }
        }
        let keeps = strings(&service["command"]).iter().any(|flag| flag.ends_with("=/data"));
        assert_eq!(keeps, stack["volumes"].get(format!("{name}-data")).is_some(), "{name}");
    }
    for line in read("compose.fleet.yaml")?.lines() {
        if let Some(source) = line.trim().strip_prefix("- .").and_then(|it| it.split(':').next()) {
            let path = StackFolder::source().join(format!(".{source}"));
            assert!(path.exists(), "{} is mounted and does not exist", path.display());
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose"]
fn the_receivers_are_those_of_the_ring_and_of_the_query_layer_that_grafana_asks() -> Result<()> {
    let stack = whole()?;
    let service = |name: &str| &stack["services"][name];
    let ring: Value = serde_json::from_str(&read("thanos/hashring.json")?)?;
    let expected = RECEIVERS.map(|name| json!({ "address": format!("{name}:10901") }));
    assert_eq!(ring[0]["endpoints"], json!(expected));

    let mut flags = BTreeSet::new();
    for (number, name) in RECEIVERS.into_iter().enumerate() {
        let mut own = strings(&service(name)["command"]);
        for flag in [
            format!("--label=receiver=\"{number}\""),
            format!("--receive.local-endpoint={name}:10901"),
        ] {
            assert!(own.contains(&flag.as_str()), "{name} lacks {flag}");
            own.retain(|it| *it != flag);
        }
        assert!(own.contains(&"--receive.replication-factor=2"), "{name}");
        flags.insert(own);
        // The name that Prometheus hands on to.
        let aliases = &service(name)["networks"]["default"]["aliases"];
        assert_eq!(strings(aliases), ["receivers"]);
    }
    assert_eq!(flags.len(), 1, "the receivers differ: {flags:?}");

    let asked = strings(&service("query")["command"])
        .into_iter()
        .find_map(|flag| flag.strip_prefix("--endpoint.sd-config="))
        .context("the query layer knows of no store")?;
    let asked: Value = serde_json::from_str(asked)?;
    let expected = [&expected[..], &[json!({ "address": "ruler:10901" })]].concat();
    assert_eq!(asked["endpoints"], json!(expected));
    let url = "http://query:10902";
    assert_eq!(service("grafana")["environment"]["BOTMETER_PROMETHEUS_URL"], url);
    assert!(strings(&service("ruler")["command"]).contains(&format!("--query={url}").as_str()));
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose and promtool"]
fn the_prometheus_of_a_fleet_is_that_of_the_stack_without_rules_and_hands_on() -> Result<()> {
    let mut stack = yaml("prometheus/prometheus.yml")?;
    let mut fleet = yaml("prometheus/fleet.yml")?;
    let object = |it: &mut Value, key: &str| it.as_object_mut().and_then(|it| it.remove(key));
    // Whoever evaluates no rules has none, no pause between them, and nothing
    // to say of alerts.
    for key in ["rule_files", "alerting"] {
        assert!(object(&mut stack, key).is_some(), "{key}");
    }
    for key in ["evaluation_interval", "external_labels"] {
        assert!(object(&mut stack["global"], key).is_some(), "{key}");
    }
    let write = object(&mut fleet, "remote_write").context("it hands nothing on")?;
    // As it is, with every label that a bot has given it.
    let expected = json!([{
        "url": "http://receivers:10908/api/v1/receive", "send_exemplars": true,
    }]);
    assert_eq!(write, expected);
    assert_eq!(fleet, stack);

    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("fleet.yml"), read("prometheus/fleet.yml")?)?;
    let arguments = ["check", "config", "--lint-fatal", "fleet.yml"];
    let verdict = promtool(&arguments, folder.path())?;
    assert!(verdict.passed, "{}", verdict.text);
    Ok(())
}

#[test]
#[ignore = "needs Docker Compose"]
fn the_image_of_a_fleet_is_of_the_version_that_the_tests_run() -> Result<()> {
    let stack = whole()?;
    let path = repository::root().join("tests/servers/thanos/go.mod");
    let text = fs::read_to_string(path)?;
    let version = text.split("github.com/thanos-io/thanos v").nth(1).context("no Thanos")?;
    let version = version.split_whitespace().next().unwrap_or_default();
    for name in RECEIVERS.into_iter().chain(["query", "ruler"]) {
        let image = format!("quay.io/thanos/thanos:v{version}");
        assert_eq!(stack["services"][name]["image"], image, "{name}");
    }
    Ok(())
}
