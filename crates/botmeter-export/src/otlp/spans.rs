//! Pushing spans, over the same clients as metrics.

use std::fmt;

use botmeter_core::Error;
use bytes::Bytes;
use opentelemetry::KeyValue;
use opentelemetry_proto::{
    tonic::collector::trace::v1::ExportTraceServiceRequest,
    transform::{
        common::tonic::ResourceAttributesWithSchema,
        trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::trace::SpanData;
use prost::Message as _;

use super::{target::Target, way::Way};
use crate::{OtlpSettings, Resource, signal::Signal};

/// Pushes spans to an OTLP receiver, from a thread that may block.
pub struct SpanPush {
    target: Target,
    resource: ResourceAttributesWithSchema,
    way: Way,
}

impl SpanPush {
    /// Whether anybody listens is found out by the first push.
    ///
    /// # Errors
    ///
    /// When the settings cannot be used, as with [`Otlp`](super::Otlp::start).
    pub fn new(settings: &OtlpSettings, resource: &Resource) -> Result<Self, Error> {
        let target = Target::of_signal(Signal::Spans, settings)?;
        let way = Way::to(settings, &target)?;
        Ok(Self { target, resource: (&attributes_of(resource.clone())).into(), way })
    }

    /// Pushes these spans, or says why they did not arrive and what to do about
    /// it. None at all is a push as well, which finds out whether the receiver
    /// takes any.
    ///
    /// # Errors
    ///
    /// The reason, in one line.
    pub fn push(&self, spans: Vec<SpanData>) -> Result<(), String> {
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let request = ExportTraceServiceRequest { resource_spans };
        let request = Bytes::from(request.encode_to_vec());
        self.way.push(request).map_err(|failure| failure.reason)
    }
}

/// As messages name the destination.
impl fmt::Display for SpanPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.target.fmt(f)
    }
}

impl fmt::Debug for SpanPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SpanPush").field(&self.target).finish()
    }
}

/// Name, instance and version come last, so that no attribute overrides them.
/// The SDK's own detectors are left out: they read the process's environment,
/// which was resolved before and need not be what the program was given.
fn attributes_of(resource: Resource) -> opentelemetry_sdk::Resource {
    let Resource { service_name, instance_id, version, attributes } = resource;
    opentelemetry_sdk::Resource::builder_empty()
        .with_attributes(attributes.into_iter().map(|(key, value)| KeyValue::new(key, value)))
        .with_attribute(KeyValue::new("service.version", version))
        .with_attribute(KeyValue::new("service.instance.id", instance_id))
        .with_attribute(KeyValue::new("service.name", service_name))
        .build()
}
