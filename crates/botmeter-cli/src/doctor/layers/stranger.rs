//! Who is there instead of whom one asked for.

use std::collections::BTreeSet;

use botmeter_telemetry::Finding;
use botmeter_window::exposition::{Format, Page};
use serde_json::Value;

use crate::doctor::web::{Reply, Web};

/// The server at an address that is not Prometheus', and what to do about it;
/// nothing if it is none that stands beside a Prometheus.
pub(super) fn at(base: &str) -> Option<(&'static str, &'static str)> {
    let web = Web::new();
    let json = |path: &str| -> Option<Value> {
        let Reply { status: 200, body, .. } = web.get(&format!("{base}{path}"), &[]).ok()? else {
            return None;
        };
        serde_json::from_str(&body).ok()
    };
    if json("/api/v2/status").is_some_and(|it| it.get("versionInfo").is_some()) {
        return Some((
            "Alertmanager, which gets alerts from a Prometheus",
            "give the address of that one, usually port 9090: --prometheus http://HOST:9090",
        ));
    }
    if json("/api/services")
        .is_some_and(|it| it.get("data").is_some() && it.get("errors").is_some())
    {
        return Some((
            "Jaeger, which has traces and no metrics",
            "give the address of a Prometheus, usually port 9090: --prometheus http://HOST:9090",
        ));
    }
    if json("/api/health").is_some_and(|it| it.get("database").is_some()) {
        return Some((
            "Grafana, which asks a Prometheus",
            "give the address in its data source, usually port 9090: --prometheus http://HOST:9090",
        ));
    }
    let page = web.get(&format!("{base}/metrics"), &[]).ok()?;
    let is_page = page.status == 200
        && page.content_type.starts_with("text/plain; version=")
        && Page::read(&page.body, Format::Text).is_ok();
    is_page.then_some((
        "a page for scrapes, such as a program's or a Collector's",
        "give the address of the Prometheus that scrapes it, usually port 9090: --prometheus \
         http://HOST:9090",
    ))
}

/// Names that tell whose they are instead of a program's.
pub(super) fn of_names(
    layer: &'static str,
    place: &str,
    names: &BTreeSet<String>,
) -> Option<Finding> {
    // Jaeger is built from the Collector and has its names as well.
    let servers = [
        (
            "prometheus_tsdb_",
            "Prometheus",
            "give the port of the program, which is 9464 and not the 9090 of Prometheus, unless \
             OTEL_EXPORTER_PROMETHEUS_PORT says otherwise",
        ),
        (
            "alertmanager_",
            "Alertmanager",
            "give the port of the program, which is 9464 and not the 9093 of Alertmanager, unless \
             OTEL_EXPORTER_PROMETHEUS_PORT says otherwise",
        ),
        (
            "jaeger_",
            "Jaeger",
            "give the page of a program, usually port 9464; Jaeger has traces and no metrics of \
             programs",
        ),
        (
            "otelcol_",
            "a Collector",
            "give the page of its exporter `prometheus`, usually port 8889, which has what \
             programs sent to it",
        ),
    ];
    let has = |prefix: &str| names.iter().any(|name| name.starts_with(prefix));
    let (_, server, remedy) = servers.into_iter().find(|(prefix, ..)| has(prefix))?;
    Some(Finding::broken(
        layer,
        format!("{place} has the names of {server} itself, and none of the catalogue"),
        remedy,
    ))
}
