//! Tools that are called, and MCP servers that are asked.

use botmeter_board::{Color, Line, Panel, Row, Show, observations, quantile, rate, share_of};

use super::{HttpThresholds, alerts, titles};
use crate::{
    McpMethod, Outcome, Tool,
    instruments::{MCP_DURATION, TOOL_CALLS, TOOL_DURATION},
};

pub(super) fn tools(of: &HttpThresholds) -> Row {
    Row::open(
        "Tools",
        [
            Panel::time_series(
                "Calls by tool",
                "Calls per minute that ended. A tool that is called much more than before is \
                 often one that a model keeps calling in a loop: look at its results.",
                Show::PerMinute,
            )
            .draw(rate(&TOOL_CALLS).by::<(Tool,)>().per_minute())
            .stacked(),
            Panel::time_series(
                "Tool calls by outcome",
                "Calls per minute, by how they ended. Nearly all should be green; gray are calls \
                 that were given up on, often because they took too long.",
                Show::PerMinute,
            )
            .draw(calls(Outcome::Success, "success", Color::Green))
            .draw(calls(Outcome::Error, "error", Color::Red))
            .draw(calls(Outcome::Cancelled, "cancelled", Color::Gray))
            .stacked(),
            Panel::time_series(
                titles::TOOL_ERROR_SHARE,
                "Share of each tool's calls that fail, cancelled calls left out. Above the dashed \
                 line for a quarter of an hour, an alert fires: call the tool by hand to see \
                 whether it or the model is wrong.",
                Show::Ratio,
            )
            .draw(alerts::failed_calls().by::<(Tool,)>())
            .limit(&of.tool_error_share)
            .with_traces()
            .without_data("no calls"),
            Panel::time_series(
                titles::TOOL_TIME,
                "The time within which 95 of 100 calls of each tool end. An agent waits for it in \
                 every turn; above the dashed line, callers begin to give up.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &TOOL_DURATION).by::<(Tool,)>())
            .limit(&of.tool_time)
            .with_traces()
            .without_data("no calls"),
        ],
    )
}

pub(super) fn mcp() -> Row {
    Row::open(
        "MCP servers",
        [
            Panel::time_series(
                "MCP operations by method",
                "Operations per minute. Many `initialize` mean that sessions do not last; many \
                 `tools/list` mean that a client does not keep the answer.",
                Show::PerMinute,
            )
            .draw(observations(&MCP_DURATION).by::<(McpMethod,)>().per_minute())
            .stacked()
            .size(8, 8),
            Panel::time_series(
                "Error share by MCP method",
                "Share of operations that fail, cancelled ones left out. If `initialize` fails, \
                 the server is not there or refuses the key; if only `tools/call` fails, it is a \
                 tool: see above which one.",
                Show::Ratio,
            )
            .draw(
                share_of(&MCP_DURATION)
                    .that(Outcome::Error)
                    .not_counting(Outcome::Cancelled)
                    .by::<(McpMethod,)>(),
            )
            .size(8, 8)
            .without_data("no operations"),
            Panel::time_series(
                "MCP operation time (p95)",
                "The time within which 95 of 100 operations end. A server whose `ping` or \
                 `tools/list` is slow is at its limit; `tools/call` takes as long as its tool.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &MCP_DURATION).by::<(McpMethod,)>())
            .size(8, 8)
            .without_data("no operations"),
        ],
    )
}

fn calls(outcome: Outcome, name: &'static str, color: Color) -> Line {
    rate(&TOOL_CALLS).only(outcome).all().per_minute().named(name).color(color)
}
