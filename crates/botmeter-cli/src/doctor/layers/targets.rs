//! The layers `targets` and `interval`: who is scraped, and how often.

use botmeter_telemetry::Finding;

use super::{Examination, listed, server, unanswered};
use crate::doctor::{prometheus::Target, web::port};

pub(super) const TARGETS: &str = "targets";
pub(super) const INTERVAL: &str = "interval";

/// What the dashboards are made for.
const USUAL_SECONDS: f64 = 15.0;

pub(super) fn are_up(examination: &mut Examination) -> Finding {
    let targets = match examination.prometheus.targets() {
        Ok(targets) => targets,
        Err(error) => return unanswered(TARGETS, &error),
    };
    let job = examination.options.job.as_deref();
    let is_asked = |target: &Target| job.is_none_or(|job| label(target, "job") == job);
    let (asked, others): (Vec<_>, Vec<_>) = targets.into_iter().partition(is_asked);
    (examination.targets, examination.others) = (asked, others);
    let targets = &examination.targets;
    if targets.is_empty() {
        return no_targets(examination);
    }
    let down: Vec<&Target> = targets.iter().filter(|target| target.health == "down").collect();
    if let Some(first) = down.first() {
        let each: Vec<String> =
            down.iter().map(|it| format!("{} is down: {}", it.url, it.last_error)).collect();
        let mut remedy = remedy_for(first);
        if job.is_none() && targets.len() > down.len() {
            remedy += "\nor, if it is none of ours: --job NAME looks at one job alone";
        }
        return Finding::broken(TARGETS, listed(&each, "\n"), remedy);
    }
    let urls: Vec<String> = targets.iter().map(|target| target.url.clone()).collect();
    if targets.iter().all(|target| target.health == "unknown") {
        return Finding::broken(
            TARGETS,
            format!("not scraped for the first time yet: {}", listed(&urls, ", ")),
            "wait for one scrape interval, and repeat this",
        );
    }
    Finding::ok(TARGETS, format!("{} up: {}", targets.len(), listed(&urls, ", ")))
}

/// Who pushes needs no target.
fn no_targets(examination: &Examination) -> Finding {
    let what = match &examination.options.job {
        Some(job) => format!("no target has the job {job:?}"),
        None => "there are no targets".to_owned(),
    };
    let mut jobs: Vec<String> =
        examination.others.iter().map(|target| target.pool.clone()).collect();
    jobs.dedup();
    let others =
        if jobs.is_empty() { String::new() } else { format!("; jobs: {}", jobs.join(", ")) };
    match server::receiver(&examination.prometheus) {
        Err(error) => unanswered(TARGETS, &error),
        // It may come through a Collector, which writes to Prometheus.
        Ok(is_on) if is_on || examination.options.pushed_to().is_some() => {
            Finding::skipped(TARGETS, format!("{what}, so its series have to be pushed{others}"))
        }
        Ok(_) => Finding::broken(
            TARGETS,
            format!("{what}, and the OTLP receiver is off: nothing gets in{others}"),
            match job_of_page(examination) {
                Some(job) => format!("--job {job}, under which the page is scraped"),
                None => scrape_config(examination),
            },
        ),
    }
}

/// The job under which the very page that was read is scraped, if it is
/// another one than was asked for.
pub(super) fn job_of_page(examination: &Examination) -> Option<&str> {
    let page = port(examination.page.as_deref()?)?;
    let target = examination.others.iter().find(|target| port(&target.url) == Some(page))?;
    Some(label(target, "job"))
}

/// What has to stand in `prometheus.yml`.
pub(super) fn scrape_config(examination: &Examination) -> String {
    let job = examination.options.job.as_deref().unwrap_or("my-bot");
    let port = examination.page.as_deref().and_then(port).unwrap_or(9464);
    format!(
        "in prometheus.yml, and reload it:\nscrape_configs:\n  - job_name: {job}\n    \
         static_configs:\n      - targets: ['localhost:{port}']\nwhere Prometheus is in a \
         container: host.docker.internal:{port} (Podman: host.containers.internal:{port})"
    )
}

/// What to change about a target that is down, by what Prometheus says of it.
fn remedy_for(target: &Target) -> String {
    let Target { last_error: error, url, pool, .. } = target;
    let is_about = |words: &[&str]| words.iter().any(|word| error.contains(word));
    let port = port(url).unwrap_or(9464);
    let is_loopback = ["://localhost", "://127.", "://[::1]"].iter().any(|it| url.contains(it));
    if is_about(&["connection refused"]) && is_loopback {
        format!(
            "start the program, or give its port in the job {pool:?}; where Prometheus is in a \
             container, localhost is that container:\n      - targets: \
             ['host.docker.internal:{port}']   # Podman: host.containers.internal:{port}"
        )
    } else if is_about(&["connection refused"]) {
        format!(
            "start the program, or give its port in the job {pool:?}; one that listens on \
             localhost is not reached from a container:\nOTEL_EXPORTER_PROMETHEUS_HOST=0.0.0.0"
        )
    } else if is_about(&["no such host", "lookup "]) {
        format!(
            "give a host in the job {pool:?} that Prometheus knows; Docker on Linux knows \
             host.docker.internal with this in the service of Prometheus:\n    extra_hosts: \
             ['host.docker.internal:host-gateway']"
        )
    } else if is_about(&["status 404"]) {
        format!("in the job {pool:?}:\n    metrics_path: /metrics")
    } else if is_about(&["status 401", "status 403"]) {
        format!("give credentials in the job {pool:?}: basic_auth or authorization")
    } else if is_about(&["Content-Type"]) {
        format!(
            "give the host, port and path of a page of metrics in the job {pool:?}: another server \
             is at this address"
        )
    } else if is_about(&["server gave HTTP response to HTTPS client"]) {
        format!("in the job {pool:?}:\n    scheme: http")
    } else if is_about(&["HTTP request to an HTTPS server", "malformed HTTP response"]) {
        format!("in the job {pool:?}:\n    scheme: https")
    } else if is_about(&["x509", "tls:"]) {
        format!("in the job {pool:?}, under tls_config, give the ca_file of who signed it")
    } else if is_about(&["deadline exceeded", "i/o timeout", "Client.Timeout"]) {
        format!(
            "look for a firewall between Prometheus and port {port}; if the page is slow, raise \
             scrape_timeout in the job {pool:?}"
        )
    } else {
        format!("correct the job {pool:?} in prometheus.yml, or what is at this address")
    }
}

