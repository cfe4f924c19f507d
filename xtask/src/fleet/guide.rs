//! The figures of the guide to scaling.

use std::fs;

use anyhow::{Context, Result};

use crate::repository;

/// What one Prometheus needs.
pub(super) const PROMETHEUS: &str = "bytes of memory per series in Prometheus";

/// What all stores of a fleet need together.
pub(super) const MEMORY: &str = "bytes of memory per series in all of a fleet's servers";

/// What the receivers need together.
pub(super) const RECEIVERS: &str = "bytes of memory per series in three receivers";

/// What a Prometheus that hands on needs of a core.
pub(super) const HANDING_ON: &str =
    "seconds of a core per million samples in a Prometheus that hands on";

/// What three receivers need of one.
pub(super) const RECEIVING: &str = "seconds of a core per million samples in three receivers";

/// `docs/scaling.md`, whose tables of figures have them in their first two
/// columns.
#[derive(Clone, Debug)]
pub struct Guide(String);

impl Guide {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// When it is not there.
    pub fn read() -> Result<Self> {
        let path = repository::root().join("docs/scaling.md");
        let text = fs::read_to_string(&path);
        Ok(Self(text.with_context(|| format!("failed to read {}", path.display()))?))
    }

    /// The figure with this name.
    ///
    /// # Errors
    ///
    /// When it is not there, or no number.
    pub fn figure(&self, what: &str) -> Result<f64> {
        let row = self.0.lines().find_map(|line| line.strip_prefix(&format!("| {what} | ")));
        let figure = row.and_then(|rest| rest.split(' ').next());
        let figure = figure.and_then(|figure| figure.replace(',', "").parse().ok());
        figure.with_context(|| format!("docs/scaling.md has no figure: {what}"))
    }
}
