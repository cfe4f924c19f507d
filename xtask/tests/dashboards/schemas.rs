//! The dashboards fit Grafana's own JSON schemas.
//!
//! The schemas are not part of this repository; a variable says where they
//! are. A panel's `options` and `fieldConfig.defaults.custom` are anything to
//! the schema of dashboards, so they are held against that of their panel.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use jsonschema::Validator;
use serde_json::{Value, json};
use xtask::{dashboards, needs};

#[test]
#[ignore = "needs the schemas of Grafana"]
fn every_dashboard_fits_the_schemas_of_grafana() -> Result<()> {
    let schemas = Schemas::find()?;
    let dashboards = generated()?;
    ensure!(!dashboards.is_empty(), "there are no dashboards");
    let mut found = Vec::new();
    for dashboard in &dashboards {
        found.extend(schemas.complaints(dashboard)?);
    }
    ensure!(found.is_empty(), "{} complaints:\n{}", found.len(), found.join("\n"));
    Ok(())
}

#[test]
#[ignore = "needs the schemas of Grafana"]
fn the_schemas_find_what_is_wrong() -> Result<()> {
    let schemas = Schemas::find()?;
    let mut dashboard = generated()?.swap_remove(0);
    let items = dashboard["panels"].as_array_mut().context("there are no panels")?;
    let panel = items.iter_mut().find(|item| item["type"] == "timeseries");
    let panel = panel.context("there is no time series")?;
    panel["gridPos"]["w"] = json!(30);
    panel["options"]["legend"]["displayMode"] = json!("loud");
    panel["fieldConfig"]["defaults"]["custom"]["lineWidht"] = json!(1);
    panel["targets"][0]["format"] = json!("prose");
    dashboard["graphTooltip"] = json!(7);
    let found = schemas.complaints(&dashboard)?.join("\n");
    for wrong in ["gridPos", "displayMode", "lineWidht", "format", "graphTooltip"] {
        ensure!(found.contains(wrong), "{wrong} was not found in:\n{found}");
    }
    Ok(())
}

fn generated() -> Result<Vec<Value>> {
    let files = dashboards::files()?;
    let texts = files.paths().filter(|path| path.starts_with("grafana/"));
    let texts = texts.filter_map(|path| files.text(path));
    texts.map(|text| Ok(serde_json::from_str(text)?)).collect()
}

/// The folder of the schemas.
struct Schemas(PathBuf);

impl Schemas {
    /// Where they are.
    fn find() -> Result<Self> {
        Ok(Self(needs::schemas()?))
    }

    /// The validator of one definition in a file.
    fn definition(&self, file: &str, name: &str) -> Result<Validator> {
        // There with the longer ending, kept elsewhere without.
        let whole = self.0.join(format!("{file}.jsonschema.json"));
        let path = if whole.exists() { whole } else { self.0.join(format!("{file}.json")) };
        let text = fs::read_to_string(&path)
            .with_context(|| format!("failed to read the schema {}", path.display()))?;
        let schema: Value = serde_json::from_str(&text)?;
        let part = json!({
            "$schema": schema["$schema"],
            "$ref": format!("#/definitions/{name}"),
            "definitions": schema["definitions"],
        });
        Ok(jsonschema::validator_for(&part)?)
    }

    /// What is wrong with a dashboard. Panels are looked at one by one, for
    /// complaints that one can read.
    fn complaints(&self, dashboard: &Value) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let uid = dashboard["uid"].as_str().context("a dashboard has no uid")?;
        let row = self.definition("dashboard", "RowPanel")?;
        for item in list(&dashboard["panels"]) {
            let place = format!("{uid} {}", item["title"]);
            if item["type"] != "row" {
                found.extend(self.panel_complaints(item, &place)?);
                continue;
            }
            for panel in list(&item["panels"]) {
                let place = format!("{place} {}", panel["title"]);
                found.extend(self.panel_complaints(panel, &place)?);
            }
            let mut heading = item.clone();
            heading["panels"] = json!([]);
            complain(&row, &heading, &place, &mut found);
        }
        let mut rest = dashboard.clone();
        rest["panels"] = json!([]);
        let whole = self.definition("dashboard", "Dashboard")?;
        complain(&whole, &rest, uid, &mut found);
        Ok(found)
    }

    fn panel_complaints(&self, panel: &Value, place: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let kind = panel["type"].as_str().context("a panel has no type")?;
        let file = kind.replace('-', "");
        let of_panel = self.definition("dashboard", "Panel")?;
        complain(&of_panel, &without_anything(panel), place, &mut found);
        let options = self.definition(&file, "Options")?;
        complain(&options, &panel["options"], &format!("{place}/options"), &mut found);
        if let Some(custom) = panel.pointer("/fieldConfig/defaults/custom") {
            let fields = self.definition(&file, "FieldConfig")?;
            complain(&fields, custom, &format!("{place}/custom"), &mut found);
        }
        let query = self.definition("prometheus", "Dataquery")?;
        for target in list(&panel["targets"]) {
            complain(&query, target, &format!("{place}/targets"), &mut found);
        }
        Ok(found)
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
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
        for property in field["properties"].as_array_mut().into_iter().flatten() {
            property["value"] = json!({});
        }
    }
    panel
}
