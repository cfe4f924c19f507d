//! The same for spans.

use std::time::Duration;

use super::{ALL, Variables, refused, resolve, settings};
use crate::{
    endpoint::InCode,
    environment::Environment,
    settings::{Asked, Batching, Compiled, Sampler, Settings, TracesExporter, TracesSettings},
};
use botmeter_export::{Protocol, credentials::Given};

const OTLP: (&str, &str) = ("OTEL_TRACES_EXPORTER", "otlp");
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const BASE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

fn traces(variables: Variables<'_>) -> Option<TracesSettings> {
    settings(variables).traces
}

fn pushed(variables: Variables<'_>) -> TracesSettings {
    let mut all = vec![OTLP];
    all.extend_from_slice(variables);
    traces(&all).unwrap()
}

fn endpoint(settings: Option<TracesSettings>) -> Option<String> {
    match settings?.exporter {
        TracesExporter::Otlp(push) => Some(push.endpoint),
        TracesExporter::Console => Some("console".to_owned()),
    }
}

#[test]
fn spans_go_where_the_environment_says_or_nowhere() {
    let local = "http://localhost:4318/v1/traces";
    let cases: &[(Variables<'_>, Option<&str>)] = &[
        (&[], None),
        (&[("OTEL_TRACES_EXPORTER", "none")], None),
        (&[("OTEL_TRACES_EXPORTER", "none"), (ENDPOINT, "http://c:1")], None),
        (&[("OTEL_TRACES_EXPORTER", "Console")], Some("console")),
        (&[OTLP], Some(local)),
        (&[(ENDPOINT, "http://c:4318")], Some("http://c:4318/v1/traces")),
        (&[(BASE, "http://c:4318")], Some("http://c:4318/v1/traces")),
        (&[(BASE, "http://c:4318/v1/traces")], Some("http://c:4318/v1/traces")),
        // These take metrics alone.
        (&[(BASE, "http://p:9090/api/v1/otlp")], None),
        (&[(BASE, "http://p:9090/api/v1/otlp/")], None),
        (&[(BASE, "http://p:9090/api/v1/otlp/v1/metrics")], None),
        (&[(BASE, "http://c:4318/v1/metrics")], None),
        (&[("OTEL_TRACES_EXPORTER", "none"), (BASE, "http://c:4318")], None),
        (
            &[(BASE, "http://p:9090/api/v1/otlp"), (ENDPOINT, "http://j:4318")],
            Some("http://j:4318/v1/traces"),
        ),
        (&[OTLP, (BASE, "http://c:4318/")], Some("http://c:4318/v1/traces")),
        (&[OTLP, (BASE, "http://c:4318/v1/metrics")], Some("http://c:4318/v1/traces")),
        (&[OTLP, (BASE, "https://c/otlp?x=1")], Some("https://c/otlp/v1/traces?x=1")),
        (&[OTLP, (BASE, "http://a:1"), (ENDPOINT, "http://b:1")], Some("http://b:1/v1/traces")),
        (&[OTLP, (ENDPOINT, "http://c:1/custom/")], Some("http://c:1/custom/")),
        (&[OTLP, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], Some("http://localhost:4317")),
        (
            &[OTLP, ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"), (BASE, "http://c:4317/")],
            Some("http://c:4317"),
        ),
    ];
    for (variables, expected) in cases {
        assert_eq!(endpoint(traces(variables)).as_deref(), *expected, "{variables:?}");
    }
}

#[test]
fn a_base_with_the_path_of_spans_is_completed_for_metrics() {
    let variables = [("OTEL_METRICS_EXPORTER", "otlp"), (BASE, "http://c:4318/v1/traces")];
    let push = settings(&variables).otlp.unwrap();
    assert_eq!(push.endpoint, "http://c:4318/v1/metrics");
}

#[test]
fn everything_else_of_a_push_comes_from_the_environment() {
    let TracesExporter::Otlp(push) = pushed(&[
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-a=1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-b=2"),
        ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "1"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
    ])
    .exporter
    else {
        panic!("it is pushed")
    };
    assert_eq!(push.protocol, Protocol::Grpc);
    assert_eq!(push.headers, [("x-a".to_owned(), "1".to_owned())]);
    assert_eq!(push.timeout, Duration::from_millis(2500));
}

#[test]
fn the_program_beats_the_environment() {
    let mut asked = Asked::default();
    asked.traces.endpoint = Some(InCode::Any(Given("http://mine:4318".to_owned())));
    asked.traces.sampler = Some(Sampler::AlwaysOff);
    let variables = [
        ("OTEL_TRACES_EXPORTER", "console"),
        (ENDPOINT, "http://theirs:4318"),
        ("OTEL_TRACES_SAMPLER", "always_on"),
    ];
    let chosen = resolve(&variables, &asked).unwrap().unwrap().traces.unwrap();
    assert_eq!(chosen.sampler, Sampler::AlwaysOff);
    assert_eq!(endpoint(Some(chosen)).unwrap(), "http://mine:4318/v1/traces");
}

#[test]
fn an_endpoint_is_no_order_where_spans_have_no_way() {
    let without = Compiled { traces: false, ..ALL };
    let of = |variables: Variables<'_>| {
        let environment: Environment = variables.iter().copied().collect();
        Settings::resolve(&Asked::default(), &environment, without).unwrap().unwrap().traces
    };
    assert_eq!(of(&[(ENDPOINT, "http://c:4318")]), None);
    assert!(of(&[OTLP]).is_some(), "an order is refused at the start, and not forgotten");
}

#[test]
fn samplers_are_read_with_their_share() {
    let sampler = |name, arg| {
        pushed(&[("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", arg)]).sampler
    };
    assert_eq!(pushed(&[]).sampler, Sampler::ParentOrAlwaysOn);
    assert_eq!(sampler("always_on", "unread"), Sampler::AlwaysOn);
    assert_eq!(sampler("ALWAYS_OFF", ""), Sampler::AlwaysOff);
    assert_eq!(sampler("traceidratio", "0.25"), Sampler::Ratio(0.25));
    assert_eq!(sampler("traceidratio", ""), Sampler::Ratio(1.0));
    assert_eq!(sampler("parentbased_always_on", ""), Sampler::ParentOrAlwaysOn);
    assert_eq!(sampler("parentbased_always_off", ""), Sampler::ParentOrAlwaysOff);
    assert_eq!(sampler("parentbased_traceidratio", "1"), Sampler::ParentOrRatio(1.0));
    assert_eq!(Sampler::ParentOrRatio(0.5).to_string(), "parentbased_traceidratio 0.5");
}

#[test]
fn batches_are_never_larger_than_the_queue() {
    let batching = |variables| pushed(variables).batching;
    let usual = Batching { delay: Duration::from_secs(5), queue_size: 2048, batch_size: 512 };
    assert_eq!(batching(&[]), usual);
    assert_eq!(
        batching(&[("OTEL_BSP_MAX_QUEUE_SIZE", "100")]),
        Batching { queue_size: 100, batch_size: 100, ..usual }
    );
    assert_eq!(
        batching(&[("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "7")]),
        Batching { delay: Duration::from_millis(200), batch_size: 7, ..usual }
    );
}

#[test]
fn what_cannot_be_understood_is_quoted_with_its_variable() {
    let cases: &[(&str, &str, &str)] = &[
        ("OTEL_TRACES_EXPORTER", "jaeger", "use one of otlp, console, none"),
        ("OTEL_TRACES_SAMPLER", "jaeger_remote", "use one of always_on, always_off, traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "2", "from 0.0 to 1.0"),
        ("OTEL_TRACES_SAMPLER_ARG", "NaN", "from 0.0 to 1.0"),
        ("OTEL_TRACES_SAMPLER_ARG", "half", "from 0.0 to 1.0"),
        ("OTEL_BSP_SCHEDULE_DELAY", "0", "give milliseconds"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "0", "from 1 to 1000000"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "2000000000", "from 1 to 1000000"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096", "the queue, which holds 2048 spans"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "use one of http/protobuf, grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "soon", "give milliseconds"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "zstd", "use one of gzip, none"),
        (ENDPOINT, "c:4318", "begin with http:// or https://"),
        (ENDPOINT, "http://p:9090/api/v1/otlp", "Prometheus takes no spans"),
        (BASE, "http://p:9090/api/v1/otlp/", "Prometheus takes no spans"),
    ];
    for (name, value, remedy) in cases {
        let mut variables = vec![(*name, *value)];
        if *name == "OTEL_TRACES_SAMPLER_ARG" {
            variables.push(("OTEL_TRACES_SAMPLER", "traceidratio"));
        }
        if *name != "OTEL_TRACES_EXPORTER" {
            variables.push(OTLP);
        }
        let error = refused(&variables);
        assert!(error.contains(name) && error.contains(remedy), "{name}={value}: {error}");
        assert!(error.contains(&format!("{value:?}")), "{name}={value}: {error}");
    }
}

#[test]
fn credentials_are_never_shown() {
    let secret = "s3cret";
    let url = format!("http://user:{secret}@c:4318");
    let shown = format!(
        "{:?}",
        pushed(&[(ENDPOINT, &url), ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", &format!("a={secret}"))])
    );
    assert!(shown.contains("http://***@c:4318/v1/traces") && !shown.contains(secret), "{shown}");
}
