//! What is wrong with a Prometheus, or with what it has.

use std::net::SocketAddr;

use botmeter_telemetry::Verdict;
use serde_json::{Value, json};

use super::{
    super::Options,
    broken,
    fakes::{Prometheus, closed, groups, names, page, serve, target},
    found,
};

/// What is broken when this Prometheus scrapes a page that is well.
fn with(change: impl FnOnce(Prometheus) -> Prometheus) -> String {
    broken(&options(change))
}

fn options(change: impl FnOnce(Prometheus) -> Prometheus) -> Options {
    let page = page();
    of(change(Prometheus::well(page.port())).serve(), page)
}

fn of(prometheus: SocketAddr, page: SocketAddr) -> Options {
    Options {
        prometheus: format!("http://{prometheus}"),
        metrics: Some(format!("http://{page}")),
        ..Options::default()
    }
}

/// Without the address, which differs from run to run.
fn with_line(change: impl FnOnce(Prometheus) -> Prometheus) -> String {
    let text = with(change);
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let is_ours = word.contains("://127.0.0.1:") || word.contains("://localhost:");
        words.push(if is_ours { "URL".to_owned() } else { word.to_owned() });
    }
    words.join(" ")
}

#[test]
fn nobody_there() {
    let nobody = closed();
    assert_eq!(
        broken(&of(nobody, page())),
        format!(
            "broken   prometheus   http://{nobody}: connection refused: nothing listens there\n\
             change: start Prometheus, or give its address: --prometheus http://HOST:9090 (one in \
             a container has to publish its port)"
        )
    );
}

/// The tests with real servers see the others; a Grafana they have not.
#[test]
fn grafana_is_known() {
    let grafana = serve(|path, _| match path {
        "/api/health" => {
            (200, "application/json", json!({ "database": "ok", "version": "13.2.0" }).to_string())
        }
        // Where its log-in is, at the end of a redirection.
        _ => (200, "text/html", "<!doctype html>".to_owned()),
    });
    assert_eq!(
        broken(&of(grafana, page())),
        format!(
            "broken   prometheus   http://{grafana} is no Prometheus but Grafana, which asks a \
             Prometheus\nchange: give the address in its data source, usually port 9090: \
             --prometheus http://HOST:9090"
        )
    );
}

#[test]
fn something_else_or_not_ready() {
    let other = serve(|_, _| (404, "text/plain", "404 page not found".to_owned()));
    assert_eq!(
        broken(&of(other, page())),
        format!(
            "broken   prometheus   http://{other}/-/ready answers 404 with \"404 page not found\"\n\
             change: give the address of a Prometheus, with the path of its --web.external-url if \
             it has one: --prometheus http://HOST:9090"
        )
    );
    let starting = with(|mut prometheus| {
        prometheus.ready = (503, "text/plain", "Service Unavailable".to_owned());
        prometheus
    });
    assert!(starting.contains("answers 503: Prometheus is starting or ending"), "{starting}");
    // It says that it is ready, and has no API.
    let pretender = serve(|_, _| (200, "text/html", "<!doctype html>".to_owned()));
    let found = broken(&of(pretender, page()));
    assert!(found.contains("with \"<!doctype html>\", which is not its API"), "{found}");
}

#[test]
fn targets_that_are_down() {
    let refused =
        "Get \"http://localhost:1/metrics\": dial tcp 127.0.0.1:1: connect: connection refused";
    let targets = json!({ "activeTargets": [target(1, "down", refused), target(2, "up", "")] });
    assert_eq!(
        with(|prometheus| prometheus.with("targets", targets)),
        format!(
            "broken   targets      http://localhost:1/metrics is down: {refused}\n\
             change: start the program, or give its port in the job \"bots\"; where Prometheus is \
             in a container, localhost is that container:\n      - targets: \
             ['host.docker.internal:1']   # Podman: host.containers.internal:1\n\
             or, if it is none of ours: --job NAME looks at one job alone"
        )
    );
}

#[test]
fn targets_that_are_new() {
    let targets = json!({ "activeTargets": [target(1, "unknown", "")] });
    assert_eq!(
        with(|prometheus| prometheus.with("targets", targets)),
        "broken   targets      not scraped for the first time yet: http://localhost:1/metrics\n\
         change: wait for one scrape interval, and repeat this"
    );
}

#[test]
fn no_way_in_at_all() {
    let page = page();
    let port = page.port();
    let prometheus = Prometheus::well(port).with("targets", json!({ "activeTargets": [] }));
    assert_eq!(
        broken(&of(prometheus.serve(), page)),
        format!(
            "broken   targets      there are no targets, and the OTLP receiver is off: nothing \
             gets in\n\
             change: in prometheus.yml, and reload it:\nscrape_configs:\n  - job_name: my-bot\n    \
             static_configs:\n      - targets: ['localhost:{port}']\nwhere Prometheus is in a \
             container: host.docker.internal:{port} (Podman: host.containers.internal:{port})"
        )
    );
}

