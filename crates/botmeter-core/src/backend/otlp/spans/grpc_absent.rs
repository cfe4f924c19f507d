//! There is no gRPC in a build without the feature `otlp-grpc`.

use std::convert::Infallible;

use opentelemetry_sdk::{Resource, trace::SpanData};

use super::Push;
use crate::{Error, backend::otlp::target::Target, telemetry::OtlpSettings};

pub(super) struct Spans(Infallible);

impl Spans {
    pub(super) fn new(_: &OtlpSettings, target: &Target, _: &Resource) -> Result<Self, Error> {
        Err(target.missing_feature("gRPC", "otlp-grpc"))
    }
}

impl Push for Spans {
    fn push(&self, _: Vec<SpanData>) -> Result<(), String> {
        match self.0 {}
    }
}
