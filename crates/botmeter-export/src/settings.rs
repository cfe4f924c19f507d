//! What a route is told when it starts.

use std::{fmt, net::SocketAddr, time::Duration};

use crate::credentials;

/// Who sends the metrics and the spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `service.name`: the label `job` in Prometheus.
    pub service_name: String,
    /// `service.instance.id`: the label `instance` in Prometheus.
    pub instance_id: String,
    /// `service.version`.
    pub version: String,
    /// Further attributes, as in `OTEL_RESOURCE_ATTRIBUTES`.
    pub attributes: Vec<(String, String)>,
}

/// Where and how metrics or spans are pushed.
#[derive(Clone, PartialEq, Eq)]
pub struct OtlpSettings {
    /// The full URL for HTTP, the base URL for gRPC. A user and a password in
    /// it, percent-encoded, are sent as `authorization: Basic`, unless there is
    /// such a header; they are never shown.
    pub endpoint: String,
    /// What is spoken.
    pub protocol: Protocol,
    /// Sent with every push. Values are never shown: they may be credentials.
    /// Headers of the message itself, such as `content-length`, are refused.
    pub headers: Vec<(String, String)>,
    /// How long one push may take.
    pub timeout: Duration,
    /// Whether pushes are compressed.
    pub compression: Compression,
    /// Whether counts are since the start or since the last push; says nothing
    /// of spans.
    pub temporality: Temporality,
}

impl fmt::Debug for OtlpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, protocol, headers, timeout, compression, temporality } = self;
        let header_names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("OtlpSettings")
            .field("endpoint", &credentials::shown(endpoint))
            .field("protocol", protocol)
            .field("header_names", &header_names)
            .field("timeout", timeout)
            .field("compression", compression)
            .field("temporality", temporality)
            .finish()
    }
}

/// What is spoken to an OTLP receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP with protobuf bodies, usually on port 4318.
    HttpProtobuf,
    /// gRPC, usually on port 4317.
    Grpc,
}

/// Whether pushes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// As they are.
    None,
    /// With gzip.
    Gzip,
}

/// Whether counts are since the start or since the last push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temporality {
    /// Since the start: the only one that Prometheus takes.
    Cumulative,
    /// Since the last push, but for up-down counters.
    Delta,
    /// The same, as `lowmemory` has it of OpenTelemetry for what programs count
    /// themselves; here it saves no memory.
    LowMemory,
}

/// Where scrapes are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScrapeSettings {
    /// By a server of our own at this address; port 0 is any free one.
    Listen(SocketAddr),
    /// By the application's own server.
    Mounted,
}
