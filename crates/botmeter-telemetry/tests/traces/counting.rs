//! Nothing is lost in silence.

use crate::{
    receiver::{Behavior, Receiver, eventually},
    setup::Program,
};

fn exports(program: &Program, status: &str) -> Option<f64> {
    let labels = [("backend", "traces"), ("status", status)];
    program.memory.value("telemetry_exports_total", &labels)
}

#[test]
fn the_start_finds_out_whether_spans_would_arrive() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[]);
    eventually("the probe arrived", || exports(&program, "success") == Some(1.0));
    assert_eq!(receiver.spans().len(), 0);
    receiver.behave(Behavior::Answer(404));
    let program = Program::with(&receiver, &[]);
    eventually("the probe failed", || exports(&program, "error") == Some(1.0));
    assert_eq!(
        program.exports().last().error.unwrap(),
        format!(
            "POST {}: 404 Not Found; no receiver of spans is there; one of metrics alone, such as \
             Prometheus, answers like this",
            receiver.endpoint()
        )
    );
}

#[test]
fn a_failed_export_is_counted_with_its_spans_and_later_ones_arrive() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[]);
    eventually("the probe arrived", || program.counts() == (1, 0));
    receiver.behave(Behavior::Answer(500));
    for _ in 0..3 {
        program.span();
    }
    let error = program.flush().unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "flush telemetry: traces: deliver 3 spans: POST {}: 500 Internal Server Error; the \
             receiver has trouble of its own: look into its log",
            receiver.endpoint()
        )
    );
    assert_eq!(program.counts(), (1, 1));
    assert_eq!(program.dropped("span_export_failed"), Some(3.0));
    receiver.behave(Behavior::Accept);
    program.span();
    program.flush().unwrap();
    assert_eq!((exports(&program, "success"), exports(&program, "error")), (Some(2.0), Some(1.0)));
    assert_eq!(receiver.spans().len(), 1);
    assert_eq!(program.dropped("span_export_failed"), Some(3.0));
}

#[test]
fn what_a_receiver_rejects_is_a_failure() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[]);
    eventually("the probe arrived", || program.counts() == (1, 0));
    receiver.behave(Behavior::Reject(1));
    program.span();
    let error = program.flush().unwrap_err().to_string();
    assert!(
        error.contains("the receiver rejected 1 spans and took the others, \"too old\""),
        "{error}"
    );
    assert_eq!(program.counts(), (1, 1));
}

#[test]
fn the_wrong_protocol_is_explained() {
    let receiver = Receiver::grpc();
    let program = Program::with(&receiver, &[]);
    eventually("the probe failed", || program.counts() == (0, 1));
    let failure = program.exports().last().error.unwrap();
    assert!(
        failure.ends_with("does an OTLP receiver listen at this port, for HTTP without TLS?"),
        "{failure}"
    );
}

#[test]
fn spans_that_do_not_fit_into_the_queue_are_counted() {
    let receiver = Receiver::http();
    receiver.behave(Behavior::Hang);
    let program = Program::with(
        &receiver,
        &[("OTEL_BSP_MAX_QUEUE_SIZE", "4"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000")],
    );
    eventually("the probe hangs", || receiver.arrived() == 1);
    for _ in 0..10 {
        program.span();
    }
    assert_eq!(program.dropped("span_queue_full"), Some(6.0));
    assert_eq!(program.dropped("span_export_failed"), Some(0.0), "those that wait are not lost");
}

#[test]
fn the_age_of_the_last_export_is_not_told_of_spans() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[]);
    eventually("the probe arrived", || program.counts() == (1, 0));
    let last = ("telemetry_last_export_timestamp_seconds", [("backend", "traces")]);
    assert_eq!(program.memory.value(last.0, &last.1), None);
}
