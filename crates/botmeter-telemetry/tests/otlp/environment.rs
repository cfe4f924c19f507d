//! Nothing comes from the environment: the settings are resolved before.

use std::{env, process::Command};

use botmeter_core::{Backend, Discard};
use botmeter_telemetry::{Environment, OtlpSettings, Protocol, Telemetry};
use tracing::Level;

use super::{
    log::Log,
    reading,
    setup::{Pushing, SOON, STARTS, grpc, http},
};
use witness::Receiver;

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
    let pushing = Pushing::with(settings.headers(headers));
    let starts = STARTS.bind(&pushing.meter, ());
    starts.add(1);
    pushing.flush().unwrap();
    starts.add(1);
    pushing.otlp.shutdown(SOON).unwrap();
}

#[test]
fn no_exporter_is_a_choice_and_not_a_fault() {
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let none: Environment = [("OTEL_METRICS_EXPORTER", "none")].into_iter().collect();
    let (_telemetry, ()) = Telemetry::builder("my-bot").environment(none).start().unwrap();
    let said = "botmeter_telemetry::compiled message=no metrics are exported, because \
                OTEL_METRICS_EXPORTER is none; unset it, or set it to otlp, prometheus or console";
    assert_eq!(log.take(), [(Level::INFO, said.to_owned())]);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_named_and_not_taken_for_unset() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    const INSIDE: &str = "BOTMETER_TEST_NOT_UTF_8";
    if env::var_os(INSIDE).is_some() {
        let started = Telemetry::builder("my-bot").backend(Discard).start::<()>();
        return println!("{:?}", started.map(|_| "started"));
    }
    let bad = OsStr::from_bytes(b"http://s3cret\xff");
    let told = |name: &str| {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--nocapture", "--exact"])
            .arg("otlp::environment::a_variable_that_is_not_utf_8_is_named_and_not_taken_for_unset")
            .env(INSIDE, "1")
            .env(name, bad)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for name in ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_SDK_DISABLED", "PROMETHEUS_ENDPOINT"]
    {
        let told = told(name);
        let expected = format!("Err(use the environment variable {name}: it is not UTF-8)");
        assert!(told.contains(&expected) && !told.contains("s3cret"), "{told}");
    }
    // These belong to the system, and others read them.
    for name in ["HOSTNAME", "SSL_CERT_FILE", "OTEL_UNHEARD_OF"] {
        assert!(told(name).contains("Ok(\"started\")"), "{name}: {}", told(name));
    }
}