#[test]
fn a_job_that_nobody_has() {
    let prometheus = Prometheus::well(1)
        .with("status/flags", json!({ "web.enable-otlp-receiver": "true" }))
        .with("label/__name__/values", json!([]));
    let mut options = of(prometheus.serve(), page());
    options.job = Some("robots".to_owned());
    let diagnosis = found(&options);
    assert_eq!(
        diagnosis.of("targets").unwrap().evidence,
        "no target has the job \"robots\", so its series have to be pushed; jobs: bots"
    );
    assert_eq!(
        broken(&options),
        "broken   series       no series of the catalogue has the job \"robots\", but these have: \
         bots\n\
         change: --job bots, or OTEL_SERVICE_NAME=robots where the program pushes"
    );
}

#[test]
fn the_job_of_the_page_that_was_read_is_proposed_first() {
    let page = page();
    for (receiver, expected) in [
        ("false", "change: --job my-bot, under which the page is scraped"),
        ("true", "change: --job my-bot, or OTEL_SERVICE_NAME=robots where the program pushes"),
    ] {
        let mut target = target(page.port(), "up", "");
        target["labels"]["job"] = json!("my-bot");
        let prometheus = Prometheus::well(1)
            .with("status/flags", json!({ "web.enable-otlp-receiver": receiver }))
            .with("label/__name__/values", json!([]))
            .with("label/job/values", json!(["cron", "my-bot"]))
            .with("targets", json!({ "activeTargets": [target] }));
        let job = Some("robots".to_owned());
        let said = broken(&Options { job, ..of(prometheus.serve(), page) });
        assert!(said.ends_with(expected), "{said}");
    }
}

/// The names of a well program, each changed.
fn renamed(rename: impl Fn(&str) -> String) -> Value {
    json!(names().iter().map(|name| rename(name)).collect::<Vec<_>>())
}

#[test]
fn names_without_suffixes_by_the_configuration() {
    let bare = json!(["llm_requests", "llm_duration_bucket", "telemetry_startup"]);
    let yaml = "otlp:\n  translation_strategy: UnderscoreEscapingWithoutSuffixes\n";
    assert_eq!(
        with(|prometheus| {
            prometheus
                .with("label/__name__/values", bare.clone())
                .with("status/config", json!({ "yaml": yaml }))
        }),
        "broken   series       under another spelling: llm_requests instead of llm_requests_total, \
         llm_duration_bucket instead of llm_duration_seconds_bucket, telemetry_startup instead of \
         telemetry_startup_total\n\
         change: in prometheus.yml, where UnderscoreEscapingWithoutSuffixes is chosen, and restart \
         it:\notlp:\n  translation_strategy: UnderscoreEscapingWithSuffixes"
    );
    let by_another = with(|prometheus| prometheus.with("label/__name__/values", bare));
    assert!(by_another.contains("\n    add_metric_suffixes: true\n"), "{by_another}");
}

#[test]
fn names_with_dots_and_with_a_prefix() {
    let dotted = json!(["llm.requests", "telemetry.startup"]);
    let found = with(|prometheus| prometheus.with("label/__name__/values", dotted));
    assert!(found.contains("llm.requests instead of llm_requests_total"), "{found}");
    assert!(found.contains("    translation_strategy: UnderscoreEscapingWithSuffixes"), "{found}");

    let prefixed = renamed(|name| format!("acme_{name}"));
    let found = with(|prometheus| prometheus.with("label/__name__/values", prefixed));
    assert!(found.contains("acme_llm_requests_total instead of llm_requests_total"), "{found}");
    assert!(found.ends_with("the line\n    namespace: acme"), "{found}");
}

#[test]
fn no_names_of_ours() {
    let found = with_line(|prometheus| {
        prometheus.with("label/__name__/values", json!(["up", "node_load1"]))
    });
    assert!(
        found.starts_with("broken   series       URL has 2 names, and none of the catalogue\nchange: in prometheus.yml"),
        "{found}"
    );
    let itself = json!(["prometheus_tsdb_head_series", "http_requests_total"]);
    let found = with(|prometheus| prometheus.with("label/__name__/values", itself));
    assert!(found.contains("has the names of Prometheus itself"), "{found}");
}

#[test]
fn series_without_the_labels_that_panels_select_by() {
    let labelled = |labels: Value| with(|prometheus| prometheus.with("series", json!([labels])));
    assert_eq!(
        labelled(json!({ "__name__": "telemetry_startup_total", "job": "bots" })),
        "broken   labels       telemetry_startup_total{job=\"bots\"}: the label instance is \
         missing, which every panel selects by\n\
         change: tell processes apart where they push: \
         OTEL_RESOURCE_ATTRIBUTES=service.instance.id=HOST:PID"
    );
    assert_eq!(
        labelled(json!({ "job": "unknown_service:bot", "instance": "1" })),
        "broken   labels       telemetry_startup_total{instance=\"1\", \
         job=\"unknown_service:bot\"}: the job has no name\n\
         change: give the service a name where it pushes: OTEL_SERVICE_NAME=my-bot"
    );
    let collected = json!({
        "job": "collector", "instance": "otel:8889", "exported_job": "bots", "exported_instance": "1",
    });
    let found = labelled(collected);
    assert!(
        found.ends_with(
            "change: in the job \"collector\" of prometheus.yml, which scrapes a Collector:\n    \
             honor_labels: true"
        ),
        "{found}"
    );
}

