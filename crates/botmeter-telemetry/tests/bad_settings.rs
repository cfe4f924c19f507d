//! Settings that cannot be used, in a program that starts all the same.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::TcpListener;

use botmeter_core::{Counter, Domain, Instrument, Memory, Meter, Unit};
use botmeter_telemetry::{
    Builder, Compression, Diagnosis, OnBadSetting, Protocol, ScrapeSettings, Telemetry, Temporality,
};
use witness::logged;

static STARTS: Instrument<Counter, ()> =
    Instrument::counter("test.starts", Unit::of("{start}"), "Starts.");

/// Something to look for.
struct Program;

impl Domain for Program {
    const NAME: &'static str = "program";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        STARTS.bind(meter, ()).add(1);
        Self
    }
}

type Variables<'a> = &'a [(&'a str, &'a str)];

fn builder(variables: Variables<'_>) -> Builder {
    let environment = variables.iter().copied().collect();
    Telemetry::builder("test").environment(environment).on_bad_setting(OnBadSetting::Warn)
}

/// Starts, and what it warns of meanwhile, line by line.
fn start(builder: Builder) -> (Telemetry, Vec<String>) {
    let mut telemetry = None;
    let log = logged(|| telemetry = Some(builder.start::<Program>().unwrap().0));
    (telemetry.unwrap(), log.lines().map(|line| line.trim().to_owned()).collect())
}

fn broken(telemetry: &Telemetry) -> (&'static str, String) {
    let diagnosis: Diagnosis = telemetry.diagnose_blocking();
    let finding = diagnosis.broken().unwrap();
    (finding.layer, finding.evidence.clone())
}

#[test]
fn each_variable_that_cannot_be_understood_is_warned_of_with_what_is_used_instead() {
    let (telemetry, warned) = start(builder(&[
        ("OTEL_SDK_DISABLED", "yes"),
        ("OTEL_METRICS_EXPORTER", "otlp,jaeger"),
        ("OTEL_EXPORTER", "prometheus"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "my-secret"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "both"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "0"),
        ("OTEL_RESOURCE_ATTRIBUTES", "alone"),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", "no such host"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", "99999"),
    ]));
    let ends = [
        ("OTEL_SDK_DISABLED", "it goes on with telemetry"),
        ("OTEL_METRICS_EXPORTER", "it goes on as if it were not set"),
        ("OTEL_EXPORTER:", "it goes on as if it were not set"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "it goes on with http/protobuf for metrics"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "it goes on with no headers for metrics"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "it goes on with 10s"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "it goes on with no compression for metrics"),
        ("_TEMPORALITY_PREFERENCE", "it goes on with cumulative counts"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", "it goes on with port 9464"),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", "it goes on with 127.0.0.1:9464"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "it goes on with 15s"),
        ("OTEL_RESOURCE_ATTRIBUTES", "it goes on without these attributes"),
    ];
    for (variable, end) in ends {
        let of: Vec<_> = warned.iter().filter(|line| line.contains(variable)).collect();
        assert!(of.len() == 1 && of[0].ends_with(end), "{variable}: {of:#?} of {warned:#?}");
        assert!(of[0].starts_with("WARN failed to use "), "{of:#?}");
    }
    assert!(!warned.concat().contains("my-secret"), "{warned:#?}");
    let settings = telemetry.settings().unwrap();
    let otlp = settings.otlp.as_ref().unwrap();
    assert_eq!(
        (otlp.protocol, otlp.compression, otlp.temporality, otlp.headers.len()),
        (Protocol::HttpProtobuf, Compression::None, Temporality::Cumulative, 0)
    );
    // The port may be somebody's, in which case the page is left out, too.
    let page = [None, Some(ScrapeSettings::Listen("127.0.0.1:9464".parse().unwrap()))];
    assert!(page.contains(&settings.scrape), "{settings:?}");
}

#[test]
fn a_port_in_use_costs_the_page_alone() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let memory = Memory::new();
    let builder = builder(&[]).scrape(taken.local_addr().unwrap()).backend(memory.clone());
    let (telemetry, warned) = start(builder);
    assert_eq!(warned.len(), 1, "{warned:#?}");
    assert!(warned[0].contains("the port is in use"), "{warned:#?}");
    assert!(warned[0].contains("the program itself chooses the address"), "{warned:#?}");
    assert!(warned[0].ends_with("; it goes on without serving metrics"), "{warned:#?}");
    assert_eq!((telemetry.scrape_address(), telemetry.settings().unwrap().scrape), (None, None));
    assert_eq!(memory.value("telemetry_startup_total", &[]), Some(1.0));
    let lost = "the program goes on without serving metrics, because a setting cannot be used";
    assert_eq!(broken(&telemetry), ("backends", lost.to_owned()));
}

#[test]
fn a_push_that_cannot_be_set_up_leaves_the_page_and_its_name_to_others() {
    let variables: Variables<'_> = &[
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "content-length=1"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=one"),
    ];
    let (telemetry, warned) = start(builder(variables).scrape("127.0.0.1:0".parse().unwrap()));
    assert_eq!(warned.len(), 1, "{warned:#?}");
    assert!(warned[0].ends_with("; it goes on without pushing metrics"), "{warned:#?}");
    assert!(telemetry.scrape_address().is_some());
    assert_eq!(telemetry.settings().unwrap().otlp, None);
    let other = [variables[0], variables[2], ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")];
    let (other, _) = start(builder(&other));
    assert_eq!(other.settings().unwrap().resource.instance_id, "one");
}

#[test]
fn where_nothing_is_left_that_is_said() {
    let variables = [("OTEL_METRICS_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "nowhere")];
    let (telemetry, warned) = start(builder(&variables));
    assert_eq!(
        warned,
        [
            "WARN failed to use \"nowhere\" from the environment variable \
             OTEL_EXPORTER_OTLP_ENDPOINT: it has no scheme; begin with http:// or https://; it \
             goes on without pushing metrics",
            "WARN no metrics are exported: what was chosen cannot be used, for the reasons above",
        ]
    );
    let lost = "the program goes on without pushing metrics, because a setting cannot be used";
    assert_eq!(broken(&telemetry), ("backends", lost.to_owned()));
}

#[test]
fn a_name_that_is_one_letter_off_is_said_with_the_one_that_is_meant() {
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPONT", "http://my-secret"), ("OTEL_METRICS_EXPORTER", "none")];
    let (_telemetry, warned) = start(builder(&variables));
    assert_eq!(
        warned,
        ["WARN the environment variable OTEL_EXPORTER_OTLP_ENDPONT is set, and nobody reads it: \
          if OTEL_EXPORTER_OTLP_ENDPOINT is meant, correct its name"]
    );
}
