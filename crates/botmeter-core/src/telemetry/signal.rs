//! What is pushed, and which words and variables belong to it.

use super::endpoint::BASE;

/// One of the things that are pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Series and their values.
    Metrics,
    /// What happened when, inside of what.
    Spans,
}

/// Where each setting of a push is looked for, in this order.
pub(super) struct Variables {
    pub(super) endpoint: &'static [&'static str],
    pub(super) protocol: &'static [&'static str],
    pub(super) headers: &'static [&'static str],
    pub(super) timeout: &'static [&'static str],
    pub(super) compression: &'static [&'static str],
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

impl Signal {
    pub(crate) const ALL: [Self; 2] = [Self::Metrics, Self::Spans];

    /// How messages call it.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Spans => "spans",
        }
    }

    /// Where receivers take it by HTTP.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Metrics => "/v1/metrics",
            Self::Spans => "/v1/traces",
        }
    }

    pub(super) fn variables(self) -> &'static Variables {
        match self {
            Self::Metrics => &OF_METRICS,
            Self::Spans => &OF_SPANS,
        }
    }
}
