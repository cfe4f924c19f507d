//! One operation of an MCP client.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use botmeter_core::{Each, Histogram, Meter};

use crate::{McpMethod, Outcome, instruments::MCP_DURATION};

/// All handles of MCP operations.
#[derive(Debug)]
pub(crate) struct Mcp {
    duration: Each<McpMethod, Each<Outcome, Histogram>>,
}

impl Mcp {
    pub(crate) fn bind(meter: &Meter) -> Self {
        // Most clients use four of the methods; an empty histogram for each
        // would be a thousand lines.
        let bind = |method, outcome| MCP_DURATION.bind_late(meter, (method, outcome));
        Self { duration: Each::new(|method| Each::new(|outcome| bind(method, outcome))) }
    }
}

/// One operation of an MCP client, counted once, at its end.
///
/// Ends with [`finish`](Self::finish) or [`fail`](Self::fail). Dropped without
/// a word, it ends as `cancelled`; dropped by a panic, as an `error`.
///
/// ```
/// # use botmeter_http::core::{Domain, Memory, Meter};
/// use botmeter_http::{Http, McpMethod};
///
/// # let memory = Memory::new();
/// # let http = Http::register(&Meter::new(memory.clone()));
/// let operation = http.start_mcp(McpMethod::ToolsCall);
/// // ... the result has `isError` set ...
/// operation.fail();
///
/// let failed = [("method", "tools/call"), ("status", "error")];
/// let count = "mcp_client_operation_duration_seconds_count";
/// assert_eq!(memory.value(count, &failed), Some(1.0));
/// ```
///
/// An operation ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_http::{Http, McpMethod, core::{Domain, Meter, backend::Discard}};
/// # let http = Http::register(&Meter::new(Discard));
/// let operation = http.start_mcp(McpMethod::ToolsCall);
/// operation.finish();
/// operation.fail();
/// ```
#[derive(Debug)]
#[must_use = "an operation that is dropped at once counts as cancelled"]
pub struct McpCall {
    mcp: Arc<Mcp>,
    method: McpMethod,
    started: Instant,
    outcome: Option<Outcome>,
}

impl McpCall {
    pub(crate) fn start(mcp: Arc<Mcp>, method: McpMethod) -> Self {
        Self { mcp, method, started: Instant::now(), outcome: None }
    }

    /// The server answered, or the notification is sent.
    pub fn finish(mut self) {
        self.outcome = Some(Outcome::Success);
    }

    /// The server could not be reached, answered with an error, or says in the
    /// result of a tool that it failed (`isError`).
    pub fn fail(mut self) {
        self.outcome = Some(Outcome::Error);
    }

    /// How long the operation has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where an operation ends.
impl Drop for McpCall {
    fn drop(&mut self) {
        let outcome = self.outcome.unwrap_or_else(Outcome::unsaid);
        self.mcp.duration[self.method][outcome].record(self.started.elapsed().as_secs_f64());
    }
}
