//! Every variable that is read, and what it means: the one list that the
//! reference page is written from.

/// An environment variable that this crate, or what it stands on, reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownVariable {
    /// As it is spelled.
    pub name: &'static str,
    /// What it is about: the heading that it stands below.
    pub about: About,
    /// What it does, as a sentence.
    pub does: &'static str,
    /// What it may hold.
    pub values: &'static str,
    /// What counts if it is not set.
    pub default: &'static str,
    /// Something that it could hold.
    pub example: &'static str,
}

/// What a variable is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Which backends run.
    Choice,
    /// Who sends.
    Identity,
    /// Where metrics are pushed to, and how.
    Push,
    /// Where scrapes are answered.
    Scrape,
    /// Where spans go, and which.
    Spans,
    /// Lines of the log.
    Log,
    /// What the platform reads for a push.
    Network,
}

impl About {
    /// All, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Choice,
        Self::Identity,
        Self::Push,
        Self::Scrape,
        Self::Spans,
        Self::Log,
        Self::Network,
    ];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Choice => "Which backends run",
            Self::Identity => "Who sends",
            Self::Push => "Pushing metrics",
            Self::Scrape => "Being scraped",
            Self::Spans => "Exporting spans",
            Self::Log => "Log lines",
            Self::Network => "Proxies and certificates",
        }
    }
}

const fn known(
    about: About,
    name: &'static str,
    does: &'static str,
    values: &'static str,
    default: &'static str,
    example: &'static str,
) -> KnownVariable {
    KnownVariable { name, about, does, values, default, example }
}

const URL: &str = "a URL with http or https";
const PROTOCOLS: &str = "`http/protobuf`, `grpc`";
const PAIRS: &str = "`key=value` pairs, separated by commas, percent-encoded";
const MILLIS: &str = "milliseconds, above zero";
const COMPRESSIONS: &str = "`gzip`, `none`";
const PROXY: &str = "the URL of a proxy";
const NONE: &str = "none";

