//! Where something stops being well, and why there.

use botmeter_board::Limit;

/// Requests that the server answers with 5xx.
pub(super) const FAILED_SHARE: Limit = Limit::new(
    0.05,
    "clients retry single failures; when every twentieth request fails, some fail twice, and \
     users see it",
);

/// Requests before one speaks of a share.
pub(super) const ENOUGH_REQUESTS: Limit =
    Limit::new(20.0, "with fewer requests in five minutes, a single one is more than 5 %");

/// Calls of a tool that fail.
pub(super) const TOOL_ERROR_SHARE: Limit = Limit::new(
    0.1,
    "a model that gets an error corrects its call and tries again, which hides a few; one in ten \
     is more than wrong arguments, and each costs another turn",
);

/// Calls of a tool before one speaks of a share or a percentile.
pub(super) const ENOUGH_CALLS: Limit = Limit::new(
    10.0,
    "with fewer calls in a quarter of an hour, one call more or less would decide",
);

/// Time that a call of a tool takes.
pub(super) const TOOL_TIME: Limit = Limit::new(
    30.0,
    "clients of MCP servers usually give up after 60 s; at half of that, the slowest calls are \
     already lost",
);
