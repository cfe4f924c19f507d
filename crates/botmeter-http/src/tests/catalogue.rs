//! The names that dashboards were promised.

use botmeter_core::{Descriptor, Registered, buckets};

use super::Bench;
use crate::{Http, McpMethod, Method, Outcome, Status};

const PROMISED: &str = "\
http_request_duration_seconds Histogram FAST method route/200
http_requests_in_flight UpDownCounter method
http_requests_total Counter method route/200 status
mcp_client_operation_duration_seconds Histogram LLM method status
tool_calls_total Counter tool/128 status
tool_duration_seconds Histogram LLM tool/128";

#[test]
fn every_instrument_is_called_as_promised() {
    let registered = Registered::of::<Http>();
    let mut lines: Vec<String> = registered.instruments.into_iter().map(line).collect();
    lines.sort();
    assert_eq!(lines.join("\n"), PROMISED);
}

fn line(descriptor: &'static Descriptor) -> String {
    use botmeter_core::label::Values;
    let mut line = format!("{} {:?}", descriptor.prometheus_name(), descriptor.kind());
    let bounds = [("FAST", buckets::FAST), ("LLM", buckets::LLM)];
    for (name, _) in bounds.iter().filter(|(_, bounds)| *bounds == descriptor.buckets()) {
        line = format!("{line} {name}");
    }
    for label in descriptor.labels() {
        line = match label.values() {
            Values::Open { limit } => format!("{line} {}/{limit}", label.key()),
            Values::Closed(_) => format!("{line} {}", label.key()),
        };
    }
    line
}

#[test]
fn the_values_of_the_outcome_are_promised_too() {
    let values: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
    assert_eq!(values, ["success", "error", "cancelled"]);
}

#[test]
fn every_instrument_is_fed_by_some_event() {
    let bench = Bench::new();
    let _in_flight = bench.http.start(Method::Get, Some("/runs/{id}"));
    bench.http.start(Method::Get, Some("/runs/{id}")).finish(Status::Ok);
    bench.http.start_tool("search").finish();
    bench.http.start_mcp(McpMethod::ToolsCall).finish();
    assert_eq!(bench.memory.unfed::<Http>(), [""; 0], "\n{}", bench.memory.text());
}
