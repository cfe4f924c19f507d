//! One call of a tool.

use std::{sync::Arc, time::Duration};

use botmeter_core::{Counter, Each, Event, Guard, Histogram, Meter, Outcome, Status};

use crate::instruments::{TOOL_CALLS, TOOL_DURATION};

/// All handles of one tool.
#[derive(Debug)]
pub(crate) struct Row {
    calls: Each<Status, Counter>,
    duration: Histogram,
}

impl Row {
    pub(crate) fn bind(meter: &Meter, tool: &str) -> Self {
        Self {
            calls: Each::new(|status| TOOL_CALLS.bind(meter, (tool, status))),
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
        ToolCall::start(self.clone())
    }
}

/// One call of a tool, counted once, at its end.
///
/// Ends with `finish`, `fail` (also where the tool says in its result that it
/// failed) or `end`. Dropped without a word, as a future is when its caller
/// goes away, it ends as `cancelled`;
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
pub type ToolCall = Guard<ToolHandle>;

/// A call of the tool.
impl Event for ToolHandle {
    fn ended(&mut self, outcome: Outcome, took: Duration) {
        self.0.calls[outcome.status()].add(1);
        self.0.duration.took(took);
    }
}
