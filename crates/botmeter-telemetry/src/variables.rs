//! Which variables of the environment belong to what is pushed.

use botmeter_export::signal::Signal;

/// The base for all signals, to which the signal's path is appended.
pub(crate) const BASE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Where each setting of a push is looked for, in this order.
pub(crate) struct Variables {
    pub(crate) endpoint: &'static [&'static str],
    pub(crate) protocol: &'static [&'static str],
    pub(crate) headers: &'static [&'static str],
    pub(crate) timeout: &'static [&'static str],
    pub(crate) compression: &'static [&'static str],
}

const OF_METRICS: Variables = Variables {
    endpoint: &["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_METRICS_ENDPOINT", BASE],
    protocol: &["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"],
    headers: &["OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"],
    timeout: &["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"],
    compression: &["OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"],
};

const OF_SPANS: Variables = Variables {
    endpoint: &["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", BASE],
    protocol: &["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"],
    headers: &["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"],
    timeout: &["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"],
    compression: &["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"],
};

pub(crate) fn variables(signal: Signal) -> &'static Variables {
    match signal {
        Signal::Metrics => &OF_METRICS,
        Signal::Spans => &OF_SPANS,
    }
}
