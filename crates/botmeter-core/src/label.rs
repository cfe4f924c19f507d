//! Labels: what sets the series of one instrument apart.
//!
//! A label is a type that carries its key and what its values may be. A closed
//! label is an enum, written with [`closed_label!`](crate::closed_label). An
//! open one takes text up to a number of distinct values, written with
//! [`open_label!`](crate::open_label); values past the limit become `other`,
//! and each time is counted.

mod admissions;
mod clean;
mod closed;
mod digest;
mod limits;
mod open;
mod set;

use std::fmt::Debug;

pub use clean::{Clean, MAX_VALUE_BYTES};
pub use closed::{ClosedLabel, Each};
pub use limits::Limits;
pub use set::LabelSet;

use crate::const_text::equal;
pub(crate) use admissions::Admissions;

/// What every value past an open label's limit becomes.
pub const OTHER: &str = "other";

/// What an empty text becomes: Prometheus takes an empty label for none.
pub const UNKNOWN: &str = "unknown";

/// The most values that an open label may have.
const MOST_VALUES: usize = 1000;

/// A label's key and what its values may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelInfo {
    key: &'static str,
    values: Values,
}

/// What the values of a label may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// One of these.
    Closed(&'static [&'static str]),
    /// Any text, up to a number of distinct ones, and then `other`.
    Open {
        /// How many distinct values there may be, `other` not counted.
        limit: usize,
    },
}

impl LabelInfo {
    /// A label, checked while compiling.
    ///
    /// # Panics
    ///
    /// While compiling, if the key is not `[a-z][a-z0-9_]*`, is one of those
    /// that Prometheus sets itself, or if there is no value.
    pub const fn new(key: &'static str, values: Values) -> Self {
        check_key(key.as_bytes());
        match values {
            Values::Closed(values) => assert!(!values.is_empty(), "a closed label has a value"),
            Values::Open { limit } => {
                assert!(limit > 0, "an open label's limit is at least 1");
                assert!(limit <= MOST_VALUES, "an open label's limit is at most 1000");
            }
        }
        Self { key, values }
    }

    /// The key, spelt alike on both routes.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// What the values may be.
    pub const fn values(&self) -> Values {
        self.values
    }

    /// How many distinct values there may be, `other` included.
    pub const fn cardinality(&self) -> usize {
        match self.values {
            Values::Closed(values) => values.len(),
            Values::Open { limit } => limit + 1,
        }
    }
}

/// Keys that Prometheus or its scraper sets itself.
const RESERVED: &[&str] = &["le", "quantile", "job", "instance"];

const fn check_key(key: &[u8]) {
    assert!(!key.is_empty(), "a label needs a key");
    assert!(key[0].is_ascii_lowercase(), "a label's key starts with a lower-case letter");
    let mut at = 0;
    while at < key.len() {
        assert!(
            key[at].is_ascii_lowercase() || key[at].is_ascii_digit() || key[at] == b'_',
            "a label's key is made of lower-case letters, digits and underscores"
        );
        at += 1;
    }
    let mut at = 0;
    while at < RESERVED.len() {
        assert!(
            !equal(key, 0, key.len(), RESERVED[at].as_bytes()),
            "the label keys le, quantile, job and instance belong to Prometheus"
        );
        at += 1;
    }
}

/// A type of label.
///
/// Sealed: [`closed_label!`](crate::closed_label) and
/// [`open_label!`](crate::open_label) write it.
pub trait Label: LabelParts {
    /// The key and what its values may be.
    const INFO: LabelInfo;
}

/// What tables and instruments do with the values of a label.
pub trait LabelParts: 'static {
    /// What a caller gives: the enum itself, or a text.
    type Value<'a>: Copy;
    /// What is kept of a value.
    type Key: Clone + Debug + Send + Sync + 'static;
    /// What is hashed and compared of a value.
    type Digest: Copy;
    /// What knows whether a text is admitted; nothing for a closed label.
    type Limit: Debug + Send + Sync + 'static;
    /// A value after cleaning and admission.
    type Admitted<'a>;

    /// Any value, to ask a domain for its instruments.
    fn sample() -> Self::Value<'static>;
    /// The text on the series.
    fn text(value: Self::Value<'_>) -> &str;
    /// What is hashed and compared of the value.
    fn digest(value: Self::Value<'_>) -> Self::Digest;
    /// A number that differs between most values.
    fn hash(digest: Self::Digest) -> u64;
    /// What is kept of the value.
    fn key(value: Self::Value<'_>) -> Self::Key;
    /// Whether this value, whose digest is at hand, is the kept one.
    fn matches(key: &Self::Key, digest: Self::Digest, value: Self::Value<'_>) -> bool;
    /// The kept value.
    fn value(key: &Self::Key) -> Self::Value<'_>;
    /// The limit that a meter keeps for this label.
    fn limit(admissions: &Admissions) -> Self::Limit;
    /// Cleans the value and asks whether it is one of those admitted.
    fn admit<'a>(limit: &Self::Limit, value: Self::Value<'a>) -> Self::Admitted<'a>;
    /// The value to use, and whether the limit changed it.
    fn admitted<'b>(admitted: &'b Self::Admitted<'_>) -> (Self::Value<'b>, bool);
    /// The value for surplus series: `other` for open labels.
    fn surplus(value: Self::Value<'_>) -> Self::Value<'_>;
}

/// What the macros and the bounds of labels are written with.
pub(crate) mod parts {
    pub use super::{
        LabelParts,
        admissions::Admissions,
        closed::hash_index,
        digest::{Digest, Kept},
        open::{Admitted, OpenValues},
        set::LabelSetParts,
    };
}
