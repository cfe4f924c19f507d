//! `botmeter stack` without containers, as a person runs it: started,
//! looked at, backed up, reset, restored and ended, with the real servers.

use std::{collections::BTreeSet, fs, net::TcpListener, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use integration_tests::{Demo, eventually};
use serde_json::json;

use self::stack::{Answers, Stack};

/// The stack as a process of its own.
mod stack;

/// The demo needs some calls first; a machine may be busy.
const SOON: Duration = Duration::from_mins(3);

const SCRAPED: &str = "botmeter-demo";
const PUSHED: &str = "demo-pushed";
const COLLECTED: &str = "demo-collected";

#[test]
#[ignore = "needs the servers of the stack"]
fn data_of_every_route_survive_a_reset_by_way_of_a_backup() -> Result<()> {
    let stack = Stack::new()?;
    let up = stack.up(&["collector", "alerts", "demo"])?;
    up.wait_until_ready()?;
    let well = stack.run(&["status"])?;
    ensure!(well.code == Some(0), "{well:?}");
    let before = stack.servers()?;
    let names: Vec<&str> = before.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["prometheus", "jaeger", "alertmanager", "collector", "demo"]);

    // The demo of the stack is scraped; these two push.
    let prometheus = stack.url("PROMETHEUS");
    let receiver = format!("{prometheus}/api/v1/otlp");
    let collector = stack.url("COLLECTOR_HTTP");
    let pushed = Demo::start(
        &[
            ("OTEL_SERVICE_NAME", PUSHED),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.as_str()),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ],
        &["--rate", "20"],
    )?;
    let collected = Demo::start(
        &[
            ("OTEL_SERVICE_NAME", COLLECTED),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.as_str()),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
            ("OTEL_TRACES_EXPORTER", "otlp"),
        ],
        &["--rate", "20"],
    )?;
    for job in [SCRAPED, PUSHED, COLLECTED] {
        eventually(SOON, &format!("calls of {job}"), || {
            let calls = stack.sum(&format!("sum(llm_requests_total{{job=\"{job}\"}})"), None)?;
            Ok(calls.filter(|calls| *calls > 0.0))
        })?;
    }
    for job in [SCRAPED, COLLECTED] {
        eventually(SOON, &format!("traces of {job}"), || {
            let services = Answers::get(&format!("{}/api/services", stack.url("JAEGER")))?;
            let services = services["data"].as_array().cloned().unwrap_or_default();
            Ok(services.contains(&json!(job)).then_some(()))
        })?;
    }
    eventually(SOON, "Prometheus to know its Alertmanager", || {
        let answer = Answers::get(&format!("{prometheus}/api/v1/alertmanagers"))?;
        let active = answer["data"]["activeAlertmanagers"].as_array().map_or(0, Vec::len);
        Ok((active == 1).then_some(()))
    })?;
    drop((pushed, collected));

    let then = Answers::now()?;
    let question = format!("sum(max_over_time(llm_requests_total{{job=\"{PUSHED}\"}}[10m]))");
    let known = stack.sum(&question, Some(then))?.context("Prometheus has nothing")?;

    // Data are copied while nobody writes them, and not half of them.
    let file = stack.path("backup.tar.gz");
    let name = file.display().to_string();
    for command in [&["backup", &name][..], &["restore", &name, "--force"]] {
        let error = stack.run(command)?.errors;
        assert!(error.contains("error: the stack runs in "), "{error}");
        assert!(error.ends_with("end it with `botmeter stack down` first\n"), "{error}");
    }
    assert!(!file.exists());
    let error = stack.run(&["restart", "prometheus"])?.errors;
    assert!(error.contains("end them with `botmeter stack down`, and start them"), "{error}");
    assert_eq!(stack.servers()?, before, "something was done all the same");
    stack.succeed(&["down"])?;
    up.ended_well()?;
    Stack::are_gone(&before)?;
    let said = stack.succeed(&["backup", &name])?;
    assert!(said.contains(" of alertmanager and prometheus in "), "{said}");
    let error = stack.run(&["restore", &name])?.errors;
    assert!(error.contains("there are data of alertmanager and prometheus in "), "{error}");

    // What is kept is there again, until it is reset.
    let up = stack.up(&["alerts"])?;
    up.wait_until_ready()?;
    assert_eq!(stack.sum(&question, Some(then))?, Some(known));
    let servers = stack.servers()?;
    stack.succeed(&["reset", "--yes"])?;
    up.ended_well()?;
    Stack::are_gone(&servers)?;
    assert!(!stack.place("data").exists());
    let up = stack.up(&["alerts"])?;
    up.wait_until_ready()?;
    assert_eq!(stack.sum(&question, Some(then))?, None, "the reset has kept something");
    stack.succeed(&["down"])?;
    up.ended_well()?;

    let said = stack.succeed(&["restore", &name, "--force"])?;
    assert!(said.contains("the data of prometheus are from its version "), "{said}");
    assert!(!said.contains("unknown"), "{said}");
    let up = stack.up(&["alerts"])?;
    up.wait_until_ready()?;
    assert_eq!(stack.sum(&question, Some(then))?, Some(known));
    let log = stack.succeed(&["logs", "--tail", "1", "prometheus"])?;
    assert!(log.starts_with("prometheus   | ") && log.lines().count() == 1, "{log}");
    let servers = stack.servers()?;
    stack.succeed(&["down"])?;
    up.ended_well()?;
    Stack::are_gone(&servers)
}

