//! Steps between well and badly, as colors.

use botmeter_board::{self as board, Severity};

use super::model::{Step, Thresholds};

pub(super) fn thresholds(steps: &[board::Step]) -> Thresholds {
    // Without a limit, nobody has said what is well.
    let well = if steps.len() > 1 { "green" } else { "text" };
    let steps = steps.iter();
    let steps = steps
        .map(|step| Step { value: step.from, color: step.severity.map_or(well, color).to_owned() });
    Thresholds { mode: "absolute".to_owned(), steps: steps.collect() }
}

pub(super) fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "blue",
        Severity::Warning => "orange",
        Severity::Critical => "red",
    }
}
