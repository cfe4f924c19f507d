//! The Prometheus of the tests does what the other tests rely on.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use integration_tests::{Labels, Prometheus, QueryAnswer, eventually, promtool};
use serde_json::json;

const DEADLINE: Duration = Duration::from_secs(30);

const PAGE: &str = "\
# HELP bot_runs_total Runs of bots.
# TYPE bot_runs_total counter
bot_runs_total{bot=\"a \\\"b\\\"\"} 7
# HELP bot_level A level.
# TYPE bot_level gauge
bot_level NaN
";

#[test]
#[ignore = "needs Prometheus"]
fn a_scraped_page_can_be_asked_for_in_every_way() -> Result<()> {
    let page = serve_page()?;
    let builder = Prometheus::builder().scrape("bots", "bot-1", page);
    // The second instance of a job is a target that is down: nothing listens.
    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let prometheus = builder.scrape("bots", "bot-2", closed).start()?;

    let mut up = eventually(DEADLINE, "both targets to be tried", || {
        let answer = prometheus.query("up")?;
        Ok((answer.series.len() == 2).then_some(answer))
    })?;
    up.series.sort_by(|(one, _), (other, _)| one.cmp(other));
    let expected = vec![
        (labels(&[("__name__", "up"), ("instance", "bot-1"), ("job", "bots")]), 1.0),
        (labels(&[("__name__", "up"), ("instance", "bot-2"), ("job", "bots")]), 0.0),
    ];
    assert_eq!(up, QueryAnswer { series: expected, warnings: vec![], infos: vec![] });

    let runs = labels(&[
        ("__name__", "bot_runs_total"),
        ("bot", "a \"b\""),
        ("instance", "bot-1"),
        ("job", "bots"),
    ]);
    assert_eq!(prometheus.query("bot_runs_total")?.series, [(runs.clone(), 7.0)]);
    assert_eq!(prometheus.series("bot_runs_total")?, std::slice::from_ref(&runs));
    assert_eq!(prometheus.label_values("bot", "{job=\"bots\"}")?, ["a \"b\""]);
    assert_eq!(prometheus.label_values("bot", "{job=\"other\"}")?, [""; 0]);
    assert_eq!(prometheus.query("scalar(bot_runs_total) + 1")?.series, [(Labels::new(), 8.0)]);
    let level = prometheus.query("bot_level")?.series;
    assert!(level.len() == 1 && level[0].1.is_nan(), "{level:?}");

    let metadata = prometheus.metadata()?;
    let of_runs = metadata.get("bot_runs_total").context("no metadata")?;
    assert_eq!((of_runs[0].kind.as_str(), of_runs[0].help.as_str()), ("counter", "Runs of bots."));

    let range = prometheus.query_range(
        "bot_runs_total",
        Duration::from_mins(1),
        Duration::from_millis(500),
    )?;
    let [(labels, points)] = &range.series[..] else { panic!("not one series: {range:?}") };
    assert_eq!(labels, &runs);
    let mut values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    values.dedup();
    assert_eq!(values, [7.0]);
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn what_is_doubtful_about_a_query_is_seen() -> Result<()> {
    let page = serve_page()?;
    let builder = Prometheus::builder().scrape("bots", "bot-1", page);
    let prometheus = builder.start()?;
    let infos = eventually(DEADLINE, "two scrapes", || {
        let answer = prometheus.query("rate(bot_level[1m])")?;
        Ok((!answer.series.is_empty()).then_some(answer.infos))
    })?;
    assert!(infos.len() == 1 && infos[0].contains("might not be a counter"), "{infos:?}");

    let warnings = prometheus.query("quantile(2, bot_runs_total)")?.warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("between 0 and 1"), "{warnings:?}");

    let error = prometheus.query("rate(").unwrap_err();
    let error = format!("{error:#}");
    assert!(
        error.starts_with("failed to query \"rate(\": the server answered bad_data: "),
        "{error}"
    );
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn a_push_arrives_where_the_receiver_is_on() -> Result<()> {
    let prometheus = Prometheus::builder().start()?;
    assert_eq!(push(&prometheus)?, 200);
    let answer = eventually(DEADLINE, "the pushed series", || {
        let answer = prometheus.query("pushed_runs_total")?;
        Ok((!answer.series.is_empty()).then_some(answer))
    })?;
    let expected =
        labels(&[("__name__", "pushed_runs_total"), ("instance", "bot-1"), ("job", "my-bot")]);
    assert_eq!(answer.series, [(expected, 3.0)]);
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn a_push_is_not_found_where_the_receiver_is_off() -> Result<()> {
    let builder = Prometheus::builder().without_otlp_receiver();
    let prometheus = builder.start()?;
    assert_eq!(push(&prometheus)?, 404);
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn rules_are_loaded_and_evaluated() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let rules = folder.path().join("rules.yml");
    fs::write(
        &rules,
        "groups: [{name: g, rules: [{record: one, expr: vector(1)}, {alert: A, expr: one > 0}]}]",
    )?;
    let prometheus = Prometheus::builder().rule_file(&rules).start()?;
    let rules = eventually(DEADLINE, "the alert to fire", || {
        let rules = prometheus.rules()?;
        let fires = rules.iter().any(|rule| rule.state.as_deref() == Some("firing"));
        Ok(fires.then_some(rules))
    })?;
    let seen: Vec<_> = rules
        .iter()
        .map(|rule| (&*rule.group, &*rule.name, &*rule.kind, &*rule.query, &*rule.health))
        .collect();
    assert_eq!(
        seen,
        [("g", "one", "recording", "vector(1)", "ok"), ("g", "A", "alerting", "one > 0", "ok")]
    );
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn a_failed_start_shows_the_log() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let rules = folder.path().join("rules.yml");
    fs::write(&rules, "groups: [{name: g, rules: [{record: one, expr: 'rate('}]}]")?;
    let error = format!("{:#}", Prometheus::builder().rule_file(&rules).start().unwrap_err());
    let start = "failed to start Prometheus: it ended with exit status: 2; its log ends:\n";
    assert!(error.starts_with(start), "{error}");
    assert!(error.ends_with("1:6: parse error: unclosed left parenthesis\""), "{error}");
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn a_missing_rule_file_is_an_error() {
    let error = Prometheus::builder().rule_file("/nowhere/rules.yml").start().unwrap_err();
    assert_eq!(error.to_string(), "failed to copy the rules /nowhere/rules.yml");
}

#[test]
#[ignore = "needs Prometheus"]
fn the_server_ends_with_a_test_that_panics() -> Result<()> {
    let (send, receive) = mpsc::channel();
    let test = thread::spawn(move || -> Result<()> {
        let prometheus = Prometheus::builder().start()?;
        send.send(prometheus.address())?;
        TcpStream::connect(prometheus.address())?;
        panic!("on purpose, to see the server end");
    });
    let outcome = test.join();
    let Ok(address) = receive.try_recv() else {
        return outcome.map_err(|_| anyhow::anyhow!("the server did not start"))?;
    };
    assert!(outcome.is_err());
    // No waiting: by the end of the thread, the server is gone.
    assert!(TcpStream::connect(address).is_err());
    Ok(())
}

#[test]
#[ignore = "needs promtool"]
fn promtool_gives_its_verdict() -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("good.yml"), "groups: [{name: g, rules: []}]")?;
    fs::write(folder.path().join("bad.yml"), "groups: [{name: g, rules: [{expr: 1}]}]")?;
    let good = promtool(&["check", "rules", "good.yml"], folder.path())?;
    assert!(good.passed && good.text.contains("SUCCESS: 0 rules found"), "{good:?}");
    let bad = promtool(&["check", "rules", "bad.yml"], folder.path())?;
    assert!(!bad.passed && bad.text.contains("FAILED"), "{bad:?}");
    Ok(())
}

/// Serves [`PAGE`] on a free port for as long as the tests run.
fn serve_page() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming() {
            // A scraper that hangs up is none of the page's business.
            stream.and_then(|stream| answer(&stream)).ok();
        }
    });
    Ok(address)
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    for line in BufReader::new(stream).lines() {
        if line?.is_empty() {
            break;
        }
    }
    let length = PAGE.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{PAGE}"
    )
}

/// Pushes one counter, in the JSON form of OTLP, and returns the status.
fn push(prometheus: &Prometheus) -> Result<u16> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos().to_string();
    let text = |key: &str, value: &str| json!({ "key": key, "value": { "stringValue": value } });
    let body = json!({ "resourceMetrics": [{
        "resource": { "attributes": [
            text("service.name", "my-bot"),
            text("service.instance.id", "bot-1"),
        ] },
        "scopeMetrics": [{ "metrics": [{
            "name": "pushed.runs",
            "sum": {
                "aggregationTemporality": 2,
                "isMonotonic": true,
                "dataPoints": [{ "timeUnixNano": now, "asInt": "3" }],
            },
        }] }],
    }] });
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let response = agent
        .post(format!("{}/v1/metrics", prometheus.otlp_endpoint()))
        .header("Content-Type", "application/json")
        .send(body.to_string())?;
    Ok(response.status().as_u16())
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
