//! Series that others record.

use crate::Text;

/// A series that somebody else records, by the name that Prometheus has for
/// it.
///
/// ```
/// use botmeter_board::{Foreign, Growth};
///
/// const DEPTH: Foreign = Foreign::gauge("rabbitmq_depth", &["queue"]);
///
/// // The same, if names come from a file or a database.
/// let (name, labels) = ("rabbitmq_depth".to_owned(), vec!["queue".to_owned()]);
/// assert_eq!(Foreign::new(name, Growth::AlsoFalls, labels), DEPTH);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Foreign {
    /// Its name, endings such as `_total` and `_bucket` included.
    pub name: Text,
    /// Whether it only grows.
    pub growth: Growth,
    labels: Keys,
}

/// Whether a series only grows, so that its value alone means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It only grows, and is asked for its growth.
    OnlyGrows,
    /// It also falls, and is asked for its value.
    AlsoFalls,
}

/// A constant can hold a list of literals, and no other.
#[derive(Clone, Debug)]
enum Keys {
    Written(&'static [&'static str]),
    Made(Vec<Text>),
}

impl Foreign {
    /// A series that only grows: a counter, or the buckets, the sum or the
    /// count of a histogram. For constants.
    pub const fn counter(name: &'static str, labels: &'static [&'static str]) -> Self {
        Self::written(name, Growth::OnlyGrows, labels)
    }

    /// A series whose value means something by itself. For constants.
    pub const fn gauge(name: &'static str, labels: &'static [&'static str]) -> Self {
        Self::written(name, Growth::AlsoFalls, labels)
    }

    /// A series of this name, which may be made from data, with the keys of its
    /// labels beside job and instance.
    pub fn new(
        name: impl Into<Text>,
        growth: Growth,
        labels: impl IntoIterator<Item = impl Into<Text>>,
    ) -> Self {
        let labels = Keys::Made(labels.into_iter().map(Into::into).collect());
        Self { name: name.into(), growth, labels }
    }

    /// The keys of its labels, beside job and instance.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter()
    }

    const fn written(name: &'static str, growth: Growth, labels: &'static [&'static str]) -> Self {
        Self { name: Text::Borrowed(name), growth, labels: Keys::Written(labels) }
    }
}

impl Keys {
    fn iter(&self) -> impl Iterator<Item = &str> {
        let (written, made): (&[&str], &[Text]) = match self {
            Self::Written(keys) => (keys, &[]),
            Self::Made(keys) => (&[], keys),
        };
        written.iter().copied().chain(made.iter().map(|key| &**key))
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Keys {}
