//! Queries in words of PromQL, about what others record.

use botmeter_core::LabelSet;

use crate::{Expr, Foreign, Query, Text};

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
    pub fn raw(text: impl Into<Text>, of: &[Foreign]) -> Self {
        Self::new(Expr::Raw { text: text.into(), by: G::LABELS, of: of.to_vec() })
    }
}
