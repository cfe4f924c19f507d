//! Queries in words of PromQL, about what others record.

use botmeter_core::LabelSet;

use crate::{Expr, Query};

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

impl<G: LabelSet> Query<G> {
    /// A query in words of PromQL, for panels: about series of others, such as
    /// those of the machine or of a database, beside those of the bots.
    ///
    /// What depends on the place is put in: `$bots` what is chosen of job and
    /// instance, and `$fleet` what else bots are chosen by, both for the inside
    /// of braces; `$by` the labels of the result; `$window` the shortest time
    /// that gives a reliable line, and `$shown` all that is shown.
    ///
    /// The generator refuses text that does not parse, names something else
    /// than the declared series, or leaves one of them out.
    /// A live page that reads bots themselves cannot answer such a panel, and
    /// says so in its place.
    ///
    /// ```
    /// use botmeter_board::{Foreign, Panel, Query, Show};
    ///
    /// const CPU: Foreign = Foreign::counter("process_cpu_seconds_total", &[]);
    ///
    /// let text = "sum by ($by) (rate(process_cpu_seconds_total{$bots}[$window]))";
    /// let panel = Panel::time_series("Processors", "Processors in use.", Show::Count)
    ///     .draw(Query::<()>::raw(text, &[CPU]))
    ///     .per_instance();
    /// assert_eq!(panel.lines.len(), 1);
    /// ```
    pub const fn raw(text: &'static str, of: &'static [Foreign]) -> Self {
        Self::new(Expr::Raw { text, by: G::LABELS, of })
    }
}
