//! Spans by gRPC.

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, trace_service_client::TraceServiceClient,
};
use tonic::{Request, Status, codec::CompressionEncoding, transport::Channel};

use crate::{
    backend::otlp::{grpc::Service, reason::Rejected},
    telemetry::Compression,
};

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
