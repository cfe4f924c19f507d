//! Titles of panels that alerts lead to.

pub(super) const FAILED_PASSES: &str = "Failed passes";
pub(super) const BACKLOG_IN_AN_HOUR: &str = "Backlog in an hour";
pub(super) const TIME_SINCE_PUBLICATION: &str = "Time since publication";
pub(super) const PUBLISHED_BY_PIPELINE: &str = "Published by pipeline";
pub(super) const ACCEPTANCE_BY_PIPELINE: &str = "Acceptance by pipeline";
