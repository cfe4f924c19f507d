//! What a server of this machine is told, beside what its container is told.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value;

use super::*;
use crate::env_file::Variables;

fn place(run: &Path) -> Place {
    Place::new(Some(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")), None, Some(run)).unwrap()
}

fn planned(variables: &[(&str, &str)]) -> Vec<Server> {
    planned_with(None, variables)
}

fn planned_with(thanos: Option<&str>, variables: &[(&str, &str)]) -> Vec<Server> {
    plan(thanos, variables).unwrap()
}

fn plan(thanos: Option<&str>, variables: &[(&str, &str)]) -> Result<Vec<Server>> {
    let pairs = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let settings =
        Settings::read(Path::new("/nowhere/.env"), &pairs.collect::<Variables>()).unwrap();
    let programs = Programs {
        prometheus: "/p/prometheus".into(),
        jaeger: "/p/jaeger".into(),
        collector: Some("/p/otelcol".into()),
        alertmanager: Some("/p/alertmanager".into()),
        thanos: thanos.map(PathBuf::from),
        demo: Some("/p/demo".into()),
        grafana: None,
    };
    servers(&place(Path::new("/run/stack")), &settings, &programs)
}

fn named<'a>(servers: &'a [Server], name: &str) -> &'a Server {
    servers.iter().find(|server| server.name == name).unwrap()
}

/// The arguments in compose.yaml, with each variable at its default.
fn arguments_inside(service: &str) -> Vec<String> {
    arguments_in(include_str!("../../../compose/compose.yaml"), service)
}

fn arguments_in(compose: &str, service: &str) -> Vec<String> {
    let compose: Value = serde_saphyr::from_str(compose).unwrap();
    let arguments = compose["services"][service]["command"].as_array().unwrap();
    arguments.iter().map(|argument| defaults(argument.as_str().unwrap())).collect()
}

fn defaults(text: &str) -> String {
    match text.split_once("${") {
        Some((before, rest)) => {
            let (variable, after) = rest.split_once('}').unwrap();
            let default = variable.split_once(":-").unwrap().1;
            format!("{before}{default}{}", defaults(after))
        }
        None => text.to_owned(),
    }
}

#[test]
fn the_order_is_that_of_who_needs_whom() {
    let servers = planned(&[]);
    let names: Vec<&str> = servers.iter().map(|server| server.name).collect();
    assert_eq!(names, ["prometheus", "jaeger", "alertmanager", "collector", "demo"]);
}

#[test]
fn servers_get_the_arguments_of_their_containers() {
    let servers = planned(&[]);
    for (service, listen, moved) in [
        (
            "prometheus",
            "--web.listen-address=127.0.0.1:9090",
            &[
                ("/etc/prometheus/", "/run/stack/prometheus/"),
                ("path=/prometheus", "path=/run/stack/data/prometheus"),
            ][..],
        ),
        (
            "alertmanager",
            "--web.listen-address=127.0.0.1:9093",
            &[
                ("/etc/alertmanager/", ""),
                ("path=/alertmanager", "path=/run/stack/data/alertmanager"),
            ][..],
        ),
    ] {
        let mut expected = arguments_inside(service);
        for argument in &mut expected {
            for (inside, outside) in moved {
                *argument = argument.replace(inside, outside);
            }
        }
        expected.push(listen.to_owned());
        assert_eq!(named(&servers, service).arguments, expected);
    }
}