#[test]
#[ignore = "needs Thanos and the servers of the stack"]
fn a_real_fleet_takes_what_prometheus_scrapes_and_what_rules_make_of_it() -> Result<()> {
    let stack = Stack::with_fleet()?;
    // A port of the fourth kind of the second receiver.
    let taken = TcpListener::bind(("127.0.0.1", stack.port("FLEET") + 7))?;
    let refused = stack.run(&["up", "--fleet"])?.errors;
    assert!(refused.contains(" of receiver-1 is in use by "), "{refused}");
    assert!(refused.ends_with("or set BOTMETER_FLEET_PORT to a port that is free\n"), "{refused}");
    drop(taken);

    let up = stack.up(&["fleet", "alerts", "demo"])?;
    up.wait_until_ready()?;
    let well = stack.run(&["status"])?;
    ensure!(well.code == Some(0), "{well:?}");
    assert!(
        well.output.contains(&format!("Query layer    http://localhost:{}", stack.port("QUERY")))
    );
    let before = stack.servers()?;
    let names: Vec<&str> = before.iter().map(|(name, _)| name.as_str()).collect();
    let stores = ["receiver-0", "receiver-1", "receiver-2", "query"];
    let others = ["prometheus", "jaeger", "alertmanager", "ruler", "demo"];
    assert_eq!(names, [&stores[..], &others].concat());
    let calls = format!("sum(llm_requests_total{{job=\"{SCRAPED}\"}})");
    eventually(SOON, "calls behind the query layer", || {
        let calls = stack.sum_at("QUERY", &calls, None)?;
        Ok(calls.filter(|calls| *calls > 0.0))
    })?;
    // Prometheus evaluates no rule; what is recorded comes from the ruler.
    let recorded = "count({__name__=~\".+:.+\"})";
    eventually(SOON, "what the ruler records", || stack.sum_at("QUERY", recorded, None))?;
    assert_eq!(stack.sum(recorded, None)?, None);
    // Of a moment ago, because what is being scraped now is not there yet.
    let (then, known) = eventually(SOON, "calls of a moment ago", || {
        let then = Answers::now()? - 2.0;
        Ok(stack.sum(&calls, Some(then))?.map(|known| (then, known)))
    })?;
    let knows = || {
        let calls = stack.sum_at("QUERY", &calls, Some(then))?;
        Ok(calls.filter(|calls| (calls - known).abs() < 0.5))
    };
    eventually(SOON, "the fleet to know what Prometheus knows", knows)?;
    stack.succeed(&["down"])?;
    up.ended_well()?;
    Stack::are_gone(&before)?;

    // Its data are data of the stack.
    let file = stack.path("backup.tar.gz").display().to_string();
    let said = stack.succeed(&["backup", &file])?;
    let owners =
        "alertmanager and prometheus and receiver-0 and receiver-1 and receiver-2 and ruler";
    assert!(said.contains(owners), "{said}");
    stack.succeed(&["reset", "--yes"])?;
    let said = stack.succeed(&["restore", &file])?;
    assert!(said.contains("the data of receiver-0 are from its version v0.42"), "{said}");
    let up = stack.up(&["fleet"])?;
    up.wait_until_ready()?;
    eventually(SOON, "what the fleet knew", knows)?;
    stack.succeed(&["down"])?;
    up.ended_well()
}