#[test]
fn scrapes_that_are_too_far_apart() {
    let mut slow = target(1, "up", "");
    slow["scrapeInterval"] = json!("1m");
    assert_eq!(
        with(|prometheus| prometheus.with("targets", json!({ "activeTargets": [slow] }))),
        "broken   interval     http://localhost:1/metrics is scraped every 1m: dashboards take \
         rates over the minute that four scrapes of 15 s make, and get gaps or nothing\n\
         change: in the job \"bots\", whose own interval beats that of global:\n    \
         scrape_interval: 15s"
    );
}

#[test]
fn programs_that_are_gone() {
    let old =
        json!({ "resultType": "vector", "result": [{ "metric": {}, "value": [1, "240.5"] }] });
    let found = with(|prometheus| prometheus.with("query", old));
    assert!(
        found.contains("the last sign of life is 240 s old, and is sent every 15 s"),
        "{found}"
    );
    let none = json!({ "resultType": "vector", "result": [] });
    let found = with(|prometheus| prometheus.with("query", none));
    assert!(
        found.contains("telemetry_heartbeat_timestamp_seconds has no current sample"),
        "{found}"
    );
}

#[test]
fn rules_that_are_not_loaded_or_not_well() {
    // Metrics get through without rules, and dashboards are looked at.
    let diagnosis = found(&options(|prometheus| prometheus.with("rules", json!({ "groups": [] }))));
    assert_eq!(diagnosis.broken(), None, "{diagnosis}");
    let hint = diagnosis.of("rules").unwrap().to_string();
    assert!(hint.starts_with("hint     rules        none of botmeter's are loaded"), "{hint}");
    assert!(hint.contains("rule_files:"), "{hint}");
    assert_eq!(diagnosis.of("dashboards").unwrap().verdict, Verdict::Ok, "{diagnosis}");

    let some: Vec<Value> =
        groups().into_iter().filter(|group| group["name"] != "llm-alerts").collect();
    let start = format!(
        "broken   rules        {} groups of rules are loaded, without these: llm-alerts\n",
        some.len()
    );
    let found = with(|prometheus| prometheus.with("rules", json!({ "groups": some })));
    assert!(found.starts_with(&start), "{found}");
    assert!(found.contains("rule_files:"), "{found}");

    let mut sick = groups();
    let group = sick.iter_mut().find(|group| group["name"] == "llm-alerts").unwrap();
    let error = "found duplicate series for the match group";
    group["rules"][0] = json!({ "name": "Bad", "health": "err", "lastError": error });
    let found = with(|prometheus| prometheus.with("rules", json!({ "groups": sick })));
    assert!(
        found.starts_with(&format!(
            "broken   rules        rules that cannot be evaluated: Bad: {error}\n"
        )),
        "{found}"
    );
}

#[test]
fn dashboards_that_ask_for_what_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let dashboard = json!({
        "title": "Mine",
        "panels": [
            { "title": "Old name", "targets": [{ "expr": "rate(llm_requests[5m])" }] },
            { "title": "Old label", "targets": [{ "expr": "sum by (bot) (llm_requests_total{vendor=\"x\"})" }] },
            { "title": "Typo", "targets": [{ "expr": "rate(" }] },
            { "title": "Fine", "targets": [{ "expr": "sum by (model) (rate(llm_requests_total[1m]))" }] },
        ],
    });
    std::fs::write(folder.path().join("mine.json"), dashboard.to_string()).unwrap();
    let mut options = options(|prometheus| prometheus);
    options.grafana_dashboards = Some(folder.path().to_owned());
    let found = broken(&options);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "broken   dashboards   Mine, panel Old label: groups by bot, which nothing there has",
            "Mine, panel Old label: selects llm_requests_total by vendor, which it does not have",
            "Mine, panel Old name: asks for llm_requests, which is not there",
        ]
    );
    assert!(lines[3].starts_with("Mine, panel Typo: \"rate(\" is no PromQL"), "{found}");
    assert!(lines[4].starts_with("change: generate the dashboards anew"), "{found}");
}

#[test]
fn a_label_that_was_dropped_on_the_way() {
    let found = with(|mut prometheus| {
        prometheus.lacks = vec!["provider"];
        prometheus
    });
    assert!(found.contains("by provider, which it does not have"), "{found}");
}
