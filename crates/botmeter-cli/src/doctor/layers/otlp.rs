//! The layers of a push: what is at the endpoint.

use botmeter_telemetry::{Diagnosis, Finding};

use super::Examination;

pub(super) const ENDPOINT: &str = "endpoint";
pub(super) const NETWORK: &str = "network";
pub(super) const RECEIVER: &str = "receiver";

pub(super) fn endpoint(examination: &mut Examination) -> Finding {
    if let Some(url) = &examination.options.otlp {
        examination.endpoint = Some(Diagnosis::of_endpoint(url, &examination.environment));
    }
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
