//! A library, and what is asked of all of them alike.

use crate::{
    bare, in_measured, in_metrics, in_opentelemetry, ours,
    series::{Kind, Set},
};

/// Makes a library for series of a kind; there are none yet.
pub(crate) type Library = fn(Kind) -> Subject;

pub(crate) const LIBRARIES: [Library; 5] = [
    ours::subject,
    bare::subject,
    in_measured::subject,
    in_metrics::subject,
    in_opentelemetry::subject,
];

pub(crate) struct Subject {
    /// The name of the library.
    pub(crate) by: &'static str,
    /// Adds one to a counter, or a measurement to a histogram, whose labels it
    /// looks up.
    pub(crate) record: Box<dyn FnMut(&Set)>,
    pub(crate) exports: Vec<Export>,
}

/// One way to write all series down.
pub(crate) struct Export {
    /// `page` or `push`.
    pub(crate) what: &'static str,
    /// How many bytes it made.
    pub(crate) run: Box<dyn FnMut() -> usize>,
}

impl Export {
    pub(crate) fn new(what: &'static str, run: impl FnMut() -> usize + 'static) -> Self {
        Self { what, run: Box::new(run) }
    }
}
