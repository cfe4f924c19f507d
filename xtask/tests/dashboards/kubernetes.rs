//! The objects for Kubernetes have their form and hold what the plain files
//! hold.

use anyhow::{Context, Result, ensure};
use botmeter_generate::Files;
use serde_json::{Value, json};
use xtask::dashboards;

/// What the data of a `ConfigMap` may come to.
const MOST_BYTES: usize = 1024 * 1024;

#[test]
fn every_object_has_the_form_of_its_kind() -> Result<()> {
    let files = dashboards::files()?;
    let mut kinds = [("ConfigMap", 0), ("PrometheusRule", 0), ("PodMonitor", 0)];
    for (path, object) in objects(&files)? {
        let complaints = complaints(&object)?;
        ensure!(complaints.is_empty(), "{path}:\n{}", complaints.join("\n"));
        for (kind, count) in &mut kinds {
            *count += usize::from(object["kind"] == *kind);
        }
    }
    let count = |folder: &str, suffix: &str| {
        let paths = files.paths().filter_map(|path| path.strip_prefix(folder));
        paths.filter(|name| name.ends_with(suffix)).count()
    };
    let dashboards = count("grafana/", ".json");
    let rules = count("prometheus/", ".rules.yml");
    assert_eq!(kinds, [("ConfigMap", dashboards), ("PrometheusRule", rules), ("PodMonitor", 1)]);
    Ok(())
}

#[test]
fn a_config_map_holds_the_bytes_of_its_dashboard() -> Result<()> {
    let files = dashboards::files()?;
    let mut found = 0;
    for path in files.paths() {
        let Some(name) = path.strip_prefix("grafana/") else { continue };
        let uid = name.strip_suffix(".json").context("a dashboard is JSON")?;
        let path = format!("kubernetes/dashboard-{uid}.yaml");
        let text = files.text(&path).with_context(|| format!("{path} is missing"))?;
        ensure!(text.len() < MOST_BYTES, "{path} has {} bytes", text.len());
        let object = parsed(text)?;
        let held = object["data"][name].as_str().context("the dashboard is not in it")?;
        ensure!(Some(held) == files.text(&format!("grafana/{name}")), "{path} holds another text");
        found += 1;
    }
    ensure!(found == 8, "there are {found} dashboards");
    Ok(())
}

#[test]
fn a_prometheus_rule_holds_the_rules_of_its_file() -> Result<()> {
    let files = dashboards::files()?;
    let mut found = 0;
    for path in files.paths() {
        let name =
            path.strip_prefix("prometheus/").and_then(|name| name.strip_suffix(".rules.yml"));
        let Some(domain) = name else { continue };
        let plain = parsed(files.text(path).context("a path without a text")?)?;
        let path = format!("kubernetes/rules-{domain}.yaml");
        let object = parsed(files.text(&path).with_context(|| format!("{path} is missing"))?)?;
        assert_eq!(object["spec"], plain, "{path}");
        found += 1;
    }
    ensure!(found > 0, "there are no rules");
    Ok(())
}

#[test]
fn what_is_wrong_with_an_object_is_found() -> Result<()> {
    let files = dashboards::files()?;
    let mut found = 0;
    for (_, object) in objects(&files)? {
        let wrong: &[(&str, Value)] = match object["kind"].as_str() {
            Some("ConfigMap") => &[
                ("/metadata/labels/grafana_dashboard", json!(1)),
                ("/metadata/name", json!("Über_uns")),
            ],
            Some("PrometheusRule") => &[
                ("/spec/groups/0/rules/0/expr", json!(5)),
                ("/spec/groups/0/rules/0/labels", json!({ "severity": true })),
                ("/spec/groups/0/rules/0", json!({ "expr": "up" })),
                ("/apiVersion", json!("v1")),
            ],
            _ => &[("/spec/podMetricsEndpoints/0/interval", json!("soon"))],
        };
        for (place, value) in wrong {
            let mut object = object.clone();
            let Some(part) = object.pointer_mut(place) else { continue };
            *part = value.clone();
            ensure!(!complaints(&object)?.is_empty(), "{place} {value} was not found");
            found += 1;
        }
    }
    ensure!(found > 20, "only {found} objects were spoiled");
    Ok(())
}

fn objects(files: &Files) -> Result<Vec<(String, Value)>> {
    let paths = files.paths().filter(|path| path.starts_with("kubernetes/"));
    paths
        .map(|path| {
            let text = files.text(path).context("a path without a text")?;
            Ok((path.to_owned(), parsed(text).with_context(|| path.to_owned())?))
        })
        .collect()
}

fn parsed(text: &str) -> Result<Value> {
    Ok(serde_saphyr::from_str(text)?)
}

fn complaints(object: &Value) -> Result<Vec<String>> {
    let validator =
        jsonschema::validator_for(&schema(object["kind"].as_str().unwrap_or_default()))?;
    let errors = validator.iter_errors(object);
    Ok(errors.map(|error| format!("{}: {error}", error.instance_path())).collect())
}

/// As much of the definition of a kind as is used here.
fn schema(kind: &str) -> Value {
    let (version, rest, required) = match kind {
        "ConfigMap" => ("v1", json!({ "data": texts() }), "data"),
        "PrometheusRule" => ("monitoring.coreos.com/v1", json!({ "spec": rules() }), "spec"),
        _ => ("monitoring.coreos.com/v1", json!({ "spec": pods() }), "spec"),
    };
    let kinds = ["ConfigMap", "PrometheusRule", "PodMonitor"];
    let mut properties = json!({
        "apiVersion": { "const": version },
        "kind": { "enum": kinds },
        "metadata": metadata(),
    });
    properties[required] = rest[required].clone();
    object(&properties, &["apiVersion", "kind", "metadata", required])
}

/// An object that has nothing else.
fn object(properties: &Value, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn texts() -> Value {
    json!({ "type": "object", "additionalProperties": { "type": "string" } })
}

fn metadata() -> Value {
    let name = json!({
        "type": "string",
        "maxLength": 253,
        "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    });
    object(&json!({ "name": name, "labels": texts(), "annotations": texts() }), &["name"])
}

fn duration() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h|d|w|y)$" })
}

fn rules() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let mut rule = object(
        &json!({
            "alert": text,
            "record": text,
            "expr": text,
            "for": duration(),
            "labels": texts(),
            "annotations": texts(),
        }),
        &["expr"],
    );
    rule["oneOf"] = json!([{ "required": ["alert"] }, { "required": ["record"] }]);
    let rules = json!({ "type": "array", "minItems": 1, "items": rule });
    let group = object(
        &json!({ "name": text, "interval": duration(), "rules": rules }),
        &["name", "rules"],
    );
    object(&json!({ "groups": { "type": "array", "minItems": 1, "items": group } }), &["groups"])
}

fn pods() -> Value {
    let endpoint = object(
        &json!({
            "port": { "const": "metrics" },
            "path": { "const": "/metrics" },
            "interval": duration(),
        }),
        &["port"],
    );
    let endpoints = json!({ "type": "array", "minItems": 1, "items": endpoint });
    let selector = object(&json!({ "matchLabels": texts() }), &["matchLabels"]);
    object(
        &json!({ "selector": selector, "podMetricsEndpoints": endpoints }),
        &["selector", "podMetricsEndpoints"],
    )
}
