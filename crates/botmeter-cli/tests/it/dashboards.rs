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
fn pages_are_made_as_a_grafana_wants_them() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    let wanted = ["dashboards", "--into", into, "--tag", "checkout", "--range", "6h"];
    let wanted = [&wanted[..], &["--refresh", "2m", "--editable", "--grafana-folder", "shop"]];
    let output = ended(&wanted.concat());
    assert!(output.status.success(), "{output:?}");
    let page = fs::read_to_string(folder.path().join("grafana/llm-api-health.json")).unwrap();
    for said in [r#""checkout","#, r#""from": "now-6h""#, r#""refresh": "2m""#] {
        assert!(page.contains(said), "{said}");
    }
    assert!(page.contains(r#""editable": true"#));
    let object = folder.path().join("kubernetes/dashboard-llm-api-health.yaml");
    assert!(fs::read_to_string(object).unwrap().contains("grafana_folder: shop"));
    let (code, said) = failed(&["dashboards", "--into", into, "--range", "30s"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("option range: dashboards show a minute at least"), "{said}");
}

#[test]
fn clusters_and_environments_stand_in_every_query() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    let wanted = ["dashboards", "--into", into, "--selector", r#"environment="production""#];
    let wanted = [&wanted[..], &["--extra-label", "cluster", "--extra-label", "region"]].concat();
    let output = ended(&wanted);
    assert!(output.status.success(), "{output:?}");
    let page = fs::read_to_string(folder.path().join("grafana/overview.json")).unwrap();
    let expected =
        r#"{environment=\"production\", cluster=~\"$cluster\", region=~\"$region\", job"#;
    assert!(page.contains(expected), "{page}");
    let (code, said) = failed(&[&wanted[..], &["--extra-label", "model"]].concat());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("option extra label \"model\": an instrument has this label"), "{said}");
    for other in ["environment=~prod.*", "environment!=prod", "production"] {
        let (code, said) = failed(&["dashboards", "--into", into, "--selector", other]);
        assert_eq!(code, Some(2), "{said}");
    }
}

#[test]
fn a_dashboard_of_whole_jobs_asks_for_what_its_rules_record() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    let wanted = ["dashboards", "--into", into, "--recorded", "overview"];
    let output = ended(&wanted);
    assert!(output.status.success(), "{output:?}");
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    let recorded = "job_le:llm_duration_seconds_bucket:rate5m";
    assert!(read("grafana/overview.json").contains(recorded));
    for rules in ["prometheus/recorded.rules.yml", "kubernetes/rules-recorded.yaml"] {
        assert!(read(rules).contains(recorded), "{rules}");
    }
    assert!(!read("grafana/llm-api-health.json").contains(recorded), "it was not named");
    let (code, said) = failed(&[&wanted[..], &["--recorded", "overviw"]].concat());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("option recorded \"overviw\": no dashboard has this uid"), "{said}");
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
