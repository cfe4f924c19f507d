//! Steps between well and badly, as colors.

use botmeter_board::{self as board, Severity};

use super::model::{Step, Thresholds};

pub(super) fn thresholds(steps: &[board::Step]) -> Thresholds {
    let steps = steps.iter();
    let steps = steps.map(|board::Step { from, severity, .. }| Step {
        value: *from,
        color: color(*severity).to_owned(),
    });
    Thresholds { mode: "absolute".to_owned(), steps: steps.collect() }
}

fn color(severity: Option<Severity>) -> &'static str {
    match severity {
        None => "green",
        Some(Severity::Info) => "blue",
        Some(Severity::Warning) => "orange",
        Some(Severity::Critical) => "red",
    }
}
