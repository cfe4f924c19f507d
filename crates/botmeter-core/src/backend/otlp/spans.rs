//! Pushing spans, over the same clients as metrics.

#[cfg(feature = "otlp-grpc")]
mod grpc;

use std::fmt;

use opentelemetry_proto::{
    tonic::collector::trace::v1::ExportTraceServiceRequest,
    transform::{
        common::tonic::ResourceAttributesWithSchema,
        trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::trace::SpanData;

use super::{Transport, grpc::Spans, http::Client, target::Target};
use crate::{
    Error,
    backend::sdk::attributes_of,
    telemetry::{OtlpSettings, Protocol, Resource, signal::Signal},
};

/// Pushes spans to an OTLP receiver, from a thread that may block.
pub(crate) struct SpanPush {
    target: Target,
    resource: ResourceAttributesWithSchema,
    by: Box<dyn Transport<ExportTraceServiceRequest>>,
}

impl SpanPush {
    /// Whether anybody listens is found out by the first push.
    pub(crate) fn new(settings: &OtlpSettings, resource: &Resource) -> Result<Self, Error> {
        let target = Target::of_signal(Signal::Spans, settings)?;
        let resource = (&attributes_of(resource.clone())).into();
        let by: Box<dyn Transport<ExportTraceServiceRequest>> = match settings.protocol {
            Protocol::HttpProtobuf => Box::new(Client::new(settings, &target)?),
            Protocol::Grpc => Box::new(Spans::new(settings, &target)?),
        };
        Ok(Self { target, resource, by })
    }

    /// Pushes these spans, or says why they did not arrive and what to do about
    /// it. None at all is a push as well, which finds out whether the receiver
    /// takes any.
    pub(crate) fn push(&self, spans: Vec<SpanData>) -> Result<(), String> {
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let request = ExportTraceServiceRequest { resource_spans };
        self.by.push(&request).map_err(|failure| failure.reason)
    }
}

/// As messages name the destination.
impl fmt::Display for SpanPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.target.fmt(f)
    }
}
