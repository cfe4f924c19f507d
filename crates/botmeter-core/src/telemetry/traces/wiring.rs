//! What the program said about its spans, and what the start makes of it.

use std::{sync::Arc, time::Duration};

use super::{
    Traces,
    console::Console,
    late::Late,
    queue::{Destination, Queue},
    subscriber::{self, Lines},
};
use crate::{
    Backend, BackendKind, Error, Exports, Meter, SelfObservation,
    backend::otlp::spans::SpanPush,
    telemetry::{
        Builder, Environment, Running, Settings, TracesExporter, TracesSettings, credentials,
    },
};

/// How spans come from the program.
#[derive(Debug, Default)]
pub(in crate::telemetry) struct Wiring {
    traces: Option<Traces>,
    installs: Option<Lines>,
}

impl Builder {
    /// Exports the spans of the subscriber that the layer of these is added to.
    ///
    /// Whether and where to is chosen by [`otlp_traces`](Self::otlp_traces),
    /// [`print_traces`](Self::print_traces) or the environment.
    pub fn traces(mut self, traces: &Traces) -> Self {
        self.wiring.traces = Some(traces.clone());
        self
    }

    /// Installs a subscriber before anything else: log lines on standard error,
    /// with the ids of their traces, and spans for the telemetry. `RUST_LOG`
    /// says which lines; `info` if it does not.
    ///
    /// The start fails if the program has a subscriber already.
    pub fn install_subscriber(mut self) -> Self {
        self.wiring.installs = self.wiring.installs.or(Some(Lines::Text));
        self
    }

    /// The same with log lines of JSON, for programs that read them.
    pub fn json_logs(mut self) -> Self {
        self.wiring.installs = Some(Lines::Json);
        self
    }
}

impl Wiring {
    /// Whether spans have a way to here.
    pub(in crate::telemetry) fn is_there(&self) -> bool {
        self.traces.is_some() || self.installs.is_some()
    }

    /// The first thing of all, so that whatever comes next is seen.
    pub(in crate::telemetry) fn install(&mut self, environment: &Environment) -> Result<(), Error> {
        let Some(lines) = self.installs else { return Ok(()) };
        let traces = self.traces.get_or_insert_default();
        subscriber::install(traces, lines, environment)
    }

    /// No spans will be exported.
    pub(in crate::telemetry) fn close(&self) {
        if let Some(traces) = &self.traces {
            traces.late.close();
        }
    }
}

/// Spans have somewhere to go, but do not go yet.
pub(in crate::telemetry) struct Prepared {
    late: Arc<Late>,
    chosen: TracesSettings,
    destination: Box<dyn Destination>,
}

/// Finds out whether spans can be exported as they should be.
pub(in crate::telemetry) fn prepare(
    settings: &Settings,
    wiring: &Wiring,
) -> Result<Option<Prepared>, Error> {
    let Some(chosen) = &settings.traces else {
        if wiring.is_there() {
            wiring.close();
        }
        return Ok(None);
    };
    let Some(traces) = &wiring.traces else {
        return Err(Error::new(
            "export spans: the program gives none to its telemetry; call `Builder::traces` or \
             `Builder::install_subscriber`, or choose OTEL_TRACES_EXPORTER=none",
        ));
    };
    let destination: Box<dyn Destination> = match &chosen.exporter {
        TracesExporter::Otlp(push) => Box::new(SpanPush::new(push, &settings.resource)?),
        TracesExporter::Console => Box::new(Console),
    };
    Ok(Some(Prepared { late: Arc::clone(&traces.late), chosen: chosen.clone(), destination }))
}

impl Prepared {
    /// Lets spans go from now on, and says where.
    pub(in crate::telemetry) fn open(
        self,
        meter: &Meter,
        own: &Arc<SelfObservation>,
    ) -> Result<Running, Error> {
        let Self { late, chosen, destination } = self;
        let exports = Exports::new(BackendKind::Traces);
        exports.report_to(own);
        let queue = Queue::start(destination, chosen.batching, exports.clone(), meter.losses())?;
        let spans = Spans { late: Arc::clone(&late), queue: queue.clone() };
        late.open(chosen.sampler, queue.clone())?;
        let sampler = chosen.sampler.to_string();
        match &chosen.exporter {
            TracesExporter::Otlp(push) => {
                tracing::info!(
                    endpoint = credentials::shown(&push.endpoint),
                    protocol = ?push.protocol,
                    sampler,
                    delay = ?chosen.batching.delay,
                    queue_size = chosen.batching.queue_size,
                    "spans are pushed"
                );
                queue.probe();
            }
            TracesExporter::Console => tracing::info!(sampler, "spans are printed"),
        }
        Ok(Running {
            name: "traces",
            backend: Arc::new(spans),
            exports: Some(exports),
            address: None,
            page: None,
        })
    }
}

/// The spans' part of flush and shutdown.
#[derive(Debug)]
struct Spans {
    late: Arc<Late>,
    queue: Queue,
}

impl Backend for Spans {
    fn flush(&self, deadline: Duration) -> Result<(), Error> {
        self.queue.flush(deadline)
    }

    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        self.late.close();
        self.queue.shutdown(deadline)
    }

    fn undelivered(&self) -> u64 {
        self.queue.undelivered()
    }
}

impl Destination for SpanPush {
    fn export(&self, spans: Vec<opentelemetry_sdk::trace::SpanData>) -> Result<(), String> {
        self.push(spans)
    }
}
