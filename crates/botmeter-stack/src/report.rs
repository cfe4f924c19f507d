//! What the commands say to the person who runs them.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use super::{
    ring::FLEET,
    settings::{QUERY_PORT, Settings},
};

/// Prints a line. A closed terminal is no reason to leave servers behind.
pub(super) fn say(line: &str) {
    drop(writeln!(io::stdout().lock(), "{line}"));
}

/// Prints a line beside the answers.
pub(super) fn note(line: &str) {
    drop(writeln!(io::stderr().lock(), "{line}"));
}

/// Where everything is, a line for each server.
pub(super) fn urls(settings: &Settings, profiles: &BTreeSet<String>, has_grafana: bool) -> String {
    let host = match settings.host() {
        host if host == "127.0.0.1" => "localhost".to_owned(),
        host => host,
    };
    let at = |name: &str| format!("{host}:{}", settings.port(name));
    let mut lines = vec![(
        "Prometheus",
        format!(
            "http://{at}  metrics by OTLP: http://{at}/api/v1/otlp/v1/metrics",
            at = at("BOTMETER_PROMETHEUS_PORT")
        ),
    )];
    lines.push((
        "Jaeger",
        format!(
            "http://{}  traces by OTLP: http://{}/v1/traces, gRPC {}",
            at("BOTMETER_JAEGER_PORT"),
            at("BOTMETER_JAEGER_OTLP_HTTP_PORT"),
            at("BOTMETER_JAEGER_OTLP_GRPC_PORT")
        ),
    ));
    if has_grafana {
        lines.push(("Grafana", format!("http://{}", at("BOTMETER_GRAFANA_PORT"))));
    }
    if profiles.contains("collector") {
        lines.push((
            "Collector",
            format!(
                "metrics and traces by OTLP: http://{}, gRPC {}",
                at("BOTMETER_COLLECTOR_HTTP_PORT"),
                at("BOTMETER_COLLECTOR_GRPC_PORT")
            ),
        ));
    }
    if profiles.contains("alerts") {
        lines.push(("Alertmanager", format!("http://{}", at("BOTMETER_ALERTMANAGER_PORT"))));
    }
    if profiles.contains(FLEET) {
        lines.push(("Query layer", format!("http://{}", at(QUERY_PORT))));
    }
    let lines: Vec<String> =
        lines.into_iter().map(|(name, rest)| format!("{name:<14} {rest}")).collect();
    lines.join("\n")
}

/// How metrics get into a container from a bot that listens on its loopback.
pub(super) fn push_line(settings: &Settings) -> String {
    format!(
        "\nPrometheus is in a container and does not reach what listens on localhost, so it scrapes \
         no bot of this machine; let them push, with this in their environment:\n    \
         OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://localhost:{}/api/v1/otlp/v1/metrics\nor set \
         BOTMETER_SCENARIO, which says where bots are to be scraped",
        settings.port("BOTMETER_PROMETHEUS_PORT")
    )
}

/// An amount of bytes for people.
pub(super) fn amount(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let unit = units.get(unit).copied().unwrap_or_default();
    if bytes < 1000 { format!("{bytes} {unit}") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env_file::Variables;

    #[test]
    fn every_server_has_its_line() {
        let variables = Variables::from([("BOTMETER_JAEGER_PORT".to_owned(), "1".to_owned())]);
        let settings = Settings::read(std::path::Path::new("/nowhere/.env"), &variables).unwrap();
        let profiles = ["collector", "alerts", "demo", "fleet"].map(str::to_owned).into();
        assert_eq!(
            urls(&settings, &profiles, true),
            "Prometheus     http://localhost:9090  metrics by OTLP: \
             http://localhost:9090/api/v1/otlp/v1/metrics\n\
             Jaeger         http://localhost:1  traces by OTLP: http://localhost:4318/v1/traces, \
             gRPC localhost:4317\n\
             Grafana        http://localhost:3000\n\
             Collector      metrics and traces by OTLP: http://localhost:14318, gRPC \
             localhost:14317\n\
             Alertmanager   http://localhost:9093\n\
             Query layer    http://localhost:10902"
        );
        assert_eq!(urls(&settings, &BTreeSet::new(), false).lines().count(), 2);
    }

    #[test]
    fn amounts_are_read_by_people() {
        assert_eq!(amount(999), "999 B");
        assert_eq!(amount(1_500_000), "1.5 MB");
        assert_eq!(amount(2_000_000_000_000_000), "2000.0 TB");
    }
}
