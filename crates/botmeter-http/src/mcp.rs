//! One operation of an MCP client.

use std::{sync::Arc, time::Duration};

use botmeter_core::{Each, Event, Guard, Histogram, Meter, Outcome, Status};

use crate::{McpMethod, instruments::MCP_DURATION};

/// All handles of MCP operations.
#[derive(Debug)]
pub(crate) struct Mcp {
    duration: Each<McpMethod, Each<Status, Histogram>>,
}

impl Mcp {
    pub(crate) fn bind(meter: &Meter) -> Self {
        // Most clients use four of the methods; an empty histogram for each
        // would be a thousand lines.
        let bind = |method, status| MCP_DURATION.bind_late(meter, (method, status));
        Self { duration: Each::new(|method| Each::new(|status| bind(method, status))) }
    }
}

/// One operation of an MCP client, counted once, at its end.
///
/// Ends with `finish`, once the server answered or the notification is sent,
/// with `fail`, also where the server says in the result of a tool that it
/// failed (`isError`), or with `end`. Dropped without a word, it ends as
/// `cancelled`; dropped by a panic, as an `error`.
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
pub type McpCall = Guard<McpOperation>;

/// What an [`McpCall`] asks for.
#[derive(Debug)]
pub struct McpOperation {
    mcp: Arc<Mcp>,
    method: McpMethod,
}

impl McpOperation {
    pub(crate) fn new(mcp: Arc<Mcp>, method: McpMethod) -> Self {
        Self { mcp, method }
    }
}

impl Event for McpOperation {
    fn ended(&mut self, outcome: Outcome, took: Duration) {
        self.mcp.duration[self.method][outcome.status()].took(took);
    }
}
