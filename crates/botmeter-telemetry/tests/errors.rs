//! What a program can ask an error about.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{net::TcpListener, time::Duration};

use botmeter_telemetry::{BackendKind, Builder, Environment, Error, Telemetry};

const NOW: Duration = Duration::from_millis(500);

fn builder(variables: &[(&str, &str)]) -> Builder {
    Telemetry::builder("test").environment(variables.iter().copied().collect::<Environment>())
}

fn refused(builder: Builder) -> Error {
    builder.start::<()>().map(|_| ()).unwrap_err()
}

/// Whether a setting is bad, the port in use, and something not delivered.
fn asked(error: &Error) -> [bool; 3] {
    [error.is_bad_setting(), error.is_port_in_use(), error.is_not_delivered()]
}

#[test]
fn a_setting_that_cannot_be_used_is_told_apart() {
    let name = "OTEL_METRICS_EXPORTER";
    for error in [
        refused(builder(&[("OTEL_SDK_DISABLED", "yes")])),
        refused(builder(&[(name, "jaeger")])),
        refused(builder(&[(name, "otlp"), ("OTEL_EXPORTER_OTLP_HEADERS", "secret")])),
        refused(builder(&[(name, "otlp"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost")])),
        refused(builder(&[(name, "prometheus"), ("OTEL_EXPORTER_PROMETHEUS_PORT", "x")])),
        refused(builder(&[("OTEL_RESOURCE_ATTRIBUTES", "alone")])),
    ] {
        assert_eq!(asked(&error), [true, false, false], "{error:?}");
    }
}

#[test]
fn a_port_in_use_is_told_apart() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let exporter = ("OTEL_METRICS_EXPORTER", "prometheus");
    let error = refused(builder(&[exporter, ("OTEL_EXPORTER_PROMETHEUS_PORT", &port)]));
    assert_eq!(asked(&error), [false, true, false], "{error:?}");
}

#[test]
fn what_is_not_delivered_is_told_apart_at_a_flush_and_at_the_end() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{nobody}");
    let variables =
        [("OTEL_METRICS_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    let (telemetry, ()) = builder(&variables).start::<()>().unwrap();
    assert!(telemetry.exports(BackendKind::Otlp).is_some());
    for error in [
        telemetry.flush_blocking(NOW).unwrap_err(),
        telemetry.shutdown_blocking(NOW).unwrap_err(),
        telemetry.flush_blocking(NOW).unwrap_err(),
    ] {
        assert_eq!(asked(&error), [false, false, true], "{error:?}");
    }
}

#[test]
fn an_error_is_asked_with_all_that_caused_it() {
    let caused = Error::new("start the bot").because(Error::bad_setting("use the variable X"));
    assert_eq!(asked(&caused), [true, false, false]);
    assert_eq!(asked(&Error::new("say hello")), [false; 3]);
}
