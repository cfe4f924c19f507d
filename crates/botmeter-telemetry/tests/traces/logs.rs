//! Log lines, from the first on.

use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::Value;

use crate::{
    child::{logged, nobody, run},
    receiver::Receiver,
};

fn to(receiver: &Receiver) -> [(&'static str, String); 2] {
    [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", receiver.base()),
        ("OTEL_BSP_SCHEDULE_DELAY", "3600000".to_owned()),
    ]
}

fn logged_to(receiver: &Receiver, scenario: &str, more: &[(&str, &str)]) -> String {
    let variables = to(receiver);
    let mut all: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.extend_from_slice(more);
    logged(scenario, &all)
}

/// As log lines spell them.
fn ids(span: &Span) -> (String, String) {
    let trace = u128::from_be_bytes(span.trace_id[..].try_into().unwrap());
    let id = u64::from_be_bytes(span.span_id[..].try_into().unwrap());
    (format!("{trace:032x}"), format!("{id:016x}"))
}

#[track_caller]
fn line<'a>(log: &'a str, words: &str) -> &'a str {
    let found: Vec<&str> = log.lines().filter(|line| line.contains(words)).collect();
    assert_eq!(found.len(), 1, "{words:?} in\n{log}");
    found[0]
}

#[test]
fn lines_of_text_name_their_trace() {
    let receiver = Receiver::http();
    let log = logged_to(&receiver, "text", &[]);
    let (trace, span) = ids(&receiver.span("chat gpt-4o"));
    let inside = line(&log, "a word inside");
    assert!(inside.ends_with(&format!("n=1 trace_id={trace} span_id={span}")), "{inside}");
    assert!(!line(&log, "outside of all spans").contains("trace_id"), "{log}");
    assert!(!line(&log, "about it, from elsewhere").contains("trace_id"), "{log}");
}

#[test]
fn lines_of_json_name_their_trace() {
    let receiver = Receiver::http();
    let log = logged_to(&receiver, "json", &[]);
    let (trace, span) = ids(&receiver.span("chat gpt-4o"));
    let inside: Value = serde_json::from_str(line(&log, "a word inside")).unwrap();
    assert_eq!(inside["message"], "a word inside");
    assert_eq!((&inside["level"], &inside["n"]), (&"INFO".into(), &1.into()));
    assert_eq!((&inside["trace_id"], &inside["span_id"]), (&trace.into(), &span.into()));
    let outside: Value = serde_json::from_str(line(&log, "outside of all spans")).unwrap();
    assert_eq!(outside.get("trace_id"), None);
}

#[test]
fn the_start_says_where_spans_go_and_that_they_arrive() {
    let receiver = Receiver::http();
    let log = logged_to(&receiver, "json", &[("OTEL_TRACES_SAMPLER", "always_on")]);
    let start: Value = serde_json::from_str(line(&log, "spans are pushed")).unwrap();
    assert_eq!(start["endpoint"], receiver.endpoint());
    assert_eq!(
        (&start["protocol"], &start["sampler"]),
        (&"HttpProtobuf".into(), &"always_on".into())
    );
    let first: Value = serde_json::from_str(line(&log, "the first export of spans")).unwrap();
    assert_eq!(first["endpoint"], receiver.endpoint());
}

#[test]
fn a_streak_of_failures_is_logged_once_and_its_end_as_well() {
    let (name, address) = nobody();
    let log = logged("refused", &[(name, &address)]);
    let failure: Value = serde_json::from_str(line(&log, "failed to export spans")).unwrap();
    assert_eq!(failure["level"], "ERROR");
    assert_eq!(
        failure["error"],
        format!(
            "POST http://{address}/v1/traces: connection refused; nothing listens there: does the \
             receiver run, and is the port right?"
        )
    );
    let success: Value = serde_json::from_str(line(&log, "exports succeed again")).unwrap();
    assert!(success["failed_exports"].as_u64().unwrap() >= 3, "{success}");
}

#[test]
fn dropped_spans_are_logged_at_once_and_the_rest_at_the_end() {
    let receiver = Receiver::http();
    let log = logged_to(&receiver, "overload", &[("OTEL_BSP_MAX_QUEUE_SIZE", "2")]);
    let warnings: Vec<Value> = log
        .lines()
        .filter(|line| line.contains("spans were dropped"))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!((1..=2).contains(&warnings.len()), "{log}");
    let dropped: u64 = warnings.iter().map(|warning| warning["dropped"].as_u64().unwrap()).sum();
    assert_eq!(receiver.spans().len() as u64 + dropped, 30, "{log}");
}

#[test]
fn a_second_subscriber_is_refused() {
    assert!(logged("twice", &[]).contains(
        "install a subscriber: the program has one already; leave out `install_subscriber` and \
         `json_logs`, and add `Traces::layer` to its own"
    ));
}

#[test]
fn rust_log_chooses_the_lines_and_is_quoted_if_it_makes_no_sense() {
    let receiver = Receiver::http();
    let log = logged_to(&receiver, "text", &[("RUST_LOG", "warn")]);
    assert!(!log.contains("a word inside"), "{log}");
    assert_eq!(receiver.spans().len(), 1, "spans do not depend on it");
    let error = logged("wrong", &[("RUST_LOG", "info,my_bot=loud")]);
    assert!(
        error.contains(
            "use \"info,my_bot=loud\" from the environment variable RUST_LOG: give levels"
        ),
        "{error}"
    );
}

#[test]
fn spans_are_printed() {
    let output = run("text", &[("OTEL_TRACES_EXPORTER", "console")]);
    let printed = String::from_utf8(output.stdout).unwrap();
    let span = line(&printed, "span \"chat gpt-4o\"");
    for part in
        [" kind=client ", " trace=", " gen_ai.request.model=gpt-4o", " event=\"a word inside\""]
    {
        assert!(span.contains(part), "{part:?} in {span}");
    }
}

#[cfg(feature = "otlp-grpc")]
#[test]
fn the_export_does_not_trace_itself() {
    let receiver = Receiver::grpc();
    let grpc = [("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("RUST_LOG", "info")];
    logged_to(&receiver, "everything", &grpc);
    let names: Vec<String> = receiver.spans().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["chat gpt-4o"], "at the level TRACE, its libraries have many");
}
