//! The span that is going on, as log lines and exemplars name it.

use botmeter_core::{store::SpanIds, tell};
use opentelemetry::{
    Context,
    trace::{SpanContext, TraceContextExt},
};

pub(super) fn current() -> Option<SpanContext> {
    Context::map_current(|context| {
        let span = context.span();
        let span = span.span_context();
        span.is_valid().then(|| span.clone())
    })
}

/// The span to which an exemplar leads, if it is kept.
///
/// An event may be recorded where the thread-local of the context is gone.
pub(super) fn sampled() -> Option<SpanIds> {
    let span = tell(current)?.filter(SpanContext::is_sampled)?;
    Some(SpanIds { trace_id: span.trace_id().to_bytes(), span_id: span.span_id().to_bytes() })
}