/// Every variable that is read, by subject.
pub const KNOWN_VARIABLES: &[KnownVariable] = &[
    known(
        About::Choice,
        "OTEL_SDK_DISABLED",
        "Turns all telemetry off.",
        "`true`, `false`",
        "`false`",
        "true",
    ),
    known(
        About::Choice,
        "OTEL_METRICS_EXPORTER",
        "Chooses how metrics leave, beside what the program itself asks for; `none` stands alone.",
        "a list of `otlp`, `prometheus`, `console`, or `none`",
        "what the program asks for, else scrape, or OTLP where scrape is not compiled in; and \
         OTLP as soon as an endpoint is set",
        "otlp,prometheus",
    ),
    known(
        About::Choice,
        "OTEL_EXPORTER",
        "The older spelling; it counts if `OTEL_METRICS_EXPORTER` is not set.",
        "`otlp`, `stdout`",
        NONE,
        "stdout",
    ),
    known(
        About::Choice,
        "BOTMETER_LIVE",
        "Whether the program serves the live page of itself, where it brings boards for that.",
        "`true`, `false`",
        "what the program asks for",
        "false",
    ),
    known(
        About::Identity,
        "OTEL_SERVICE_NAME",
        "Names the service: the label `job`. It beats the name that the builder starts with.",
        "text",
        "`service.name` of the next variable, else the builder's name",
        "support-bot",
    ),
    known(
        About::Identity,
        "OTEL_RESOURCE_ATTRIBUTES",
        "Adds attributes to what is pushed; `service.instance.id` becomes the label `instance`. \
         Of the same key, the last one counts.",
        PAIRS,
        "none; the instance is host and process",
        "service.version=1.4.0,deployment.environment.name=test",
    ),
    known(
        About::Identity,
        "HOSTNAME",
        "The host of the instance, where the system does not tell.",
        "text",
        NONE,
        "bots-1",
    ),
    known(
        About::Identity,
        "COMPUTERNAME",
        "The same on Windows.",
        "text",
        "a random name",
        "BOTS-1",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "Where metrics are pushed to, path included. An empty path gets `/v1/metrics` behind.",
        URL,
        "the next variable",
        "http://localhost:9090/api/v1/otlp/v1/metrics",
    ),
    known(
        About::Push,
        "OTEL_METRICS_ENDPOINT",
        "The older spelling of the same.",
        URL,
        "the next variable",
        "http://localhost:4318",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "The base of all signals: `/v1/metrics` and `/v1/traces` are appended for HTTP. A user \
         and a password in it, percent-encoded, are sent as `authorization: Basic` by HTTP and \
         gRPC.",
        URL,
        "`http://localhost:4318`, for gRPC `http://localhost:4317`",
        "http://collector:4318",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
        "What is spoken; gRPC needs the feature `otlp-grpc`.",
        PROTOCOLS,
        "the next variable",
        "http/protobuf",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "The same for all signals.",
        PROTOCOLS,
        "`http/protobuf`",
        "http/protobuf",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
        "Sent with each push. Values are never shown. Headers of the message or the connection, \
         such as `content-length` or `host`, are refused.",
        PAIRS,
        "the next variable",
        "x-tenant=bots",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_HEADERS",
        "The same for all signals.",
        PAIRS,
        NONE,
        "authorization=Bearer%20token",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
        "How long one push may take, with all its attempts.",
        MILLIS,
        "the next variable",
        "5000",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        "The same for all signals.",
        MILLIS,
        "`10000`",
        "5000",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION",
        "Whether pushes are compressed.",
        COMPRESSIONS,
        "the next variable",
        "gzip",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_COMPRESSION",
        "The same for all signals.",
        COMPRESSIONS,
        "`none`",
        "gzip",
    ),
    known(
        About::Push,
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        "Whether counts are since the start or since the last push. Prometheus takes the former \
         alone.",
        "`cumulative`, `delta`, `lowmemory`",
        "`cumulative`",
        "delta",
    ),
    known(
        About::Push,
        "OTEL_METRIC_EXPORT_INTERVAL",
        "How often metrics are pushed or printed. The dashboards expect the default.",
        MILLIS,
        "`15000`",
        "60000",
    ),
    known(
        About::Scrape,
        "OTEL_EXPORTER_PROMETHEUS_HOST",
        "The host to listen on; `0.0.0.0` for scrapers on other machines.",
        "a name or address of this machine",
        "`localhost`",
        "0.0.0.0",
    ),
    known(
        About::Scrape,
        "OTEL_EXPORTER_PROMETHEUS_PORT",
        "The port to listen on; 0 takes any free one, and the log tells which.",
        "0 to 65535",
        "`9464`",
        "9100",
    ),
    known(
        About::Scrape,
        "PROMETHEUS_ENDPOINT",
        "The older spelling of both; it counts if neither is set.",
        "`host:port`",
        NONE,
        "0.0.0.0:9464",
    ),
    known(
        About::Spans,
        "OTEL_TRACES_EXPORTER",
        "Chooses how spans leave.",
        "`otlp`, `console`, `none`",
        "`otlp` if an endpoint for spans or for all signals is set that is not Prometheus', else \
         `none`",
        "otlp",
    ),
    known(
        About::Spans,
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "Where spans are pushed to, path included.",
        URL,
        "`OTEL_EXPORTER_OTLP_ENDPOINT`",
        "http://jaeger:4318/v1/traces",
    ),
    known(
        About::Spans,
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "What is spoken.",
        PROTOCOLS,
        "`OTEL_EXPORTER_OTLP_PROTOCOL`",
        "http/protobuf",
    ),
    known(
        About::Spans,
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "Sent with each push of spans.",
        PAIRS,
        "`OTEL_EXPORTER_OTLP_HEADERS`",
        "x-tenant=bots",
    ),
    known(
        About::Spans,
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
        "How long one push of spans may take.",
        MILLIS,
        "`OTEL_EXPORTER_OTLP_TIMEOUT`",
        "5000",
    ),
    known(
        About::Spans,
        "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
        "Whether pushes of spans are compressed.",
        COMPRESSIONS,
        "`OTEL_EXPORTER_OTLP_COMPRESSION`",
        "gzip",
    ),
    known(
        About::Spans,
        "OTEL_TRACES_SAMPLER",
        "Which traces are kept. Metrics count everything.",
        "`always_on`, `always_off`, `traceidratio`, and each of them behind `parentbased_`",
        "`parentbased_always_on`",
        "parentbased_traceidratio",
    ),
    known(
        About::Spans,
        "OTEL_TRACES_SAMPLER_ARG",
        "The share of traces that samplers with `traceidratio` keep.",
        "0.0 to 1.0",
        "`1.0`",
        "0.25",
    ),
    known(
        About::Spans,
        "OTEL_BSP_SCHEDULE_DELAY",
        "How long the first span of a batch waits for others.",
        MILLIS,
        "`5000`",
        "1000",
    ),
    known(
        About::Spans,
        "OTEL_BSP_MAX_QUEUE_SIZE",
        "How many spans wait at most; the rest is dropped and counted.",
        "1 to 1000000",
        "`2048`",
        "8192",
    ),
    known(
        About::Spans,
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "How many spans one push carries at most.",
        "1 to the size of the queue",
        "`512`",
        "256",
    ),
    known(
        About::Log,
        "RUST_LOG",
        "Which lines a subscriber logs that the telemetry installed.",
        "directives, such as `info` or `warn,my_bot=debug`",
        "`info`",
        "warn,my_bot=debug",
    ),
    known(
        About::Log,
        "NO_COLOR",
        "Whether these lines are without colors on a terminal.",
        "anything",
        "colors on a terminal",
        "1",
    ),
    known(
        About::Network,
        "ALL_PROXY",
        "The proxy for pushes by HTTP; gRPC takes none. The first that is set counts, in this \
         order; each is read in small letters as well.",
        PROXY,
        "the next variable",
        "http://proxy:3128",
    ),
    known(
        About::Network,
        "HTTPS_PROXY",
        "The same.",
        PROXY,
        "the next variable",
        "http://proxy:3128",
    ),
    known(About::Network, "HTTP_PROXY", "The same.", PROXY, NONE, "http://proxy:3128"),
    known(
        About::Network,
        "NO_PROXY",
        "Hosts that are reached without a proxy.",
        "hosts, separated by commas; `*.example.com` for all below",
        NONE,
        "localhost,prometheus",
    ),
    known(
        About::Network,
        "SSL_CERT_FILE",
        "Certificates of authorities that are trusted, instead of the system's.",
        "a file in PEM",
        "the system's",
        "/etc/ssl/own-authority.pem",
    ),
];

#[cfg(test)]
mod tests;