#[test]
#[ignore = "needs the servers of the stack"]
fn without_a_clone_the_program_brings_what_it_needs_and_leaves_what_was_changed() -> Result<()> {
    let stack = Stack::without_clone()?;
    let refused = stack.run(&["up", "--profile", "demo"])?;
    assert!(refused.errors.contains("error: the profile demo builds the demo from a clone"));
    let up = stack.up(&["collector", "alerts"])?;
    up.wait_until_ready()?;
    assert_eq!(stack.run(&["status"])?.code, Some(0));
    let rules = Answers::get(&format!("{}/api/v1/rules", stack.url("PROMETHEUS")))?;
    let expected = fs::read_dir(xtask::dashboards::folder().join("prometheus"))?.count() - 1;
    let files: BTreeSet<_> = rules["data"]["groups"]
        .as_array()
        .context("no groups")?
        .iter()
        .filter_map(|group| group["file"].as_str())
        .collect();
    assert_eq!(files.len(), expected, "{files:?}");
    let servers = stack.servers()?;
    stack.succeed(&["down"])?;
    up.ended_well()?;
    Stack::are_gone(&servers)?;

    let changed = stack.place("compose/prometheus/prometheus.yml");
    let mine = fs::read_to_string(&changed)? + "# mine\n";
    fs::write(&changed, &mine)?;
    let up = stack.up(&[])?;
    up.wait_until_ready()?;
    assert_eq!(fs::read_to_string(&changed)?, mine);
    up.signal("INT")?;
    let ended = up.end()?;
    let told = format!("{} is not that of botmeter ", changed.display());
    assert!(ended.errors.starts_with(&told), "{ended:?}");
    assert_eq!(ended.code, Some(0));
    Ok(())
}

#[test]
#[ignore = "needs the servers of the stack"]
fn a_second_stack_is_refused_and_changes_nothing() -> Result<()> {
    let stack = Stack::without_clone()?;
    let up = stack.up(&[])?;
    up.wait_until_ready()?;
    let servers = stack.servers()?;
    // As if the program had more dashboards whose stack runs.
    let theirs = stack.place("dashboards/grafana/theirs.json");
    fs::copy(stack.place("dashboards/grafana/overview.json"), &theirs)?;
    let again = stack.run(&["up"])?;
    assert!(again.errors.contains("error: the stack already runs in "), "{again:?}");
    let elsewhere = stack.path("elsewhere").display().to_string();
    let beside = stack.run(&["up", "--run", &elsewhere])?;
    let port = stack.port("PROMETHEUS");
    let start = format!("error: the port {port} of prometheus is in use by prometheus (process ");
    let end = "): end that, or set BOTMETER_PROMETHEUS_PORT to a port that is free\n";
    assert!(beside.errors.contains(&start) || !cfg!(target_os = "linux"), "{beside:?}");
    assert!(beside.errors.ends_with(end), "{beside:?}");
    assert_eq!(beside.code, Some(1));
    assert!(theirs.exists(), "a dashboard of the stack that runs is gone");

    // Nonsense is refused, and what runs goes on.
    stack.write_env("BOTMETER_SCRAPE_INTERVAL=soon\n")?;
    let error = stack.run(&["configure"])?.errors;
    assert!(error.contains("BOTMETER_SCRAPE_INTERVAL is \"soon\" in "), "{error}");
    stack.write_env("BOTMETER_SCRAPE_INTERVAL=2s\n")?;
    assert_eq!(stack.servers()?, servers);

    // Targets are seen at once, without a restart.
    stack.succeed(&["configure"])?;
    let targets = format!("{}/api/v1/targets?state=active", stack.url("PROMETHEUS"));
    eventually(SOON, "the new interval", || {
        let answer = Answers::get(&targets)?;
        let mut targets = answer["data"]["activeTargets"].as_array().into_iter().flatten();
        let is_new = |target: &serde_json::Value| {
            target["scrapePool"] == "bots" && target["scrapeInterval"] == "2s"
        };
        Ok(targets.any(is_new).then_some(()))
    })?;
    up.signal("INT")?;
    up.ended_well()?;
    Stack::are_gone(&servers)
}

