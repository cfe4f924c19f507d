//! The layer `page` in a build without the scrape backend.

use super::{Subject, finding::Finding};

pub(super) const LAYER: &str = "page";

pub(super) fn look(_: &Subject) -> Finding {
    Finding::skipped(LAYER, "not compiled in: the feature `scrape`")
}
