//! There is no gRPC in a build without the feature `otlp-grpc`.

use std::convert::Infallible;

use opentelemetry_sdk::metrics::data::ResourceMetrics;

use super::target::Target;
use crate::{Error, backend::sdk::Deliver, telemetry::OtlpSettings};

pub(super) struct Grpc(Infallible);

impl Grpc {
    pub(super) fn new(_: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        Err(target.missing_feature("gRPC", "otlp-grpc"))
    }
}

impl Deliver for Grpc {
    async fn deliver(&self, _: &ResourceMetrics) -> Result<(), String> {
        match self.0 {}
    }
}
