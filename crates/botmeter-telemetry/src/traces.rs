//! Spans: a layer for `tracing`, and where they go.
//!
//! What `tracing` calls a span becomes one of OpenTelemetry, and events inside
//! of it become its events. A program that has a subscriber of its own adds
//! [`Traces::layer`] to it; one that has none lets
//! [`start`](crate::Builder::start) install one, with log lines that
//! name their trace.
//!
//! Metrics never depend on any of this: not on a subscriber, a level or a
//! sampler. Counters and buckets only remember the last sampled span that they
//! were recorded in, as an exemplar, which leads from a number to a trace.

mod console;
mod current;
mod gate;
mod late;
mod lines;
mod queue;
mod subscriber;
mod wiring;

use std::{fmt, sync::Arc};

use opentelemetry::{InstrumentationScope, trace::TracerProvider};
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanLimits};
use tracing::{Level, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, registry::LookupSpan};

use gate::Gate;
use late::{Late, LateProcessor, LateSampler};
pub use lines::TraceIds;
pub(crate) use subscriber::Lines;
pub(crate) use wiring::{Wiring, prepare};

/// The name of the scope of all spans.
const SCOPE: &str = "botmeter";

/// What stands between the program's subscriber and the telemetry that is
/// started after it.
///
/// The subscriber comes first, so that it sees what happens at start-up; from
/// [`start`](crate::Builder::start) on, its spans are exported, if
/// that was chosen. Before, after a shutdown, and if no spans are exported, the
/// layer asks for nothing and costs nothing.
///
/// ```
/// use botmeter_telemetry::{Telemetry, traces::Traces};
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let traces = Traces::new();
/// let subscriber = tracing_subscriber::registry()
///     .with(traces.layer())
///     .with(tracing_subscriber::fmt::layer());
/// # let _guard = tracing::subscriber::set_default(subscriber);
/// // tracing::subscriber::set_global_default(subscriber)?;
/// let (telemetry, ()) = Telemetry::builder("my-bot")
///     .traces(&traces)
/// #   .environment([("OTEL_METRICS_EXPORTER", "none")].into_iter().collect())
///     .start::<()>()?;
/// tracing::info_span!("a job").in_scope(|| tracing::info!("it is done"));
/// telemetry.end();
/// # Ok::<(), botmeter_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Traces {
    late: Arc<Late>,
    provider: SdkTracerProvider,
    level: LevelFilter,
}

impl Traces {
    /// Spans and events of the level `INFO` and those that matter more.
    pub fn new() -> Self {
        let late = Arc::new(Late::default());
        let provider = SdkTracerProvider::builder()
            .with_sampler(LateSampler(Arc::clone(&late)))
            .with_span_limits(SpanLimits::default())
            .with_span_processor(LateProcessor(Arc::clone(&late)))
            // The queue knows whose spans they are. Left out, the SDK would
            // look into the process's environment for it.
            .with_resource(opentelemetry_sdk::Resource::builder_empty().build())
            .build();
        Self { late, provider, level: LevelFilter::INFO }
    }

    /// Spans and events of this level and those that matter more. Below `INFO`,
    /// libraries make many.
    #[must_use]
    pub fn at_level(self, level: Level) -> Self {
        Self { level: LevelFilter::from_level(level), ..self }
    }

    /// What the program adds to its subscriber.
    ///
    /// A span's fields become attributes; `otel.name`, `otel.kind`,
    /// `otel.status_code` and `otel.status_description` mean what they say.
    /// Whatever an event says goes out with the span that it happens in, so
    /// what must not leave must not be logged at this level.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let scope =
            InstrumentationScope::builder(SCOPE).with_version(env!("CARGO_PKG_VERSION")).build();
        // What is left out tells where in the source a span begins, with paths
        // of the machine that compiled it, and on which thread.
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer_with_scope(scope))
            .with_target(true)
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(Gate::new(Arc::clone(&self.late), self.level))
    }
}

impl Default for Traces {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traces")
            .field("is_open", &self.late.is_open())
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}