#[test]
fn the_parts_of_a_fleet_are_told_what_their_containers_are() {
    let compose = include_str!("../../../compose/compose.fleet.yaml");
    let servers = planned_with(Some("/p/thanos"), &[]);
    let names: Vec<&str> = servers.iter().map(|server| server.name).collect();
    // Who is sent to ends after those that send.
    let stores = ["receiver-0", "receiver-1", "receiver-2", "query"];
    let others = ["prometheus", "jaeger", "alertmanager", "ruler", "collector", "demo"];
    assert_eq!(names, [&stores[..], &others].concat());
    for (number, service) in ["receiver-0", "receiver-1", "receiver-2"].into_iter().enumerate() {
        let first = 19400 + 4 * number;
        let grpc = format!("127.0.0.1:{first}");
        let moved = [
            (format!("{service}:10901"), grpc.clone()),
            ("0.0.0.0:10901".to_owned(), grpc),
            ("0.0.0.0:10902".to_owned(), format!("127.0.0.1:{}", first + 1)),
            ("0.0.0.0:10908".to_owned(), format!("127.0.0.1:{}", first + 2)),
            ("127.0.0.1:19391".to_owned(), format!("127.0.0.1:{}", first + 3)),
            ("/etc/thanos/".to_owned(), "/run/stack/thanos/".to_owned()),
            ("path=/data".to_owned(), format!("path=/run/stack/data/{service}")),
        ];
        assert_eq!(named(&servers, service).arguments, moved_in(compose, service, &moved));
    }
    let own = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let query = [
        own("receiver-0:10901", "127.0.0.1:19400"),
        own("receiver-1:10901", "127.0.0.1:19404"),
        own("receiver-2:10901", "127.0.0.1:19408"),
        own("ruler:10901", "127.0.0.1:19413"),
        own("0.0.0.0:10901", "127.0.0.1:19412"),
        own("0.0.0.0:10902", "127.0.0.1:10902"),
    ];
    assert_eq!(named(&servers, "query").arguments, moved_in(compose, "query", &query));
    let ruler = [
        own("0.0.0.0:10901", "127.0.0.1:19413"),
        own("0.0.0.0:10902", "127.0.0.1:19414"),
        own("dir=/data", "dir=/run/stack/data/ruler"),
        own("query:10902", "127.0.0.1:10902"),
        own("/etc/thanos/rules/", "/run/stack/prometheus/rules/"),
        own("/etc/thanos/", "/run/stack/thanos/"),
    ];
    assert_eq!(named(&servers, "ruler").arguments, moved_in(compose, "ruler", &ruler));
    let configuration = "--config.file=/run/stack/prometheus/fleet.yml";
    assert_eq!(named(&servers, "prometheus").arguments[0], configuration);
}

#[test]
fn a_port_of_a_fleet_is_taken_by_a_fleet_alone() {
    let bot = [("BOTMETER_BOT_PORT", "19405")];
    let demo = planned(&bot);
    assert_eq!(named(&demo, "demo").ports, [("BOTMETER_BOT_PORT", 19405)]);
    let error = plan(Some("/p/thanos"), &bot).unwrap_err().to_string();
    let both = "BOTMETER_BOT_PORT and BOTMETER_FLEET_PORT both take the port 19405: ";
    assert!(error.starts_with(both), "{error}");
}

fn moved_in(compose: &str, service: &str, moved: &[(String, String)]) -> Vec<String> {
    let mut arguments = arguments_in(compose, service);
    for argument in &mut arguments {
        for (inside, outside) in moved {
            *argument = argument.replace(inside, outside);
        }
    }
    arguments
}

#[test]
fn what_a_fleet_reads_names_this_machine() {
    let run = tempfile::tempdir().unwrap();
    let place = place(run.path());
    let pairs = [("BOTMETER_FLEET_PORT".to_owned(), "1000".to_owned())];
    let settings = Settings::read(Path::new("/nowhere/.env"), &pairs.into()).unwrap();
    let profiles = BTreeSet::from(["fleet".to_owned()]);
    lay_out(&place, &settings, &profiles, &[]).unwrap();
    let text = |name: &str| fs::read_to_string(run.path().join(name)).unwrap();
    let ring: Value = serde_json::from_str(&text("thanos/hashring.json")).unwrap();
    let receivers = [1000, 1004, 1008].map(|port| format!("127.0.0.1:{port}"));
    let named = receivers.map(|address| serde_json::json!({ "address": address }));
    assert_eq!(ring[0]["endpoints"], Value::from(named.to_vec()));
    assert!(text("prometheus/fleet.yml").contains("url: http://127.0.0.1:1002/api/v1/receive"));
    let folder = run.path().join("prometheus/alertmanagers");
    assert!(text("thanos/alertmanagers.yaml").contains(&format!("{}/*.json", folder.display())));
    assert!(folder.is_dir());
}

