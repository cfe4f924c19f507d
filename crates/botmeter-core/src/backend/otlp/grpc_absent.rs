//! There is no gRPC in a build without the feature `otlp-grpc`.

use std::convert::Infallible;

use super::{Transport, check::Refused, target::Target};
use crate::{Error, backend::sdk::Failure, telemetry::OtlpSettings};

pub(super) struct Absent(Infallible);

pub(super) type Metrics = Absent;
#[cfg(feature = "traces")]
pub(super) type Spans = Absent;

impl Absent {
    pub(super) fn new(_: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        Err(target.missing_feature("gRPC", "otlp-grpc"))
    }
}

/// Nobody can tell without gRPC.
pub(super) fn probe(_: &OtlpSettings, _: &Target) -> Option<Result<(), Refused>> {
    None
}

impl<M> Transport<M> for Absent {
    fn push(&self, _: &M) -> Result<(), Failure> {
        match self.0 {}
    }
}