#[test]
#[ignore = "needs the servers of the stack"]
fn a_server_that_dies_ends_the_others_and_is_named() -> Result<()> {
    let stack = Stack::new()?;
    let up = stack.up(&[])?;
    up.wait_until_ready()?;
    let servers = stack.servers()?;
    let jaeger = servers[1].1.to_string();
    ensure!(Command::new("kill").args(["-s", "KILL", &jaeger]).status()?.success());
    let ended = up.end()?;
    assert_eq!(ended.code, Some(1));
    let start = "error: jaeger ended by itself (signal: 9 (SIGKILL)); it said last:\n";
    assert!(ended.errors.contains(start), "{}", ended.errors);
    Stack::are_gone(&servers)?;
    assert_eq!(stack.run(&["status"])?.output, "the stack is not running\n");
    Ok(())
}

#[test]
#[ignore = "needs the servers of the stack"]
fn what_a_killed_watch_leaves_is_ended_by_down_and_by_reset() -> Result<()> {
    let stack = Stack::new()?;
    let up = stack.up(&[])?;
    up.wait_until_ready()?;
    let servers = stack.servers()?;
    up.signal("KILL")?;
    up.end()?;
    let status = stack.run(&["status"])?;
    assert_eq!(status.code, Some(1));
    assert!(status.output.starts_with("the stack has lost its watch, and left "), "{status:?}");
    // They write what would be copied.
    let file = stack.path("backup.tar.gz");
    let error = stack.run(&["backup", &file.display().to_string()])?.errors;
    assert!(error.contains("error: the stack runs in "), "{error}");
    let said = stack.succeed(&["down"])?;
    assert_eq!(said, "the stack had lost its watch; ended 2 of its servers\n");
    Stack::are_gone(&servers)?;

    let up = stack.up(&[])?;
    up.wait_until_ready()?;
    let servers = stack.servers()?;
    up.signal("KILL")?;
    up.end()?;
    stack.succeed(&["reset", "--yes"])?;
    Stack::are_gone(&servers)?;
    assert!(!stack.place("data").exists());
    Ok(())
}

#[test]
#[ignore = "needs the servers of the stack"]
fn an_end_before_all_is_ready_leaves_nothing() -> Result<()> {
    let stack = Stack::new()?;
    let up = stack.up(&[])?;
    let servers = eventually(SOON, "the first server", || {
        let servers = stack.servers().unwrap_or_default();
        Ok((!servers.is_empty()).then_some(servers))
    })?;
    up.signal("INT")?;
    let ended = up.end()?;
    // Before that, there may have been nothing to say yet.
    assert!(ended.output.lines().any(|line| line == "ending the servers"), "{}", ended.output);
    // On a fast machine all may be ready before the signal arrives.
    let is_interrupted = ended.code == Some(1) && ended.errors.ends_with("error: interrupted\n");
    assert!(is_interrupted || ended.code == Some(0), "{:?} {}", ended.code, ended.errors);
    Stack::are_gone(&servers)?;
    assert!(!stack.place("state.json").exists());
    Ok(())
}
