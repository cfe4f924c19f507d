//! Files for a Grafana and a Prometheus of one's own.

use std::{fs, path::Path};

use crate::program::{ended, failed};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_files_of_the_domains_that_are_asked_for_are_written_and_then_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("metrics");
    let into_text = into.to_str().unwrap();
    let wanted = ["--into", into_text, "--only", "bot,llm", "--grafana-url", "https://g.example"];
    let wanted = [&wanted[..], &["--kubernetes-label", "release=stack"]].concat();
    let arguments = [&["dashboards"], &wanted[..]].concat();
    let (code, said) = failed(&[&arguments[..], &["--check"]].concat());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("missing"), "{said}");

    let output = ended(&arguments);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(names(&into.join("grafana")), ["bot-health.json", "llm-api-health.json"]);
    assert_eq!(names(&into.join("prometheus")), ["bot.rules.yml", "llm.rules.yml", "tests"]);
    let rules = fs::read_to_string(into.join("prometheus/llm.rules.yml")).unwrap();
    assert!(rules.contains("https://g.example/d/llm-api-health"), "{rules}");
    assert!(!rules.contains("localhost"), "{rules}");
    let object = fs::read_to_string(into.join("kubernetes/rules-llm.yaml")).unwrap();
    assert!(object.contains("\n    release: "), "{object}");

    let output = ended(&[&arguments[..], &["--check"]].concat());
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_domain_that_nobody_has_is_refused_with_those_that_there_are() {
    let (code, said) = failed(&["dashboards", "--into", "x", "--only", "lmm"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        said,
        "error: failed to take the domain \"lmm\": there are bot, http, llm, narrative, \
         orchestrator, pipeline, telemetry\n"
    );
}
