//! Metrics of HTTP requests served and tools called, as a tower layer.
#![doc = include_str!("../README.md")]

#[cfg(feature = "board")]
pub mod board;
mod body;
mod domain;
pub mod instruments;
mod labels;
mod layer;
#[cfg(any(feature = "axum", test))]
mod matched;
mod mcp;
mod request;
mod tool;

pub use body::MeteredBody;
pub use botmeter_core::{self as core, Status as Outcome};
pub use domain::Http;
pub use labels::{McpMethod, Method, Route, Status, Tool, UNMATCHED};
pub use layer::{HttpLayer, HttpService, ResponseFuture};
#[cfg(any(feature = "axum", test))]
pub use matched::matched_path;
pub use mcp::{McpCall, McpOperation};
pub use request::{RouteHandle, ServedRequest};
pub use tool::{ToolCall, ToolHandle};

#[cfg(test)]
mod tests;
