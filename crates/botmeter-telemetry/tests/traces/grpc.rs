//! The same by gRPC.

use std::time::Duration;

use crate::{
    receiver::{Behavior, Receiver, SOON, eventually, reading},
    setup::Program,
};

const GRPC: (&str, &str) = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc");

#[test]
fn spans_arrive() {
    let receiver = Receiver::grpc();
    let program = Program::with(
        &receiver,
        &[
            GRPC,
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=value"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
        ],
    );
    program.span();
    program.flush().unwrap();
    assert_eq!(reading(&receiver.span("a job")), "a job [internal]\n  target=\"traces::setup\"");
    let push = receiver.pushes().pop().unwrap();
    assert!(push.headers.contains(&("x-key".to_owned(), "value".to_owned())), "{push:?}");
    program.telemetry.shutdown_blocking(SOON).unwrap();
}

#[test]
fn a_failure_is_explained_and_later_spans_arrive() {
    let receiver = Receiver::grpc();
    let program = Program::with(&receiver, &[GRPC]);
    eventually("the probe arrived", || program.counts() == (1, 0));
    // Unimplemented.
    receiver.behave(Behavior::Answer(12));
    program.span();
    assert_eq!(
        program.flush().unwrap_err().to_string(),
        format!(
            "flush telemetry: traces: deliver 1 spans: gRPC to {}: Unimplemented, \"told to \
             fail\"; no receiver of spans is there; one of metrics alone, such as Prometheus, \
             answers like this",
            receiver.endpoint()
        )
    );
    receiver.behave(Behavior::Reject(1));
    program.span();
    let error = program.flush().unwrap_err().to_string();
    assert!(error.contains("rejected 1 spans"), "{error}");
    receiver.behave(Behavior::Accept);
    program.span();
    program.flush().unwrap();
    assert_eq!(receiver.spans().len(), 1);
    assert_eq!(program.dropped("span_export_failed"), Some(2.0));
}

#[test]
fn a_receiver_that_never_answers_does_not_hold_up_the_end() {
    let receiver = Receiver::grpc();
    receiver.behave(Behavior::Hang);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let begin = std::time::Instant::now();
    runtime.block_on(async {
        let program = Program::with(&receiver, &[GRPC, ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000")]);
        program.span();
        let deadline = Duration::from_millis(200);
        program.telemetry.flush(deadline).await.unwrap_err();
        program.telemetry.shutdown(deadline).await.unwrap_err();
    });
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}
