//! The configurations that the stack's servers read: their own programs accept
//! them.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};
use integration_tests::{StackFolder, blocks_of_the_guide, promtool, verdict};
use serde_json::{Value, json};
use xtask::servers::Server;

fn read(path: &str) -> Result<String> {
    let path = StackFolder::source().join(path);
    fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))
}

#[test]
#[ignore = "needs promtool"]
fn prometheus_accepts_its_configuration_with_the_examples_in_place() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let run = StackFolder::new(folder.path().to_owned());
    let example = |name: &str| -> Result<Value> {
        Ok(serde_json::from_str(&read(&format!("prometheus/examples/{name}.json"))?)?)
    };
    run.prometheus(&example("targets")?, &example("collectors")?, &example("alertmanagers")?)?;
    let servers = folder.path().join("prometheus/servers");
    fs::create_dir(&servers)?;
    fs::write(servers.join("servers.json"), example("servers")?.to_string())?;
    let check = || {
        promtool(&["check", "config", "--lint-fatal", "prometheus/prometheus.yml"], folder.path())
    };
    let verdict = check()?;
    assert!(verdict.passed, "{}", verdict.text);
    for part in ["llm.rules.yml", "is valid prometheus config file"] {
        assert!(verdict.text.contains(part), "{}", verdict.text);
    }
    // A file of discovery is looked into as well.
    fs::write(servers.join("servers.json"), json!([{ "targets": 9090 }]).to_string())?;
    assert!(!check()?.passed);
    Ok(())
}

#[test]
#[ignore = "needs amtool, the Collector and Jaeger"]
fn alertmanager_the_collector_and_jaeger_accept_their_configurations() -> Result<()> {
    let source = StackFolder::source();
    let checks = [
        (Server::Amtool, "alertmanager", &["check-config", "alertmanager.yml"][..]),
        (Server::Otelcol, "collector", &["validate", "--config", "collector.yaml"]),
        (Server::Jaeger, "jaeger", &["validate", "--config", "jaeger.yaml"]),
    ];
    for (server, folder, arguments) in checks {
        let found = verdict(server, arguments, &source.join(folder), &[])?;
        assert!(found.passed, "{}", found.text);
        // And they would have refused another.
        let broken = tempfile::tempdir()?;
        let name = arguments.last().context("no file")?;
        let text = fs::read_to_string(source.join(folder).join(name))?;
        fs::write(broken.path().join(name), format!("{text}\nsomething_else: {{}}\n"))?;
        let refused = verdict(server, arguments, broken.path(), &[])?;
        assert!(!refused.passed, "{}", server.program().binary);
    }
    Ok(())
}

#[test]
fn grafana_gets_the_data_sources_that_the_dashboards_choose() -> Result<()> {
    let sources = read("grafana/provisioning/datasources/datasources.yaml")?;
    let mut chosen = BTreeSet::new();
    for entry in fs::read_dir(xtask::dashboards::folder().join("grafana"))? {
        let dashboard: Value = serde_json::from_str(&fs::read_to_string(entry?.path())?)?;
        for variable in dashboard["templating"]["list"].as_array().context("no variables")? {
            if variable["type"] == "datasource" {
                let uid = variable["current"]["value"].as_str().context("nothing is chosen")?;
                chosen.insert((uid.to_owned(), variable["query"].as_str().map(str::to_owned)));
            }
        }
    }
    assert_eq!(chosen.len(), 2, "{chosen:?}");
    for (uid, kind) in chosen {
        let lines = format!("    uid: {uid}\n    type: {}\n", kind.context("no type")?);
        assert!(sources.contains(&lines), "there is no data source with\n{lines}");
    }
    Ok(())
}

#[test]
#[ignore = "needs promtool and the Collector"]
fn the_blocks_in_the_guide_to_scaling_are_accepted() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut checked = 0;
    for block in blocks_of_the_guide("prometheus.yml")? {
        fs::write(folder.path().join("block.yml"), &block)?;
        let arguments = ["check", "config", "--lint-fatal", "block.yml"];
        let verdict = promtool(&arguments, folder.path())?;
        assert!(verdict.passed, "{block}\n{}", verdict.text);
        checked += 1;
    }
    for block in blocks_of_the_guide("collector")? {
        fs::write(folder.path().join("second.yaml"), &block)?;
        let second = folder.path().join("second.yaml").display().to_string();
        let arguments = ["validate", "--config", "collector.yaml", "--config", &second];
        let source = StackFolder::source().join("collector");
        let verdict = verdict(Server::Otelcol, &arguments, &source, &[])?;
        assert!(verdict.passed, "{block}\n{}", verdict.text);
        checked += 1;
    }
    let guide = fs::read_to_string(xtask::repository::root().join("docs/scaling.md"))?;
    assert_eq!(checked, guide.matches("```yaml").count());
    Ok(())
}
