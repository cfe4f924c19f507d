//! Pushing spans, over the same clients as metrics.

#[cfg(feature = "otlp-grpc")]
mod grpc;
#[cfg(not(feature = "otlp-grpc"))]
#[path = "spans/grpc_absent.rs"]
mod grpc;

use std::fmt;

use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource as Attributes,
    trace::{SpanData, SpanExporter},
};

use super::{http::Client, target::Target, timeout_of};
use crate::{
    Error,
    backend::sdk::attributes_of,
    telemetry::{OtlpSettings, Protocol, Resource, signal::Signal},
    wait::wait,
};

/// Pushes spans to an OTLP receiver, from a thread that may block.
pub(crate) struct SpanPush {
    target: Target,
    by: Box<dyn Push>,
}

/// One of the protocols.
trait Push: Send {
    fn push(&self, spans: Vec<SpanData>) -> Result<(), String>;
}

struct Http {
    exporter: opentelemetry_otlp::SpanExporter,
    client: Client,
}

impl SpanPush {
    /// Whether anybody listens is found out by the first push.
    pub(crate) fn new(settings: &OtlpSettings, resource: &Resource) -> Result<Self, Error> {
        let target = Target::of_signal(Signal::Spans, settings)?;
        let resource = attributes_of(resource.clone());
        let by: Box<dyn Push> = match settings.protocol {
            Protocol::HttpProtobuf => Box::new(Http::new(settings, &target, &resource)?),
            Protocol::Grpc => Box::new(grpc::Spans::new(settings, &target, &resource)?),
        };
        Ok(Self { target, by })
    }

    /// Pushes these spans, or says why they did not arrive and what to do about
    /// it. None at all is a push as well, which finds out whether the receiver
    /// takes any.
    pub(crate) fn push(&self, spans: Vec<SpanData>) -> Result<(), String> {
        self.by.push(spans)
    }
}

impl Http {
    fn new(settings: &OtlpSettings, target: &Target, resource: &Attributes) -> Result<Self, Error> {
        let client = Client::new(settings, target)?;
        // As for metrics, nothing is left to what other crates enable.
        let mut exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(client.clone())
            .with_protocol(opentelemetry_otlp::Protocol::HttpBinary)
            .with_endpoint(&settings.endpoint)
            .with_timeout(timeout_of(settings))
            .build()
            .map_err(|error| Error::new(target.push()).because(error))?;
        exporter.set_resource(resource);
        Ok(Self { exporter, client })
    }
}

impl Push for Http {
    fn push(&self, spans: Vec<SpanData>) -> Result<(), String> {
        let export = self.client.outcome_of(self.exporter.export(spans));
        wait(export).map_err(|failure| failure.reason)
    }
}

/// As messages name the destination.
impl fmt::Display for SpanPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.target.fmt(f)
    }
}
