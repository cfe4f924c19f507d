//! The dashboards fit Grafana's own JSON schemas.
//!
//! The schemas are not part of this repository; a variable says where they
//! are. A panel's `options` and `fieldConfig.defaults.custom` are anything to
//! the schema of dashboards, so they are held against that of their panel.

use std::{env, fs, io::Write as _, path::PathBuf};

use jsonschema::Validator;
use serde_json::{Value, json};
use xtask::{dashboards, servers};

const VARIABLE: &str = "BOTMETER_GRAFANA_SCHEMAS";

/// The folder of the schemas; none where there is none and none is required.
fn folder() -> Option<PathBuf> {
    if let Some(folder) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return Some(folder.into());
    }
    assert!(
        !servers::required().unwrap(),
        "BOTMETER_REQUIRE_SERVERS is set and there are no Grafana schemas: set {VARIABLE} to the \
         folder `jsonschema` of grafana-foundation-sdk"
    );
    // The stream itself: the harness keeps what a passing test prints.
    writeln!(std::io::stderr(), "skipped: no Grafana schemas (set {VARIABLE})").unwrap();
    None
}

struct Schemas(PathBuf);

impl Schemas {
    fn read(&self, file: &str) -> Value {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("failed to read {}: {error}", path.display()));
        serde_json::from_str(&text).unwrap()
    }

    /// The validator of one definition in a file.
    fn definition(&self, file: &str, name: &str) -> Validator {
        let schema = self.read(file);
        let part = json!({
            "$schema": schema["$schema"],
            "$ref": format!("#/definitions/{name}"),
            "definitions": schema["definitions"],
        });
        jsonschema::validator_for(&part).unwrap()
    }
}

fn complain(validator: &Validator, value: &Value, place: &str, found: &mut Vec<String>) {
    for error in validator.iter_errors(value) {
        found.push(format!("{place}{}: {error}", error.instance_path()));
    }
}

/// A panel as far as the schema of dashboards can tell: it takes "anything"
/// for "an object", so what may be anything in overrides is left out.
fn without_anything(panel: &Value) -> Value {
    let mut panel = panel.clone();
    let overrides = panel.pointer_mut("/fieldConfig/overrides").and_then(Value::as_array_mut);
    for field in overrides.into_iter().flatten() {
        field["matcher"]["options"] = json!({});
        for property in field["properties"].as_array_mut().unwrap() {
            property["value"] = json!({});
        }
    }
    panel
}

fn panel_complaints(schemas: &Schemas, panel: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let kind = panel["type"].as_str().unwrap();
    let file = format!("{}.json", kind.replace('-', ""));
    let of_panel = schemas.definition("dashboard.json", "Panel");
    complain(&of_panel, &without_anything(panel), place, &mut found);
    let options = schemas.definition(&file, "Options");
    complain(&options, &panel["options"], &format!("{place}/options"), &mut found);
    if let Some(custom) = panel.pointer("/fieldConfig/defaults/custom") {
        let fields = schemas.definition(&file, "FieldConfig");
        complain(&fields, custom, &format!("{place}/custom"), &mut found);
    }
    let query = schemas.definition("prometheus.json", "Dataquery");
    for target in panel["targets"].as_array().into_iter().flatten() {
        complain(&query, target, &format!("{place}/targets"), &mut found);
    }
    found
}

fn dashboard_complaints(schemas: &Schemas, dashboard: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let uid = dashboard["uid"].as_str().unwrap();
    let row = schemas.definition("dashboard.json", "RowPanel");
    for item in dashboard["panels"].as_array().unwrap() {
        let place = format!("{uid} {}", item["title"]);
        if item["type"] != "row" {
            found.extend(panel_complaints(schemas, item, &place));
            continue;
        }
        let mut closed = item.clone();
        for panel in closed["panels"].as_array_mut().unwrap() {
            let place = format!("{place} {}", panel["title"]);
            found.extend(panel_complaints(schemas, panel, &place));
            *panel = without_anything(panel);
        }
        complain(&row, &closed, &place, &mut found);
    }
    // The panels were looked at one by one, for readable complaints.
    let mut rest = dashboard.clone();
    rest["panels"] = json!([]);
    let whole = schemas.definition("dashboard.json", "Dashboard");
    complain(&whole, &rest, uid, &mut found);
    found
}

fn generated() -> Vec<Value> {
    let files = dashboards::files().unwrap();
    let paths = files.paths().filter(|path| path.starts_with("grafana/"));
    paths.map(|path| serde_json::from_str(files.text(path).unwrap()).unwrap()).collect()
}

#[test]
fn every_dashboard_fits_the_schemas_of_grafana() {
    let Some(folder) = folder() else { return };
    let schemas = Schemas(folder);
    let dashboards = generated();
    assert!(!dashboards.is_empty());
    let found: Vec<_> =
        dashboards.iter().flat_map(|dashboard| dashboard_complaints(&schemas, dashboard)).collect();
    assert!(found.is_empty(), "{} complaints:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_schemas_find_what_is_wrong() {
    let Some(folder) = folder() else { return };
    let schemas = Schemas(folder);
    let mut dashboard = generated().swap_remove(0);
    let panel = dashboard["panels"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|item| item["type"] == "timeseries")
        .unwrap();
    panel["gridPos"]["w"] = json!(30);
    panel["options"]["legend"]["displayMode"] = json!("loud");
    panel["fieldConfig"]["defaults"]["custom"]["lineWidht"] = json!(1);
    panel["targets"][0]["format"] = json!("prose");
    dashboard["graphTooltip"] = json!(7);
    let found = dashboard_complaints(&schemas, &dashboard).join("\n");
    for wrong in ["gridPos", "displayMode", "lineWidht", "format", "graphTooltip"] {
        assert!(found.contains(wrong), "{wrong} was not found in:\n{found}");
    }
}
