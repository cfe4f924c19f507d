//! Titles of panels that alerts lead to.

pub(super) const ERROR_SHARE: &str = "Error share by model";
pub(super) const ERRORS: &str = "Errors by type";
pub(super) const REFUSED_SHARE: &str = "Share refused because of rate limits";
pub(super) const RATE_LIMIT_EVENTS: &str = "Rate limit events";
pub(super) const FIRST_TOKEN: &str = "Time to first token (p95)";
pub(super) const COST_OF_A_DAY: &str = "Cost of the last 24 hours";
pub(super) const COST_PER_HOUR: &str = "Cost per hour";
pub(super) const UNPRICED: &str = "Calls without a price in the last hour";
pub(super) const CACHE_SHARE: &str = "Prompt tokens from the cache";
pub(super) const ERROR_BURN: &str = "Error budget: failed calls";
pub(super) const LATENCY_BURN: &str = "Error budget: slow calls";
