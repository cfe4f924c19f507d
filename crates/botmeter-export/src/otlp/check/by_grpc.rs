//! Asking by gRPC: a push without metrics.

#[cfg(feature = "otlp-grpc")]
use super::{
    super::grpc::{self, Refused},
    split,
};
use super::{
    super::target::Target,
    RECEIVER,
    reach::{self, Spoken},
    speak,
};
use crate::{OtlpSettings, Protocol, finding::Finding};

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
    by_an_empty_push(settings, target, &request, spoken.ok())
}

#[cfg(feature = "otlp-grpc")]
fn by_an_empty_push(
    settings: &OtlpSettings,
    target: &Target,
    request: &str,
    _: Option<Spoken>,
) -> Finding {
    match grpc::probe(settings, target) {
        Ok(()) => Finding::ok(
            RECEIVER,
            format!("{request}: an empty push is taken: a receiver of metrics"),
        ),
        Err(Refused::NoMetrics) => Finding::broken(
            RECEIVER,
            format!(
                "{request}: Unimplemented: no receiver of metrics; Jaeger, which takes traces alone, answers like this"
            ),
            "give the host and port of a receiver of metrics, such as a Collector's: \
             OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://localhost:4317",
        ),
        Err(Refused::Silence) => Finding::broken(
            RECEIVER,
            format!("{request}: an empty push is not answered within {:?}", settings.timeout),
            "look for what listens at this port: a receiver answers an empty push at once",
        ),
        Err(Refused::Otherwise(text)) => {
            let (evidence, advice) = split(&text);
            Finding::broken(RECEIVER, evidence, advice)
        }
    }
}

/// Nobody can send one without gRPC.
#[cfg(not(feature = "otlp-grpc"))]
fn by_an_empty_push(
    _: &OtlpSettings,
    _: &Target,
    request: &str,
    spoken: Option<Spoken>,
) -> Finding {
    if matches!(spoken, Some(Spoken::Http2 | Spoken::Tls)) {
        return Finding::skipped(
            RECEIVER,
            format!(
                "{request}: the port speaks as gRPC does; whether it takes metrics, only a build \
                 with the feature `otlp-grpc` can ask"
            ),
        );
    }
    Finding::broken(
        RECEIVER,
        format!("{request}: the port speaks no HTTP/2, and so no gRPC"),
        "look for what listens at this port",
    )
}
