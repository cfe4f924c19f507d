//! The layer `page` in a build without the scrape backend.

use botmeter_export::finding::Finding;

use super::subject::Subject;

pub(super) const LAYER: &str = "page";

pub(super) fn look(_: &Subject) -> Finding {
    Finding::skipped(LAYER, "not compiled in: the feature `scrape`")
}
