//! Asking by gRPC: a push without metrics.

use super::{
    super::{grpc, target::Target},
    RECEIVER, Refused, speak, split,
};
use crate::telemetry::{
    Finding, OtlpSettings, Protocol,
    diagnose::reach::{self, Spoken},
};

pub(super) fn ask(settings: &OtlpSettings, target: &Target) -> Finding {
    let request = target.request(Protocol::Grpc);
    let spoken = reach::connect(target.host(), target.port()).map(reach::spoken);
    match spoken {
        Ok(Spoken::Http1) => {
            return Finding::broken(
                RECEIVER,
                format!("{request}: the port speaks HTTP/1.1 and no gRPC"),
                format!(
                    "{}, or give the port for gRPC, usually 4317",
                    speak(Protocol::HttpProtobuf)
                ),
            );
        }
        Ok(Spoken::Tls) if !target.is_https() => {
            return Finding::broken(
                RECEIVER,
                format!("{request}: the port speaks TLS alone"),
                "begin the endpoint with https://",
            );
        }
        Ok(Spoken::Http2) if target.is_https() => {
            return Finding::broken(
                RECEIVER,
                format!("{request}: the port speaks HTTP/2 without TLS"),
                "begin the endpoint with http://",
            );
        }
        _ => {}
    }
    match grpc::probe(settings, target) {
        Some(Ok(())) => Finding::ok(
            RECEIVER,
            format!("{request}: an empty push is taken: a receiver of metrics"),
        ),
        Some(Err(Refused::NoMetrics)) => Finding::broken(
            RECEIVER,
            format!(
                "{request}: Unimplemented: no receiver of metrics; Jaeger, which takes traces alone, answers like this"
            ),
            "give the host and port of a receiver of metrics, such as a Collector's: \
             OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://localhost:4317",
        ),
        Some(Err(Refused::Silence)) => Finding::broken(
            RECEIVER,
            format!("{request}: an empty push is not answered within {:?}", settings.timeout),
            "look for what listens at this port: a receiver answers an empty push at once",
        ),
        Some(Err(Refused::Otherwise(text))) => {
            let (evidence, advice) = split(&text);
            Finding::broken(RECEIVER, evidence, advice)
        }
        None if matches!(spoken, Ok(Spoken::Http2 | Spoken::Tls)) => Finding::skipped(
            RECEIVER,
            format!(
                "{request}: the port speaks as gRPC does; whether it takes metrics, only a build \
                 with the feature `otlp-grpc` can ask"
            ),
        ),
        None => Finding::broken(
            RECEIVER,
            format!("{request}: the port speaks no HTTP/2, and so no gRPC"),
            "look for what listens at this port",
        ),
    }
}
