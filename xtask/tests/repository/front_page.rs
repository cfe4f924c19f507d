//! README promises versions, and a command that tests everything: both are
//! what the rest of the repository has.

use std::{collections::BTreeMap, fs};

use xtask::repository;

fn read(file: &str) -> String {
    fs::read_to_string(repository::root().join(file)).unwrap()
}

/// What stands behind this, up to what cannot belong to a version.
#[track_caller]
fn version(text: &str, before: &str) -> String {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before} is nowhere"));
    rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect()
}

/// The cells of README's table of versions, without the first of each row, by
/// that one.
fn stated(page: &str) -> BTreeMap<String, String> {
    let (_, section) = page.split_once("\n## Versions\n").unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with("| ")).skip(2);
    rows.take_while(|line| line.starts_with("| "))
        .map(|row| row[2..].split_once(" | ").unwrap())
        .map(|(name, cells)| (name.to_owned(), cells.to_owned()))
        .collect()
}

#[test]
fn the_versions_are_those_that_the_repository_has() {
    let stack = read("compose/compose.yaml");
    let image = |name: &str| version(&stack, &format!("/{name}:v"));
    let plain = |name: &str| version(&stack, &format!("/{name}:"));
    let compose = version(&read("tests/servers/compose/go.mod"), "docker/compose/v2 v");
    let schema = version(&read("dashboards/grafana/overview.json"), "\"schemaVersion\": ");
    let has = [
        ("Rust", vec![version(&read("rust-toolchain.toml"), "channel = \"")]),
        ("Prometheus", vec![image("prom/prometheus")]),
        ("OpenTelemetry Collector", vec![plain("opentelemetry-collector-contrib")]),
        ("Jaeger", vec![plain("jaegertracing/jaeger")]),
        ("Alertmanager", vec![image("prom/alertmanager")]),
        ("Grafana", vec![schema, plain("grafana/grafana")]),
        ("Docker Compose", vec![compose]),
    ];
    let stated = stated(&read("README.md"));
    for (name, versions) in has {
        let cells = &stated[name];
        for version in versions {
            let is_there = cells.split([' ', ',', ';']).any(|word| word == version);
            assert!(is_there, "README says of {name} {cells:?}, and not {version:?}");
        }
    }
}

#[test]
fn the_command_that_tests_everything_is_the_one_that_ci_runs() {
    let page = read("README.md");
    let (_, section) = page.split_once("\n## Test it\n").unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    assert_eq!(block.lines().next(), read(".ci/run").lines().last());
}