pub(super) fn interval(examination: &mut Examination) -> Finding {
    // Of the targets that our series come from, because others may do as they
    // like.
    let ours = |target: &&Target| {
        examination.series.iter().any(|labels| {
            ["job", "instance"].iter().all(|key| labels.get(*key) == target.labels.get(*key))
        })
    };
    let targets: Vec<&Target> = examination.targets.iter().filter(ours).collect();
    if targets.is_empty() {
        return Finding::skipped(
            INTERVAL,
            "no series is scraped; a program pushes every 15 s, unless OTEL_METRIC_EXPORT_INTERVAL \
             says otherwise",
        );
    }
    for target in &targets {
        match seconds(&target.interval) {
            Some(seconds) if seconds > USUAL_SECONDS => {
                let Target { url, interval, pool, .. } = target;
                return Finding::broken(
                    INTERVAL,
                    format!(
                        "{url} is scraped every {interval}: dashboards take rates over the \
                         minute that four scrapes of 15 s make, and get gaps or nothing"
                    ),
                    format!(
                        "in the job {pool:?}, whose own interval beats that of global:\n    \
                         scrape_interval: 15s"
                    ),
                );
            }
            _ => {}
        }
    }
    let mut intervals: Vec<&str> = targets.iter().map(|target| target.interval.as_str()).collect();
    intervals.sort_unstable();
    intervals.dedup();
    Finding::ok(INTERVAL, format!("scraped every {}", intervals.join(", ")))
}

fn label<'a>(target: &'a Target, key: &str) -> &'a str {
    target.labels.get(key).map_or("", String::as_str)
}

/// A time as Prometheus writes it: `15s`, `1m30s`, `500ms`.
fn seconds(text: &str) -> Option<f64> {
    let mut sum = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit_and_rest) = rest.split_at(digits);
        let end = unit_and_rest.find(|c: char| c.is_ascii_digit()).unwrap_or(unit_and_rest.len());
        let (unit, after) = unit_and_rest.split_at(end);
        let scale = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            "w" => 604_800.0,
            "y" => 31_536_000.0,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * scale;
        rest = after;
    }
    (!text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn times_are_read() {
        for (text, expected) in [
            ("15s", Some(15.0)),
            ("1m30s", Some(90.0)),
            ("500ms", Some(0.5)),
            ("1h", Some(3600.0)),
            ("", None),
            ("s", None),
            ("15", None),
            ("15x", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn each_way_to_be_down_has_its_change() {
        let remedy = |url: &str, error: &str| {
            remedy_for(&Target {
                labels: BTreeMap::default(),
                pool: "bots".to_owned(),
                url: url.to_owned(),
                last_error: error.to_owned(),
                health: "down".to_owned(),
                interval: "15s".to_owned(),
            })
        };
        let here = "http://localhost:9464/metrics";
        let there = "http://host.docker.internal:9464/metrics";
        // As Prometheus 3.15 says it.
        let cases = [
            (
                here,
                "dial tcp 127.0.0.1:9464: connect: connection refused",
                "['host.docker.internal:9464']",
            ),
            (
                there,
                "dial tcp 172.17.0.1:9464: connect: connection refused",
                "OTEL_EXPORTER_PROMETHEUS_HOST=0.0.0.0",
            ),
            (
                there,
                "dial tcp: lookup host.docker.internal on 10.0.0.1:53: no such host",
                "['host.docker.internal:host-gateway']",
            ),
            (here, "server returned HTTP status 404 Not Found", "metrics_path: /metrics"),
            (here, "server returned HTTP status 401 Unauthorized", "basic_auth or authorization"),
            (
                here,
                "received unsupported Content-Type \"text/html\" and no fallback_scrape_protocol specified for target",
                "another server",
            ),
            (here, "http: server gave HTTP response to HTTPS client", "scheme: http"),
            (
                here,
                "server returned HTTP status 400 Bad Request: Client sent an HTTP request to an HTTPS server.",
                "scheme: https",
            ),
            (
                here,
                "tls: failed to verify certificate: x509: certificate signed by unknown authority",
                "ca_file",
            ),
            (here, "context deadline exceeded", "a firewall"),
            (here, "expected a valid start token", "correct the job \"bots\""),
        ];
        for (url, error, expected) in cases {
            let remedy = remedy(url, error);
            assert!(remedy.contains(expected), "{error}: {remedy}");
        }
    }
}
