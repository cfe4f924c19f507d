//! Titles of panels that alerts lead to.

pub(super) const ACTIVE_MERGES: &str = "Active merges";
pub(super) const CONFLICT_SHARE: &str = "Conflict share of merges";
pub(super) const FAILED_SHARE: &str = "Failed tasks by worker";
pub(super) const LATE_RETRIES: &str = "Retries after the fourth";
