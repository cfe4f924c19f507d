//! A program with a subscriber of its own, whose spans go to a receiver.

use botmeter_core::{Error, Memory};
use botmeter_llm::Llm;
use botmeter_telemetry::{BackendKind, Builder, Environment, Exports, Telemetry, traces::Traces};
use tracing::{Dispatch, dispatcher};
use tracing_subscriber::layer::SubscriberExt;

use crate::receiver::{Receiver, SOON};

pub(crate) struct Program {
    pub(crate) telemetry: Telemetry,
    pub(crate) memory: Memory,
    pub(crate) llm: Llm,
    subscriber: Dispatch,
}

/// Spans are exported when a test says so, and not before.
const NEVER: &str = "3600000";

impl Program {
    pub(crate) fn with(receiver: &Receiver, variables: &[(&str, &str)]) -> Self {
        let base = receiver.base();
        let mut all = vec![
            ("OTEL_TRACES_EXPORTER", "otlp"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", base.as_str()),
            ("OTEL_BSP_SCHEDULE_DELAY", NEVER),
        ];
        all.extend_from_slice(variables);
        Self::start(&Traces::new(), &all).unwrap()
    }

    pub(crate) fn start(traces: &Traces, variables: &[(&str, &str)]) -> Result<Self, Error> {
        Self::build(traces, variables, |builder| builder)
    }

    pub(crate) fn build(
        traces: &Traces,
        variables: &[(&str, &str)],
        build: impl FnOnce(Builder) -> Builder,
    ) -> Result<Self, Error> {
        let subscriber = Dispatch::new(tracing_subscriber::registry().with(traces.layer()));
        let memory = Memory::new();
        // The metrics go into memory alone.
        let metrics = [("OTEL_METRICS_EXPORTER", "none")];
        let environment: Environment = metrics.iter().chain(variables).copied().collect();
        let builder = Telemetry::builder("my-bot")
            .version("1.2.3")
            .instance_id("my-host:1")
            .environment(environment)
            .backend(memory.clone())
            .traces(traces);
        let (telemetry, llm) = build(builder).start::<Llm>()?;
        Ok(Self { telemetry, memory, llm, subscriber })
    }

    /// Does something with the program's subscriber.
    pub(crate) fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        dispatcher::with_default(&self.subscriber, work)
    }

    /// Makes a span.
    pub(crate) fn span(&self) {
        self.run(|| tracing::info_span!("a job").in_scope(|| {}));
    }

    pub(crate) fn flush(&self) -> Result<(), Error> {
        self.telemetry.flush_blocking(SOON)
    }

    pub(crate) fn exports(&self) -> &Exports {
        self.telemetry.exports(BackendKind::Traces).unwrap()
    }

    /// Exports that arrived and that did not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.exports().success_count(), self.exports().failure_count())
    }

    pub(crate) fn dropped(&self, reason: &str) -> Option<f64> {
        self.memory.value("telemetry_dropped_total", &[("reason", reason)])
    }
}
