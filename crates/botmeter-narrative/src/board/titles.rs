//! Titles of panels that alerts lead to.

pub(super) const SUCCESSFUL_RUNS: &str = "Successful runs";
pub(super) const JSON_OF_NO_USE: &str = "JSON of no use";
pub(super) const RUNS_UNDER_WAY: &str = "Runs under way";
