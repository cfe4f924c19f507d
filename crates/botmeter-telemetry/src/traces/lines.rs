//! Log lines that name their trace.

use std::fmt;

use opentelemetry::trace::SpanContext;
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Format, Full, Json, Writer},
    },
    registry::LookupSpan,
};

use super::current::current;

/// A format of log lines with `trace_id` and `span_id` behind what it writes,
/// so that a line leads to its trace.
///
/// For the subscriber of an application; the one that
/// [`install_subscriber`](crate::Builder::install_subscriber)
/// installs has it.
///
/// ```
/// use botmeter_telemetry::traces::{TraceIds, Traces};
/// use tracing_subscriber::{fmt, layer::SubscriberExt};
///
/// let traces = Traces::new();
/// let subscriber = tracing_subscriber::registry()
///     .with(traces.layer())
///     .with(fmt::layer().event_format(TraceIds::text(fmt::format())));
/// # drop(subscriber);
/// ```
#[derive(Clone, Debug)]
pub struct TraceIds<F> {
    format: F,
    is_json: bool,
}

impl<T> TraceIds<Format<Full, T>> {
    /// Lines of text: `… trace_id=… span_id=…`.
    pub fn text(format: Format<Full, T>) -> Self {
        Self { format, is_json: false }
    }
}

impl<T> TraceIds<Format<Json, T>> {
    /// Lines of JSON: `{…,"trace_id":"…","span_id":"…"}`.
    pub fn json(format: Format<Json, T>) -> Self {
        Self { format, is_json: true }
    }
}

impl<S, N, F> FormatEvent<S, N> for TraceIds<F>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(span) = span_of(event) else {
            return self.format.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.format.format_event(context, Writer::new(&mut line), event)?;
        let line = line.trim_end_matches('\n');
        let (trace, span) = (span.trace_id(), span.span_id());
        match line.strip_suffix('}') {
            Some(open) if self.is_json => {
                writeln!(writer, r#"{open},"trace_id":"{trace}","span_id":"{span}"}}"#)
            }
            _ => writeln!(writer, "{line} trace_id={trace} span_id={span}"),
        }
    }
}

/// The span that the event happens in. An event that names its span, or none,
/// need not happen in the one that is entered here.
fn span_of(event: &Event<'_>) -> Option<SpanContext> {
    if !event.is_contextual() {
        return None;
    }
    current()
}
