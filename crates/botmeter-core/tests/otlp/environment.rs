//! Nothing comes from the environment: the settings are resolved before.

use std::{env, process::Command};

use botmeter_core::{
    Backend,
    telemetry::{OtlpSettings, Protocol},
};

use super::{
    reading,
    setup::{Pushing, SOON, STARTS, grpc, http},
};
use crate::receiver::Receiver;

/// Where the process that this test starts shall push to.
const ENDPOINT: &str = "BOTMETER_TEST_PUSH_TO";
/// By which protocol.
const PROTOCOL: &str = "BOTMETER_TEST_PUSH_BY";

/// Every variable that the SDK or its exporters read, with a value that would
/// do harm.
const HOSTILE: &[(&str, &str)] = &[
    ("OTEL_RESOURCE_ATTRIBUTES", "service.name=imposter,service.instance.id=x,team=others,a=b"),
    ("OTEL_SERVICE_NAME", "imposter"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
    ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://127.0.0.1:9/nowhere"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "x-imposter=1"),
    ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "x-imposter=1,x-tenant=others"),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
    ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "gzip"),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
    ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"),
    ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "1"),
    ("OTEL_EXPORTER_OTLP_INSECURE", "false"),
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "1"),
    ("OTEL_SDK_DISABLED", "true"),
    ("OTEL_METRICS_EXPORTER", "none"),
];

#[test]
fn a_hostile_environment_changes_nothing() {
    // The process's own environment cannot be changed safely, so this test
    // starts itself once more in another one.
    if let Ok(endpoint) = env::var(ENDPOINT) {
        let settings = if env::var(PROTOCOL).as_deref() == Ok("grpc") { grpc } else { http };
        return push(settings(endpoint));
    }
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let is_grpc = protocol == Protocol::Grpc;
        let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() }.start();
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "otlp::environment::a_hostile_environment_changes_nothing"])
            .envs(HOSTILE.iter().copied())
            .env(ENDPOINT, receiver.endpoint())
            .env(PROTOCOL, if is_grpc { "grpc" } else { "http" })
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:#?}");
        let pushes = receiver.pushes();
        assert_eq!(pushes.len(), 2, "one flush, one shutdown, nothing at an interval");
        for push in &pushes {
            assert_eq!(
                reading::resource(&push.request),
                [
                    "service.instance.id=my-host:1",
                    "service.name=my-bot",
                    "service.version=1.2.3",
                    "team=bots"
                ]
            );
            let header = |name: &str| {
                push.headers
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, value)| value.as_str())
            };
            assert_eq!(header("x-imposter"), None);
            assert_eq!(header("x-tenant"), Some("bots"));
            assert_eq!(header("content-encoding"), None);
            assert_eq!(header("grpc-encoding"), None);
        }
        assert_eq!(
            reading::family(&pushes[1].request, "test.starts"),
            "test.starts in {start}, monotonic cumulative sum: Starts.\n  {} 2"
        );
    }
}

fn push(settings: OtlpSettings) {
    let headers = vec![("x-tenant".to_owned(), "bots".to_owned())];
    let pushing = Pushing::with(OtlpSettings { headers, ..settings });
    let starts = STARTS.bind(&pushing.meter, ());
    starts.add(1);
    pushing.flush().unwrap();
    starts.add(1);
    pushing.otlp.shutdown(SOON).unwrap();
}
