//! Spans as lines on standard output.

use std::{
    fmt::{self, Write as _},
    io::{self, Write as _},
    time::{Duration, UNIX_EPOCH},
};

use opentelemetry::{
    KeyValue,
    trace::{SpanId, SpanKind, Status},
};
use opentelemetry_sdk::trace::SpanData;

use super::queue::Destination;

/// Prints each span when it ended.
pub(super) struct Console;

impl Destination for Console {
    fn export(&self, spans: Vec<SpanData>) -> Result<(), String> {
        let mut text = String::new();
        for span in &spans {
            // Writing into memory does not fail.
            let _written = writeln!(text, "{}", Line(span));
        }
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(|error| format!("print to standard output: {error}"))
    }
}

impl fmt::Display for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output")
    }
}

/// One span in one line: a name or a value with spaces or line breaks is
/// quoted.
struct Line<'a>(&'a SpanData);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(span) = self;
        let start = span.start_time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let took = span.end_time.duration_since(span.start_time).unwrap_or(Duration::ZERO);
        write!(f, "span {:?}", span.name)?;
        write!(f, " at={:.3} took={took:?} kind={}", start.as_secs_f64(), kind(&span.span_kind))?;
        write!(f, " trace={} id={}", span.span_context.trace_id(), span.span_context.span_id())?;
        if span.parent_span_id != SpanId::INVALID {
            write!(f, " parent={}", span.parent_span_id)?;
        }
        match &span.status {
            Status::Unset => {}
            Status::Ok => f.write_str(" status=ok")?,
            Status::Error { description } if description.is_empty() => {
                f.write_str(" status=error")?;
            }
            Status::Error { description } => write!(f, " status=error({description:?})")?,
        }
        attributes(f, &span.attributes)?;
        for event in span.events.iter() {
            write!(f, " event={:?}", event.name)?;
        }
        Ok(())
    }
}

fn kind(kind: &SpanKind) -> &'static str {
    match kind {
        SpanKind::Client => "client",
        SpanKind::Server => "server",
        SpanKind::Producer => "producer",
        SpanKind::Consumer => "consumer",
        SpanKind::Internal => "internal",
    }
}

fn attributes(f: &mut fmt::Formatter<'_>, attributes: &[KeyValue]) -> fmt::Result {
    for KeyValue { key, value, .. } in attributes {
        let value = value.as_str();
        let is_plain = !value.is_empty()
            && value.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '"');
        if is_plain {
            write!(f, " {key}={value}")?;
        } else {
            write!(f, " {key}={value:?}")?;
        }
    }
    Ok(())
}
