//! The guide to one's own Grafana and Prometheus names what is generated.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use xtask::{dashboards, repository};

/// The folder that the guide has the files in.
const FOLDER: &str = "botmeter-files/";

fn guide() -> Result<String> {
    Ok(fs::read_to_string(repository::root().join("docs/install.md"))?)
}

#[test]
fn every_setting_is_yaml_and_names_objects_that_there_are() -> Result<()> {
    let files = dashboards::files()?;
    let text = guide()?;
    let blocks: Vec<&str> =
        text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    ensure!(blocks.len() == 4, "{} blocks were found", blocks.len());
    for block in blocks {
        let settings: Value = serde_saphyr::from_str(block).with_context(|| block.to_owned())?;
        ensure!(settings.is_object(), "{block}");
        let Some(reference) = settings.pointer("/spec/configMapRef") else { continue };
        let key = reference["key"].as_str().context("no key")?;
        let object = key.trim_end_matches(".json");
        let object = files.text(&format!("kubernetes/dashboard-{object}.yaml"));
        let object: Value = serde_saphyr::from_str(object.context("no such object")?)?;
        ensure!(object["metadata"]["name"] == reference["name"], "{object}");
        ensure!(object["data"][key].is_string(), "{object}");
    }
    Ok(())
}

#[test]
fn every_path_leads_to_files() -> Result<()> {
    let files = dashboards::files()?;
    let text = guide()?;
    let is_end = |c: char| c.is_whitespace() || "\"`'$".contains(c);
    let mut seen = 0;
    for (at, _) in text.match_indices(FOLDER) {
        let path = text[at + FOLDER.len()..].split(is_end).next().unwrap_or_default();
        // The address of the pages is not a path on this machine.
        let (start, end) = path.split_once('*').unwrap_or((path, ""));
        let leads = files.paths().any(|file| file.starts_with(start) && file.ends_with(end));
        ensure!(leads, "{path} leads to nothing that is generated");
        seen += 1;
    }
    ensure!(seen >= 6, "only {seen} paths were found");
    Ok(())
}
