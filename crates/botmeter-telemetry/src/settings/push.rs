//! How something is pushed.

use botmeter_core::Error;
use botmeter_export::{
    Compression, DEFAULT_TIMEOUT, OtlpSettings, Protocol, Temporality, signal::Signal,
};

use crate::{
    endpoint::{self, InCode},
    environment::{Environment, Variable},
    on_bad::OnBadSetting,
    variables::variables,
};

pub(super) fn push(
    signal: Signal,
    given: Option<&InCode>,
    environment: &Environment,
    on_bad: OnBadSetting,
) -> Result<OtlpSettings, Error> {
    let variables = variables(signal);
    let with = |what: &str| format!("with {what} for {}", signal.noun());
    let protocols = [("http/protobuf", Protocol::HttpProtobuf), ("grpc", Protocol::Grpc)];
    let protocol = environment.one_of(variables.protocol, &protocols);
    let protocol = on_bad.or(protocol, None, || with("http/protobuf"))?;
    let protocol = protocol.unwrap_or(Protocol::HttpProtobuf);
    let endpoint = match given {
        Some(endpoint) => endpoint::given_in_code(endpoint, signal, protocol)?,
        None => endpoint::from_environment(environment, signal, protocol)?,
    };
    let headers = environment.first(variables.headers).map(Variable::headers).transpose();
    let headers = on_bad.or(headers, None, || with("no headers"))?.unwrap_or_default();
    let timeout = environment.millis(variables.timeout, DEFAULT_TIMEOUT, on_bad)?;
    let compressions = [("gzip", Compression::Gzip), ("none", Compression::None)];
    let compression = environment.one_of(variables.compression, &compressions);
    let compression = on_bad.or(compression, None, || with("no compression"))?;
    let compression = compression.unwrap_or(Compression::None);
    let temporality = match signal {
        Signal::Metrics => {
            on_bad.or(temporality(environment), None, || "with cumulative counts".to_owned())?
        }
        Signal::Spans => None,
    };
    let temporality = temporality.unwrap_or(Temporality::Cumulative);
    Ok(OtlpSettings::new(endpoint)
        .protocol(protocol)
        .headers(headers)
        .timeout(timeout)
        .compression(compression)
        .temporality(temporality))
}

fn temporality(environment: &Environment) -> Result<Option<Temporality>, Error> {
    environment.one_of(
        &["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"],
        &[
            ("cumulative", Temporality::Cumulative),
            ("delta", Temporality::Delta),
            ("lowmemory", Temporality::LowMemory),
        ],
    )
}
