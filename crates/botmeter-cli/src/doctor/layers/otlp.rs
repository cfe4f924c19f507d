//! The layers of a push: what is at the endpoint.

use botmeter_telemetry::{Diagnosis, Finding};

use super::Examination;

pub(super) const ENDPOINT: &str = "endpoint";
pub(super) const NETWORK: &str = "network";
pub(super) const RECEIVER: &str = "receiver";

pub(super) fn endpoint(examination: &mut Examination) -> Finding {
    let Examination { options, environment, .. } = &*examination;
    let of_metrics = options.otlp_metrics.as_deref();
    let of_metrics = of_metrics.map(|url| Diagnosis::of_metrics_endpoint(url, environment));
    let of_base = options.otlp.as_deref().map(|url| Diagnosis::of_endpoint(url, environment));
    examination.endpoint = of_metrics.or(of_base);
    found(examination, ENDPOINT)
}

pub(super) fn network(examination: &mut Examination) -> Finding {
    found(examination, NETWORK)
}

pub(super) fn receiver(examination: &mut Examination) -> Finding {
    found(examination, RECEIVER)
}

/// What was found of a layer when the first was looked at.
fn found(examination: &Examination, layer: &'static str) -> Finding {
    let found = examination.endpoint.as_ref().and_then(|diagnosis| diagnosis.of(layer));
    found.cloned().unwrap_or_else(|| {
        Finding::skipped(layer, "the program is scraped; --otlp URL looks at where it pushes to")
    })
}
