//! The instruments of requests served and tools called.

use botmeter_core::{Counter, Histogram, Instrument, Unit, UpDownCounter, buckets};

use crate::{
    Outcome,
    labels::{McpMethod, Method, Route, Status, Tool},
};

/// Requests, counted once at their end.
pub static REQUESTS: Instrument<Counter, (Method, Route, Status)> = Instrument::counter(
    "http.requests",
    Unit::of("{request}"),
    "Requests served, counted once at their end, by the status code of the response; 499 when \
     the client went away before it had the whole response.",
);
/// How long requests take.
pub static REQUEST_DURATION: Instrument<Histogram, (Method, Route)> = Instrument::histogram(
    "http.request.duration",
    Unit::SECONDS,
    "Time from the arrival of a request to the end of the body of its response.",
    buckets::FAST,
);
/// Requests that have not ended.
pub static REQUESTS_IN_FLIGHT: Instrument<UpDownCounter, (Method,)> = Instrument::up_down_counter(
    "http.requests.in_flight",
    Unit::of("{request}"),
    "Requests that have arrived and whose response has not ended.",
);
/// Calls of tools, counted once at their end.
pub static TOOL_CALLS: Instrument<Counter, (Tool, Outcome)> = Instrument::counter(
    "tool.calls",
    Unit::of("{call}"),
    "Calls of tools, counted once at their end, by how they ended.",
);
/// How long tools take.
pub static TOOL_DURATION: Instrument<Histogram, (Tool,)> = Instrument::histogram(
    "tool.duration",
    Unit::SECONDS,
    "Time that a call of a tool took, failures and cancellations included.",
    buckets::LLM,
);
/// How long MCP operations take.
pub static MCP_DURATION: Instrument<Histogram, (McpMethod, Outcome)> = Instrument::histogram(
    "mcp.client.operation.duration",
    Unit::SECONDS,
    "Time from the request to an MCP server, or the notification of one, to its end.",
    buckets::LLM,
);
