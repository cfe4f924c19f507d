//! The variables, with the defaults that the compose files and the servers'
//! configuration have as well; a test compares them.

use super::{EDITOR, FLEET_PORT, PASSWORD, PROFILES, QUERY_PORT, ROLE, kind::Kind};

/// A name that can be set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(super) kind: Kind,
}

const fn variable(name: &'static str, default: &'static str, kind: Kind) -> Variable {
    Variable { name, default, kind }
}

/// All of them, in the order of `.env.example`.
pub(crate) const VARIABLES: &[Variable] = &[
    variable(PASSWORD, "", Kind::Secret),
    variable("GRAFANA_ADMIN_USER", "admin", Kind::Text),
    // Compose's; whoever has judged where Grafana is reached chooses another.
    variable(ROLE, "Viewer", Kind::Choice(&["Viewer", EDITOR])),
    variable("COMPOSE_PROFILES", "", Kind::List(PROFILES)),
    variable(
        "BOTMETER_SCENARIO",
        "localhost",
        Kind::Choice(&["localhost", "vm", "network", "push"]),
    ),
    variable("BOTMETER_BOT_HOST", "", Kind::Hosts),
    variable("BOTMETER_BOT_PORT", "9464", Kind::Port),
    variable("BOTMETER_BOT_JOB", "botmeter-demo", Kind::Text),
    variable("BOTMETER_SCRAPE_INTERVAL", "15s", Kind::Duration),
    variable("BOTMETER_BIND", "127.0.0.1", Kind::Address),
    variable("BOTMETER_PROMETHEUS_PORT", "9090", Kind::Port),
    variable("BOTMETER_JAEGER_PORT", "16686", Kind::Port),
    variable("BOTMETER_JAEGER_OTLP_GRPC_PORT", "4317", Kind::Port),
    variable("BOTMETER_JAEGER_OTLP_HTTP_PORT", "4318", Kind::Port),
    variable("BOTMETER_GRAFANA_PORT", "3000", Kind::Port),
    variable("BOTMETER_ALERTMANAGER_PORT", "9093", Kind::Port),
    variable(QUERY_PORT, "10902", Kind::Port),
    variable(FLEET_PORT, "19400", Kind::Port),
    variable("BOTMETER_COLLECTOR_GRPC_PORT", "14317", Kind::Port),
    variable("BOTMETER_COLLECTOR_HTTP_PORT", "14318", Kind::Port),
    variable("BOTMETER_COLLECTOR_PAGE_PORT", "8889", Kind::Port),
    variable("BOTMETER_JAEGER_GRPC_PORT", "16685", Kind::Port),
    variable("BOTMETER_JAEGER_HEALTH_PORT", "13133", Kind::Port),
    variable("BOTMETER_JAEGER_TELEMETRY_PORT", "8888", Kind::Port),
    variable("BOTMETER_COLLECTOR_TELEMETRY_PORT", "8887", Kind::Port),
    variable("BOTMETER_PROMETHEUS_RETENTION_TIME", "35d", Kind::Duration),
    variable("BOTMETER_PROMETHEUS_RETENTION_SIZE", "5GB", Kind::Size),
    variable("BOTMETER_JAEGER_MAX_TRACES", "100000", Kind::Count),
    variable("BOTMETER_COLLECTOR_MEMORY_MIB", "256", Kind::Count),
    variable("BOTMETER_NOTIFY", "", Kind::List(&["slack", "email", "webhook"])),
    variable("BOTMETER_DEMO_RATE", "5", Kind::Rate),
    variable(
        "BOTMETER_DEMO_METRICS_ENDPOINT",
        "http://prometheus:9090/api/v1/otlp/v1/metrics",
        Kind::Url,
    ),
    variable("BOTMETER_DEMO_TRACES_ENDPOINT", "http://jaeger:4318/v1/traces", Kind::Url),
    variable("BOTMETER_PROMETHEUS_IMAGE", "docker.io/prom/prometheus:v3.15.0", Kind::Image),
    variable("BOTMETER_JAEGER_IMAGE", "docker.io/jaegertracing/jaeger:2.2.0", Kind::Image),
    variable("BOTMETER_GRAFANA_IMAGE", "docker.io/grafana/grafana:13.2.0", Kind::Image),
    variable(
        "BOTMETER_COLLECTOR_IMAGE",
        "docker.io/otel/opentelemetry-collector-contrib:0.155.0",
        Kind::Image,
    ),
    variable("BOTMETER_ALERTMANAGER_IMAGE", "docker.io/prom/alertmanager:v0.31.1", Kind::Image),
    variable("BOTMETER_THANOS_IMAGE", "quay.io/thanos/thanos:v0.42.4", Kind::Image),
];
