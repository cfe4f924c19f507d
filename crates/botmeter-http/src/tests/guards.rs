//! Tools and MCP operations.

use std::{future::pending, io, thread, time::Duration};

use super::{Bench, panicking};
use crate::{McpCall, McpMethod, Outcome, ServedRequest, ToolCall};

#[test]
fn a_call_of_a_tool_is_counted_once_however_it_ends() {
    let bench = Bench::new();
    bench.http.start_tool("search").finish();
    bench.http.start_tool("search").fail();
    drop(bench.http.start_tool("search"));
    panicking(|| {
        let _call = bench.http.start_tool("search");
        panic!("on purpose");
    });
    bench.check(&[
        "tool_calls_total{tool=\"search\",status=\"cancelled\"} 1",
        "tool_calls_total{tool=\"search\",status=\"error\"} 2",
        "tool_calls_total{tool=\"search\",status=\"success\"} 1",
        "tool_duration_seconds_count{tool=\"search\"} 4",
    ]);
}

#[test]
fn an_mcp_operation_is_counted_once_however_it_ends() {
    let bench = Bench::new();
    bench.http.start_mcp(McpMethod::ToolsCall).finish();
    bench.http.start_mcp(McpMethod::ToolsCall).fail();
    drop(bench.http.start_mcp(McpMethod::named("x-vendor/thing")));
    panicking(|| {
        let _call = bench.http.start_mcp(McpMethod::Initialize);
        panic!("on purpose");
    });
    let count = "mcp_client_operation_duration_seconds_count";
    bench.check(&[
        &format!("{count}{{method=\"initialize\",status=\"error\"}} 1"),
        &format!("{count}{{method=\"other\",status=\"cancelled\"}} 1"),
        &format!("{count}{{method=\"tools/call\",status=\"error\"}} 1"),
        &format!("{count}{{method=\"tools/call\",status=\"success\"}} 1"),
    ]);
}

#[tokio::test(start_paused = true)]
async fn a_future_is_counted_with_its_result() {
    let bench = Bench::new();
    let found = bench.http.observe_tool("search", async { Ok::<_, io::Error>(7) }).await;
    assert_eq!(found.unwrap(), 7);
    let failed = async { Err::<(), _>(anyhow::anyhow!("no such index")) };
    let error = bench.http.observe_tool("search", failed).await.unwrap_err();
    assert_eq!(error.to_string(), "no such index");
    let failed = async { Err::<(), _>("no error type") };
    let error = bench.http.start_tool("search").observe_with(failed, |_| ()).await;
    assert_eq!(error, Err("no error type"));
    let hanging = bench.http.observe_tool("search", pending::<Result<(), io::Error>>());
    assert!(tokio::time::timeout(Duration::from_secs(1), hanging).await.is_err());

    let listed = async { Ok::<_, io::Error>(["search"]) };
    assert!(bench.http.observe_mcp(McpMethod::ToolsList, listed).await.is_ok());
    let hanging = bench.http.observe_mcp(McpMethod::ToolsCall, pending::<Result<(), io::Error>>());
    assert!(tokio::time::timeout(Duration::from_secs(1), hanging).await.is_err());

    let count = "mcp_client_operation_duration_seconds_count";
    bench.check(&[
        &format!("{count}{{method=\"tools/call\",status=\"cancelled\"}} 1"),
        &format!("{count}{{method=\"tools/list\",status=\"success\"}} 1"),
        "tool_calls_total{tool=\"search\",status=\"cancelled\"} 1",
        "tool_calls_total{tool=\"search\",status=\"error\"} 2",
        "tool_calls_total{tool=\"search\",status=\"success\"} 1",
        "tool_duration_seconds_count{tool=\"search\"} 4",
    ]);
}

#[test]
fn a_known_tool_starts_from_zero_and_mcp_has_no_empty_histograms() {
    let bench = Bench::new();
    let _search = bench.http.tool("search");
    for outcome in Outcome::ALL {
        let labels = [("tool", "search"), ("status", outcome.as_str())];
        assert_eq!(bench.memory.value("tool_calls_total", &labels), Some(0.0));
    }
    assert!(!bench.memory.text().contains("mcp_"), "{}", bench.memory.text());
}

#[test]
fn tools_past_the_limit_are_other_and_odd_names_are_cleaned() {
    let bench = Bench::new();
    bench.http.start_tool("").finish();
    bench.http.start_tool(&"long".repeat(2500)).finish();
    bench.http.start_tool("a\nb\\\"c\"").finish();
    for n in 0..200 {
        bench.http.start_tool(&format!("tool-{n}")).finish();
    }
    let done = |tool: &str| {
        bench.memory.value("tool_calls_total", &[("tool", tool), ("status", "success")])
    };
    assert_eq!(done("unknown"), Some(1.0));
    assert_eq!(done("tool-124"), Some(1.0));
    assert_eq!(done("tool-125"), None);
    assert_eq!(done("other"), Some(75.0));
    assert!(bench.memory.text().lines().all(|line| line.len() < 300));
}

#[test]
fn guards_may_go_to_other_threads() {
    fn is_sendable<T: Send + Sync + 'static>() {}
    is_sendable::<ToolCall>();
    is_sendable::<McpCall>();
    is_sendable::<ServedRequest>();
    let bench = Bench::new();
    let search = bench.http.tool("search");
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..200 {
                    search.start().finish();
                }
            });
        }
    });
    bench.check(&[
        "tool_calls_total{tool=\"search\",status=\"success\"} 1600",
        "tool_duration_seconds_count{tool=\"search\"} 1600",
    ]);
}
