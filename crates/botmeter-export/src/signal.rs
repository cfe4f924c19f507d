//! What is pushed, and which words belong to it.

/// One of the things that are pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Series and their values.
    Metrics,
    /// What happened when, inside of what.
    Spans,
}

/// Where Prometheus has its receiver, which wants the signal's path behind.
pub const PROMETHEUS_PATH: &str = "/api/v1/otlp";

impl Signal {
    pub const ALL: [Self; 2] = [Self::Metrics, Self::Spans];

    /// How messages call it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Spans => "spans",
        }
    }

    /// Where receivers take it by HTTP.
    pub fn path(self) -> &'static str {
        match self {
            Self::Metrics => "/v1/metrics",
            Self::Spans => "/v1/traces",
        }
    }

    /// Whether a receiver may be at this path. Thanos has the one that is a base
    /// in Prometheus.
    pub fn is_usually_at(self, path: &str) -> bool {
        path.ends_with(self.path()) || (self == Self::Metrics && path.ends_with(PROMETHEUS_PATH))
    }
}