#[test]
fn a_server_listens_where_it_is_told_and_everybody_knows() {
    let servers = planned(&[
        ("BOTMETER_BIND", "::1"),
        ("BOTMETER_PROMETHEUS_PORT", "1"),
        ("BOTMETER_JAEGER_OTLP_GRPC_PORT", "2"),
        ("BOTMETER_COLLECTOR_HTTP_PORT", "3"),
        ("BOTMETER_DEMO_TRACES_ENDPOINT", "http://collector:14318/v1/traces"),
    ]);
    let prometheus = named(&servers, "prometheus");
    assert!(prometheus.arguments.contains(&"--web.listen-address=[::1]:1".to_owned()));
    assert_eq!(prometheus.ready, Ready::Page("http://[::1]:1/-/ready".to_owned()));
    assert_eq!(prometheus.ports, [("BOTMETER_PROMETHEUS_PORT", 1)]);
    assert_eq!(named(&servers, "jaeger").variables["JAEGER_LISTEN_HOST"], "[::1]");
    let collector = &named(&servers, "collector").variables;
    assert_eq!(collector["BOTMETER_COLLECTOR_HOST"], "[::1]");
    assert_eq!(collector["BOTMETER_COLLECTOR_JAEGER"], "[::1]:2");
    assert_eq!(collector["BOTMETER_COLLECTOR_HTTP_PORT"], "3");
    let demo = &named(&servers, "demo").variables;
    assert_eq!(demo["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"], "http://[::1]:3/v1/traces");
}

#[test]
fn the_demo_is_scraped_or_pushes_and_never_both() {
    let servers = planned(&[]);
    let scraped = named(&servers, "demo");
    assert_eq!(scraped.arguments, ["--port", "9464", "--rate", "5"]);
    assert!(!scraped.variables.contains_key("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"));
    assert_eq!(
        scraped.variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
        "http://127.0.0.1:4318/v1/traces"
    );
    let endpoint = "http://collector:14318/v1/metrics";
    let servers = planned(&[("BOTMETER_DEMO_METRICS_ENDPOINT", endpoint)]);
    let pushing = named(&servers, "demo");
    assert_eq!(pushing.arguments[1], "0");
    assert_eq!(
        pushing.variables["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"],
        "http://127.0.0.1:14318/v1/metrics"
    );
}

#[test]
fn no_server_but_grafana_learns_the_password() {
    for server in planned(&[("GRAFANA_ADMIN_PASSWORD", "hush")]) {
        assert!(!server.variables.values().any(|value| value == "hush"), "{}", server.name);
    }
}

#[test]
fn the_folder_of_prometheus_is_laid_out_as_in_its_container() {
    let run = tempfile::tempdir().unwrap();
    let place = place(run.path());
    let stale = run.path().join("prometheus/rules/gone.rules.yml");
    fs::create_dir_all(stale.parent().unwrap()).unwrap();
    fs::write(&stale, "groups: []").unwrap();
    let settings = Settings::read(Path::new("/nowhere/.env"), &Variables::new()).unwrap();
    let profiles = BTreeSet::from(["alerts".to_owned()]);
    lay_out(&place, &settings, &profiles, &planned(&[])).unwrap();
    let same = |from: &Path, to: &str| {
        let copied = fs::read_to_string(run.path().join(to)).unwrap();
        assert_eq!(copied, fs::read_to_string(from).unwrap(), "{to}");
    };
    same(&place.compose.join("prometheus/prometheus.yml"), "prometheus/prometheus.yml");
    same(&place.dashboards.join("prometheus/llm.rules.yml"), "prometheus/rules/llm.rules.yml");
    assert!(!stale.exists());
    for file in ["prometheus/targets/stack.json", "prometheus/alertmanagers/stack.json"] {
        assert!(run.path().join(file).is_file(), "{file}");
    }
    assert!(run.path().join("data/alertmanager").is_dir());
}
