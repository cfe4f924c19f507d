//! The thread that exports.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use opentelemetry::Context;
use opentelemetry_sdk::trace::SpanData;

use super::{
    Destination,
    state::{Next, Shared},
};
use botmeter_core::{DropReason, problem};
use botmeter_export::Exports;

pub(super) struct Worker {
    shared: Arc<Shared>,
    destination: Box<dyn Destination>,
    exports: Exports,
    /// How many spans were dropped since it was said last.
    dropped: u64,
    said: Option<Instant>,
}

/// How often it is said at most that spans are dropped.
const PAUSE: Duration = Duration::from_mins(1);

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        destination: Box<dyn Destination>,
        exports: Exports,
    ) -> Self {
        Self { shared, destination, exports, dropped: 0, said: None }
    }

    /// Exports until it is over.
    pub(super) fn run(mut self) {
        // Spans of what exports would be exported, which makes more of them.
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        loop {
            let Next { spans, dropped } = self.shared.next();
            self.dropped += dropped;
            let Some(spans) = spans else {
                self.say_dropped();
                return;
            };
            if self.said.is_none_or(|said| said.elapsed() >= PAUSE) {
                self.say_dropped();
            }
            self.export(spans);
        }
    }

    fn export(&self, spans: Vec<SpanData>) {
        let count = spans.len() as u64;
        let is_first = self.exports.success_count() == 0;
        let begin = Instant::now();
        // A panic would end the thread, and with it every later export.
        let export = AssertUnwindSafe(|| self.destination.export(spans));
        let outcome = catch_unwind(export).unwrap_or_else(|_| {
            Err("the exporter panicked, which is a bug; its message was printed".to_owned())
        });
        let took = begin.elapsed();
        match &outcome {
            Ok(()) => {
                self.exports.succeeded(took);
                if is_first {
                    let endpoint = self.shared.destination.as_str();
                    tracing::info!(endpoint, "the first export of spans arrived");
                }
            }
            Err(reason) => {
                for _ in 0..count {
                    self.shared.losses.dropped(DropReason::SpanExportFailed);
                }
                self.exports.failed(took, reason);
            }
        }
        self.shared.ended(count, outcome);
    }

    fn say_dropped(&mut self) {
        if self.dropped == 0 {
            return;
        }
        problem!(
            warn,
            dropped = self.dropped,
            queue_size = self.shared.batching.queue_size,
            "spans were dropped: more end than are exported; make OTEL_BSP_MAX_QUEUE_SIZE larger, \
             or keep fewer with OTEL_TRACES_SAMPLER or `Builder::sampler`"
        );
        self.dropped = 0;
        self.said = Some(Instant::now());
    }
}
