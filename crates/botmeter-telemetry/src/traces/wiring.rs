//! What the program said about its spans, and what the start makes of it.

use std::{sync::Arc, time::Duration};

use super::{
    Traces,
    console::Console,
    current,
    late::Late,
    queue::{Destination, Queue},
    subscriber::{self, Lines},
};
use botmeter_core::{Backend, Error, Meter, store::set_span_source};
use botmeter_export::{BackendKind, Exports, credentials, otlp::SpanPush};

use crate::{
    environment::Environment,
    running::Running,
    self_observation::SelfObservation,
    settings::{Chooser, Settings, TracesExporter, TracesSettings},
};

/// How spans come from the program.
#[derive(Debug, Default)]
pub(crate) struct Wiring {
    pub(crate) traces: Option<Traces>,
    pub(crate) installs: Option<Lines>,
}

impl Wiring {
    /// Whether spans have a way to here.
    pub(crate) fn is_there(&self) -> bool {
        self.traces.is_some() || self.installs.is_some()
    }

    /// The first thing of all, so that whatever comes next is seen.
    pub(crate) fn install(&mut self, environment: &Environment) -> Result<(), Error> {
        let Some(lines) = self.installs else { return Ok(()) };
        let traces = self.traces.get_or_insert_default();
        subscriber::install(traces, lines, environment)
    }

    /// No spans will be exported.
    pub(crate) fn close(&self) {
        if let Some(traces) = &self.traces {
            traces.late.close();
        }
    }
}

/// Spans have somewhere to go, but do not go yet.
pub(crate) struct Prepared {
    late: Arc<Late>,
    chosen: TracesSettings,
    destination: Box<dyn Destination>,
}

/// Finds out whether spans can be exported as they should be.
pub(crate) fn prepare(settings: &Settings, wiring: &Wiring) -> Result<Option<Prepared>, Error> {
    let Some(chosen) = &settings.traces else {
        if wiring.is_there() {
            wiring.close();
        }
        return Ok(None);
    };
    let Some(traces) = &wiring.traces else {
        let otherwise = match settings.chosen_by.spans {
            Chooser::Code => "",
            Chooser::Environment => ", or choose OTEL_TRACES_EXPORTER=none",
        };
        return Err(Error::new(format!(
            "export spans: the program gives none to its telemetry; call `Builder::traces` or \
             `Builder::install_subscriber`{otherwise}"
        )));
    };
    let destination: Box<dyn Destination> = match &chosen.exporter {
        TracesExporter::Otlp(push) => Box::new(SpanPush::new(push, &settings.resource)?),
        TracesExporter::Console => Box::new(Console),
    };
    // Handles ask for it when they are bound, which comes later.
    set_span_source(current::sampled);
    Ok(Some(Prepared { late: Arc::clone(&traces.late), chosen: chosen.clone(), destination }))
}

impl Prepared {
    /// Lets spans go from now on, and says where.
    pub(crate) fn open(self, meter: &Meter, own: &Arc<SelfObservation>) -> Result<Running, Error> {
        let Self { late, chosen, destination } = self;
        let exports = Exports::new(BackendKind::Traces);
        exports.report_to(Box::new(own.exports_of(exports.backend())));
        let queue =
            Queue::start(destination, chosen.batching, exports.clone(), meter.guards().clone())?;
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
