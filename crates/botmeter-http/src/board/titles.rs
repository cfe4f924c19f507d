//! Titles of panels that alerts lead to.

pub(super) const FAILED_SHARE: &str = "Share of requests that the server failed";
pub(super) const TOOL_ERROR_SHARE: &str = "Error share by tool";
pub(super) const TOOL_TIME: &str = "Tool time (p95)";
