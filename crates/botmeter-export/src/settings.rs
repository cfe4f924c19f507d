//! What a route is told when it starts.

use std::{fmt, net::SocketAddr, time::Duration};

use crate::credentials;

/// How long one push may take, unless somebody says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Who sends the metrics and the spans.
///
/// ```
/// use botmeter_export::Resource;
///
/// let resource = Resource::new("my-bot", "my-host:1").version("1.2.0");
/// assert_eq!(resource.attributes, []);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

impl Resource {
    /// A service and an instance of it, of no version, without further
    /// attributes.
    pub fn new(service_name: impl Into<String>, instance_id: impl Into<String>) -> Self {
        Self {
            service_name: service_name.into(),
            instance_id: instance_id.into(),
            version: String::new(),
            attributes: Vec::new(),
        }
    }

    /// Of this version.
    #[must_use]
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: version.into(), ..self }
    }

    /// With these attributes instead of those before.
    #[must_use]
    pub fn attributes(self, attributes: Vec<(String, String)>) -> Self {
        Self { attributes, ..self }
    }
}

/// Where and how metrics or spans are pushed.
///
/// ```
/// use botmeter_export::{Compression, OtlpSettings, Protocol};
///
/// let settings = OtlpSettings::new("http://localhost:4317")
///     .protocol(Protocol::Grpc)
///     .compression(Compression::Gzip);
/// assert!(settings.headers.is_empty());
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
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

impl OtlpSettings {
    /// Pushes to this endpoint: by HTTP with protobuf, without headers, ten
    /// seconds for each, nothing compressed, cumulative.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            protocol: Protocol::HttpProtobuf,
            headers: Vec::new(),
            timeout: DEFAULT_TIMEOUT,
            compression: Compression::None,
            temporality: Temporality::Cumulative,
        }
    }

    /// Speaks this.
    #[must_use]
    pub fn protocol(self, protocol: Protocol) -> Self {
        Self { protocol, ..self }
    }

    /// Sends these headers with every push.
    #[must_use]
    pub fn headers(self, headers: Vec<(String, String)>) -> Self {
        Self { headers, ..self }
    }

    /// Gives up on a push after so long.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Compresses pushes so.
    #[must_use]
    pub fn compression(self, compression: Compression) -> Self {
        Self { compression, ..self }
    }

    /// Counts from there.
    #[must_use]
    pub fn temporality(self, temporality: Temporality) -> Self {
        Self { temporality, ..self }
    }
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
#[non_exhaustive]
pub enum Protocol {
    /// HTTP with protobuf bodies, usually on port 4318.
    HttpProtobuf,
    /// gRPC, usually on port 4317.
    Grpc,
}

/// Whether pushes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// As they are.
    None,
    /// With gzip.
    Gzip,
}

/// Whether counts are since the start or since the last push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum ScrapeSettings {
    /// By a server of our own at this address; port 0 is any free one.
    Listen(SocketAddr),
    /// By the application's own server.
    Mounted,
}
