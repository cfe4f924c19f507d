//! One call of a tool.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use botmeter_core::{Counter, Each, Histogram, Meter};

use crate::{
    Outcome,
    instruments::{TOOL_CALLS, TOOL_DURATION},
};

/// All handles of one tool.
#[derive(Debug)]
pub(crate) struct Row {
    calls: Each<Outcome, Counter>,
    duration: Histogram,
}

impl Row {
    pub(crate) fn bind(meter: &Meter, tool: &str) -> Self {
        Self {
            calls: Each::new(|outcome| TOOL_CALLS.bind(meter, (tool, outcome))),
            duration: TOOL_DURATION.bind(meter, (tool,)),
        }
    }
}

/// One tool, found once; its series exist from now on.
#[derive(Clone, Debug)]
pub struct ToolHandle(Arc<Row>);

impl ToolHandle {
    pub(crate) fn new(row: Arc<Row>) -> Self {
        Self(row)
    }

    /// A call starts.
    #[inline]
    pub fn start(&self) -> ToolCall {
        ToolCall { row: Arc::clone(&self.0), started: Instant::now(), outcome: None }
    }
}

/// One call of a tool, counted once, at its end.
///
/// Ends with [`finish`](Self::finish) or [`fail`](Self::fail). Dropped without
/// a word, as a future is when its caller goes away, it ends as `cancelled`;
/// dropped by a panic, as an `error`.
///
/// ```
/// # use botmeter_http::core::{Domain, Memory, Meter};
/// use botmeter_http::Http;
///
/// # let memory = Memory::new();
/// # let http = Http::register(&Meter::new(memory.clone()));
/// let call = http.start_tool("search");
/// // ... the tool finds something ...
/// call.finish();
///
/// let done = [("tool", "search"), ("status", "success")];
/// assert_eq!(memory.value("tool_calls_total", &done), Some(1.0));
/// ```
///
/// A call ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_http::{Http, core::{Domain, Meter, backend::Discard}};
/// # let http = Http::register(&Meter::new(Discard));
/// let call = http.start_tool("search");
/// call.finish();
/// call.fail();
/// ```
#[derive(Debug)]
#[must_use = "a call that is dropped at once counts as cancelled"]
pub struct ToolCall {
    row: Arc<Row>,
    started: Instant,
    outcome: Option<Outcome>,
}

impl ToolCall {
    /// The tool did what it was asked.
    pub fn finish(mut self) {
        self.outcome = Some(Outcome::Success);
    }

    /// The tool failed, or says in its result that it did.
    pub fn fail(mut self) {
        self.outcome = Some(Outcome::Error);
    }

    /// How long the call has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where a call of a tool ends.
impl Drop for ToolCall {
    fn drop(&mut self) {
        let outcome = self.outcome.unwrap_or_else(Outcome::unsaid);
        self.row.calls[outcome].add(1);
        self.row.duration.record(self.started.elapsed().as_secs_f64());
    }
}
