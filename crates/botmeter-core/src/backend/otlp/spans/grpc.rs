//! Spans by gRPC.

use opentelemetry_proto::{
    tonic::collector::trace::v1::{
        ExportTracePartialSuccess, ExportTraceServiceRequest,
        trace_service_client::TraceServiceClient,
    },
    transform::{
        common::tonic::ResourceAttributesWithSchema,
        trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::{Resource, trace::SpanData};
use tonic::{Request, Status, codec::CompressionEncoding, transport::Channel};

use super::Push;
use crate::{
    Error,
    backend::otlp::{
        grpc::{Grpc, Service},
        reason::Rejected,
        target::Target,
    },
    telemetry::{Compression, OtlpSettings},
};

/// What pushes spans by gRPC.
pub(super) struct Spans {
    grpc: Grpc<TraceServiceClient<Channel>>,
    resource: ResourceAttributesWithSchema,
}

impl Spans {
    pub(super) fn new(
        settings: &OtlpSettings,
        target: &Target,
        resource: &Resource,
    ) -> Result<Self, Error> {
        Ok(Self { grpc: Grpc::new(settings, target)?, resource: resource.into() })
    }
}

impl Push for Spans {
    fn push(&self, spans: Vec<SpanData>) -> Result<(), String> {
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let request = ExportTraceServiceRequest { resource_spans };
        self.grpc.push(&request).map_err(|failure| failure.reason)
    }
}

impl Service for TraceServiceClient<Channel> {
    type Request = ExportTraceServiceRequest;

    fn with(channel: Channel, compression: Compression) -> Self {
        let client = Self::new(channel).accept_compressed(CompressionEncoding::Gzip);
        match compression {
            Compression::Gzip => client.send_compressed(CompressionEncoding::Gzip),
            Compression::None => client,
        }
    }

    async fn call(&mut self, request: Request<Self::Request>) -> Result<Option<Rejected>, Status> {
        let response = self.export(request).await?.into_inner();
        Ok(response.partial_success.map(|partial| {
            let ExportTracePartialSuccess { rejected_spans, error_message } = partial;
            Rejected { count: rejected_spans, message: error_message }
        }))
    }
}
