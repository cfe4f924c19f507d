//! Flush and shutdown keep their deadlines.

use std::time::{Duration, Instant};

use crate::{
    receiver::{Behavior, Receiver, SOON},
    setup::Program,
};

#[test]
fn a_receiver_that_never_answers_does_not_hold_up_flush_and_shutdown() {
    let receiver = Receiver::http();
    receiver.behave(Behavior::Hang);
    let program = Program::with(&receiver, &[("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "60000")]);
    program.span();
    program.span();
    let deadline = Duration::from_millis(300);
    let begin = Instant::now();
    let error = program.telemetry.flush_blocking(deadline).unwrap_err().to_string();
    // Two watch the same deadline: the exporter, and whoever waits for it.
    let told = [
        format!(
            "flush telemetry: traces: deliver the spans to {} in time: 2 spans are not \
             delivered, without an answer yet",
            receiver.endpoint()
        ),
        "flush telemetry: traces: 2 not delivered within 0.3 s".to_owned(),
    ];
    assert!(told.contains(&error), "{error}");
    let error = program.telemetry.shutdown_blocking(deadline).unwrap_err().to_string();
    let told = [
        format!(
            "shutdown telemetry: traces: deliver the last spans to {} in time: 2 spans are not \
             delivered, without an answer yet",
            receiver.endpoint()
        ),
        "shutdown telemetry: traces: 2 not delivered within 0.3 s".to_owned(),
    ];
    assert!(told.contains(&error), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    let again = program.telemetry.shutdown_blocking(deadline).unwrap_err().to_string();
    assert_eq!(again, error, "there is one end, and this is how it went");
}

#[test]
fn shutdown_exports_what_waits_and_nothing_comes_after() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2")]);
    for _ in 0..5 {
        program.span();
    }
    let open = program.run(|| tracing::info_span!("open"));
    program.telemetry.shutdown_blocking(SOON).unwrap();
    assert_eq!(receiver.spans().len(), 5);
    drop(open);
    program.span();
    assert!(program.flush().unwrap_err().to_string().contains("it was shut down"));
    assert_eq!(receiver.spans().len(), 5);
    assert_eq!(program.dropped("span_queue_full"), Some(0.0));
}

#[test]
fn a_drop_without_shutdown_exports_what_waits() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[]);
    program.span();
    drop(program);
    assert_eq!(receiver.spans().len(), 1);
}

#[test]
fn flush_and_shutdown_work_on_every_runtime() {
    let current = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let many = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    for runtime in [current, many] {
        let receiver = Receiver::http();
        runtime.block_on(async {
            let program = Program::with(&receiver, &[]);
            program.span();
            program.telemetry.flush(SOON).await.unwrap();
            assert_eq!(receiver.spans().len(), 1);
            program.span();
            program.telemetry.shutdown(SOON).await.unwrap();
            assert_eq!(receiver.spans().len(), 2);
        });
    }
}
