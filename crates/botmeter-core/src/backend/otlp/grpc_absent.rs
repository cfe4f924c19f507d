//! There is no gRPC in a build without the feature `otlp-grpc`.

use std::convert::Infallible;

use opentelemetry_sdk::metrics::data::ResourceMetrics;

use super::{check::Refused, target::Target};
use crate::{
    Error,
    backend::sdk::{Deliver, Failure},
    telemetry::OtlpSettings,
};

pub(super) struct Metrics(Infallible);

impl Metrics {
    pub(super) fn new(_: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        Err(target.missing_feature("gRPC", "otlp-grpc"))
    }
}

/// Nobody can tell without gRPC.
pub(super) fn probe(_: &OtlpSettings, _: &Target) -> Option<Result<(), Refused>> {
    None
}

impl Deliver for Metrics {
    async fn deliver(&self, _: &ResourceMetrics) -> Result<(), Failure> {
        match self.0 {}
    }
}
