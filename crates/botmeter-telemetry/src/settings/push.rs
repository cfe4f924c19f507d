//! How something is pushed.

use std::time::Duration;

use botmeter_core::Error;
use botmeter_export::{
    Compression, OtlpSettings, Protocol, Temporality, credentials::Given, signal::Signal,
};

use crate::{
    endpoint,
    environment::{Environment, Variable},
    variables::variables,
};

/// How long one push may take, unless told otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) fn push(
    signal: Signal,
    given: Option<&Given>,
    environment: &Environment,
) -> Result<OtlpSettings, Error> {
    let variables = variables(signal);
    let protocol = environment
        .first(variables.protocol)
        .map(|variable| {
            variable.one_of(&[("http/protobuf", Protocol::HttpProtobuf), ("grpc", Protocol::Grpc)])
        })
        .transpose()?
        .unwrap_or(Protocol::HttpProtobuf);
    let endpoint = match given {
        Some(endpoint) => endpoint::given_in_code(endpoint, signal, protocol)?,
        None => endpoint::from_environment(environment, signal, protocol)?,
    };
    let headers = environment
        .first(variables.headers)
        .map(Variable::headers)
        .transpose()?
        .unwrap_or_default();
    let timeout = environment
        .first(variables.timeout)
        .map(Variable::millis)
        .transpose()?
        .unwrap_or(DEFAULT_TIMEOUT);
    let compression = environment
        .first(variables.compression)
        .map(|variable| {
            variable.one_of(&[("gzip", Compression::Gzip), ("none", Compression::None)])
        })
        .transpose()?
        .unwrap_or(Compression::None);
    let temporality = match signal {
        Signal::Metrics => temporality(environment)?,
        Signal::Spans => Temporality::Cumulative,
    };
    Ok(OtlpSettings { endpoint, protocol, headers, timeout, compression, temporality })
}

fn temporality(environment: &Environment) -> Result<Temporality, Error> {
    let preference =
        environment.first(&["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"]).map(|variable| {
            variable.one_of(&[
                ("cumulative", Temporality::Cumulative),
                ("delta", Temporality::Delta),
                ("lowmemory", Temporality::LowMemory),
            ])
        });
    Ok(preference.transpose()?.unwrap_or(Temporality::Cumulative))
}
