//! What arrives at a receiver.

use std::time::Duration;

use botmeter_telemetry::traces::Traces;
use tracing::Level;

use crate::{
    receiver::{Receiver, attributes, eventually, reading},
    setup::Program,
};

#[test]
fn spans_arrive_with_their_attributes_their_events_and_their_parents() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[]);
    program.run(|| {
        tracing::info_span!("outer", job = "write", n = 3_i64).in_scope(|| {
            tracing::info_span!("inner", otel.name = "renamed", otel.kind = "client").in_scope(
                || {
                    tracing::info!(part = 2, "it goes on");
                    tracing::debug!("not at this level");
                },
            );
            tracing::debug_span!("nor this one").in_scope(|| {});
            tracing::error!("it broke");
        });
    });
    program.flush().unwrap();
    let (outer, inner) = (receiver.span("outer"), receiver.span("renamed"));
    assert_eq!(receiver.spans().len(), 2);
    assert_eq!(
        reading(&outer),
        "outer [internal] error \"\"\n  job=\"write\"\n  n=3\n  target=\"traces::pushing\"\n  * it \
         broke\n    level=\"ERROR\"\n    target=\"traces::pushing\""
    );
    assert_eq!(
        reading(&inner),
        "renamed [client]\n  target=\"traces::pushing\"\n  * it goes on\n    level=\"INFO\"\n    \
         part=2\n    target=\"traces::pushing\""
    );
    assert_eq!(inner.trace_id, outer.trace_id);
    assert_eq!(inner.parent_span_id, outer.span_id);
    assert!(outer.parent_span_id.is_empty());
    assert!(outer.end_time_unix_nano >= inner.end_time_unix_nano);
    program.telemetry.shutdown_blocking(Duration::from_secs(20)).unwrap();
}

#[test]
fn the_resource_is_that_of_the_metrics_and_not_of_the_process() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[("OTEL_RESOURCE_ATTRIBUTES", "team=bots")]);
    program.span();
    program.flush().unwrap();
    let pushes = receiver.pushes();
    let of_spans = &pushes.last().unwrap().request.resource_spans;
    assert_eq!(of_spans.len(), 1);
    assert_eq!(
        attributes(&of_spans[0].resource.as_ref().unwrap().attributes),
        "\n  service.instance.id=\"my-host:1\"\n  service.name=\"my-bot\"\n  \
         service.version=\"1.2.3\"\n  team=\"bots\""
    );
    let scope = of_spans[0].scope_spans[0].scope.as_ref().unwrap();
    assert_eq!((scope.name.as_str(), scope.version.as_str()), ("botmeter", "0.1.0"));
}

#[test]
fn headers_and_compression_come_from_the_environment() {
    let receiver = Receiver::http();
    let program = Program::with(
        &receiver,
        &[
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-key=s3cret-key"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-other=not-sent"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ],
    );
    program.span();
    program.flush().unwrap();
    let push = receiver.pushes().pop().unwrap();
    let header = |name: &str| push.headers.iter().find(|(key, _)| key == name);
    assert_eq!(push.path, "/v1/traces");
    assert_eq!(header("x-key").unwrap().1, "s3cret-key");
    assert_eq!(header("content-encoding").unwrap().1, "gzip");
    assert_eq!(header("x-other"), None);
    let shown = format!("{:?}", program.telemetry.settings().unwrap());
    assert!(shown.contains("x-key") && !shown.contains("s3cret"), "{shown}");
}

#[test]
fn a_full_batch_and_a_long_wait_are_exported_without_a_flush() {
    for (variable, spans) in
        [(("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "3"), 3), (("OTEL_BSP_SCHEDULE_DELAY", "20"), 1)]
    {
        let receiver = Receiver::http();
        let program = Program::with(&receiver, &[variable]);
        for _ in 0..spans {
            program.span();
        }
        eventually("the spans are there", || receiver.spans().len() == spans);
    }
}

#[test]
fn a_flush_exports_batch_after_batch() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4")]);
    for _ in 0..10 {
        program.span();
    }
    program.flush().unwrap();
    assert_eq!(receiver.spans().len(), 10);
    let scopes: Vec<_> = receiver
        .pushes()
        .into_iter()
        .flat_map(|push| push.request.resource_spans)
        .flat_map(|resource| resource.scope_spans)
        .collect();
    assert!(scopes.iter().all(|scope| scope.spans.len() <= 4), "{scopes:#?}");
}

#[test]
fn a_lower_level_is_a_choice_of_the_program() {
    let receiver = Receiver::http();
    let endpoint = receiver.base();
    let traces = Traces::new().at_level(Level::DEBUG);
    let program = Program::build(&traces, &[], |builder| builder.otlp_traces(endpoint)).unwrap();
    program.run(|| {
        tracing::debug_span!("seen").in_scope(|| {});
        tracing::trace_span!("not seen").in_scope(|| {});
    });
    program.flush().unwrap();
    assert_eq!(receiver.spans().len(), 1);
    assert_eq!(receiver.span("seen").name, "seen");
}

#[test]
fn spans_are_wanted_only_while_they_are_exported() {
    let receiver = Receiver::http();
    let traces = Traces::new();
    let is_wanted = |program: &Program| program.run(|| !tracing::info_span!("one").is_disabled());
    let without = Program::start(&traces, &[]).unwrap();
    assert!(!is_wanted(&without), "none are exported");
    let program = Program::with(&receiver, &[]);
    assert!(is_wanted(&program));
    program.telemetry.shutdown_blocking(Duration::from_secs(20)).unwrap();
    assert!(!is_wanted(&program), "it was shut down");
}
