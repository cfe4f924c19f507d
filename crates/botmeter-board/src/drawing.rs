//! What everybody who draws a panel has to do alike.

use std::time::Duration;

use botmeter_core::label::{Label, LabelInfo};

use crate::{AlertSeverity, Kind, Line, Panel, Scope, Show, expr::Expr};

/// How long a silence has to be to show as a gap: twenty intervals, so that a
/// restart does not tear every line.
pub const GAP: Duration = Duration::from_mins(5);

/// What a column of a table is called that holds the values of a label.
///
/// ```
/// assert_eq!(botmeter_board::label_heading("error_type"), "Error type");
/// ```
pub fn label_heading(key: &str) -> String {
    let mut heading = key.replace('_', " ");
    if let Some(first) = heading.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    heading
}

impl Panel {
    /// Whether it shows one moment and not a time.
    pub fn is_instant(&self) -> bool {
        matches!(self.kind, Kind::Stat | Kind::Gauge | Kind::BarGauge | Kind::Table)
    }

    /// Whether its limits give what it shows its color, and not the line.
    pub fn is_judged(&self) -> bool {
        matches!(self.kind, Kind::Stat | Kind::Gauge | Kind::BarGauge | Kind::StateTimeline)
    }

    /// The value at which it is full, if there is one: a dial of a share is.
    /// Lines are not, because one percent and five would be one line at the
    /// floor.
    pub fn highest(&self) -> Option<f64> {
        let is_lines = matches!(self.kind, Kind::TimeSeries { .. });
        (self.show == Show::Ratio && !is_lines).then_some(1.0)
    }

    /// What stands there when there is no data.
    pub fn text_without_data(&self) -> &str {
        let exprs = || self.lines.iter().flat_map(|line| line.expr.walk());
        // These are zero as long as a program reports.
        let is_answered = exprs().any(|expr| matches!(expr, Expr::Firing { .. }));
        // Of nothing, there is no number for each.
        let is_for_each = |expr: &Expr| match expr {
            Expr::Divide(_, by) => !matches!(**by, Expr::Number(_)),
            _ => false,
        };
        let is_count = self.show.is_zero_without_data() && self.kind != Kind::Table;
        let default = if is_answered {
            "no answer"
        } else if is_count && !exprs().any(is_for_each) {
            "0"
        } else {
            "no traffic"
        };
        self.without_data.as_deref().unwrap_or(default)
    }

    /// The labels whose values name a line, behind its own name; a line
    /// without either is called as the panel.
    pub fn naming_labels(&self, line: &Line) -> Vec<&'static str> {
        if matches!(line.expr, Expr::Heat { .. }) {
            return vec!["le"];
        }
        let of_scope: &[_] = match self.scope {
            Scope::Fleet => &[],
            Scope::Job => &["job"],
            Scope::Instance => &["job", "instance"],
        };
        line.labels.iter().map(LabelInfo::key).chain(of_scope.iter().copied()).collect()
    }

    /// Whether its rows are alerts, of which the most severe come first.
    pub fn is_by_severity(&self) -> bool {
        let labels = self.lines.first().map_or(&[][..], |line| line.labels);
        self.kind == Kind::Table && labels.contains(&AlertSeverity::INFO)
    }

    /// The heading of the line's column, in a table.
    pub fn heading<'a>(&'a self, line: &'a Line) -> &'a str {
        line.name.as_deref().unwrap_or(&self.title)
    }
}

#[cfg(test)]
mod tests {
    use botmeter_core::process::{BUILD, START_TIME};

    use super::*;
    use crate::{Severity, age, firing, last, ratio};

    #[test]
    fn a_count_of_nothing_is_zero_and_nothing_else_is() {
        let stat = |show| Panel::stat("A", "B.", show);
        let builds = || last(&BUILD).all();
        let text = |panel: Panel| panel.text_without_data().to_owned();
        assert_eq!(text(stat(Show::Count).draw(builds())), "0");
        assert_eq!(text(stat(Show::Dollars).draw(builds() / 24.0)), "0");
        assert_eq!(text(stat(Show::Seconds).draw(age(&START_TIME).all())), "no traffic");
        assert_eq!(text(stat(Show::Count).draw(ratio(builds(), builds()))), "no traffic");
        assert_eq!(text(Panel::table("A", "B.").draw(builds())), "no traffic");
        assert_eq!(text(stat(Show::Count).draw(firing(Severity::Info))), "no answer");
        assert_eq!(text(stat(Show::Count).draw(builds()).without_data("none")), "none");
    }
}
