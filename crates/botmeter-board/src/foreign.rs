//! Series that others record.

/// A series that somebody else records, by the name that Prometheus has for
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Foreign {
    /// Its name, endings such as `_total` and `_bucket` included.
    pub name: &'static str,
    /// Whether it only grows.
    pub growth: Growth,
    /// The keys of its labels, beside job and instance.
    pub labels: &'static [&'static str],
}

/// Whether a series only grows, so that its value alone means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It only grows, and is asked for its growth.
    OnlyGrows,
    /// It also falls, and is asked for its value.
    AlsoFalls,
}

impl Foreign {
    /// A series that only grows: a counter, or the buckets, the sum or the
    /// count of a histogram.
    pub const fn counter(name: &'static str, labels: &'static [&'static str]) -> Self {
        Self { name, growth: Growth::OnlyGrows, labels }
    }

    /// A series whose value means something by itself.
    pub const fn gauge(name: &'static str, labels: &'static [&'static str]) -> Self {
        Self { name, growth: Growth::AlsoFalls, labels }
    }
}
