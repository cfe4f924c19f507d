//! Whether all was said that constructors of boards leave to be said.

use botmeter_board::{Alert, Dashboard, Limit, Objective, Text};

use crate::{Catalogue, Problem};

/// What a dashboard, an alert or an objective lacks, and what to call.
pub(super) fn boards(catalogue: &Catalogue) -> Vec<Problem> {
    let mut problems = Vec::new();
    for board in catalogue.entries.iter().map(|entry| &entry.board) {
        for it in &board.dashboards {
            say(&format!("dashboard {}", it.uid), dashboard(it), &mut problems);
        }
        for it in &board.alerts {
            say(&format!("alert {}", it.name), alert(it), &mut problems);
        }
        for it in &board.objectives {
            say(&format!("objective {}", it.name), objective(it), &mut problems);
        }
    }
    problems
}

fn say(place: &str, missing: Vec<String>, problems: &mut Vec<Problem>) {
    problems.extend(missing.into_iter().map(|what| Problem::new(place, what)));
}

fn dashboard(dashboard: &Dashboard) -> Vec<String> {
    let has_question = !is_blank(&dashboard.description);
    missing([(has_question, "has no description; `new` takes the question that it answers")])
}

fn alert(alert: &Alert) -> Vec<String> {
    let is_said = !is_blank(&alert.summary) && !is_blank(&alert.description);
    let is_tested = !alert.fires.example.feeds.is_empty() && !alert.is_quiet.feeds.is_empty();
    let mut missing = missing([
        (is_said, "has no summary or no description; say what is wrong with `says`"),
        (has_steps(&alert.runbook), NO_RUNBOOK),
        (!is_blank(&alert.panel), NO_PANEL),
        (is_tested, NO_EXAMPLE),
    ]);
    missing.extend(alert.when.limits.iter().filter_map(|(_, limit)| reason(limit)));
    missing
}

fn objective(objective: &Objective) -> Vec<String> {
    let is_said = !is_blank(&objective.alert) && !is_blank(&objective.summary);
    let mut missing = missing([
        (is_said, "its alerts have no name or no summary; say both with `alert`"),
        (has_steps(&objective.runbook), NO_RUNBOOK),
        (!is_blank(&objective.panel), NO_PANEL),
    ]);
    let factors = objective.windows.iter().map(|window| &window.factor);
    // One that is zero, such as a floor that was not said, is refused for that.
    let limits = [&objective.target, &objective.floor].into_iter().chain(factors);
    missing.extend(limits.filter(|limit| limit.value > 0.0).filter_map(reason));
    missing
}

const NO_RUNBOOK: &str = "has no runbook; say what to look at and what to do with `runbook`";
const NO_EXAMPLE: &str = "an example records something; give one after which it fires and one \
                          after which it does not to `tested`";
const NO_PANEL: &str = "has no panel; name the one that shows it with `panel`";

fn missing<const N: usize>(parts: [(bool, &str); N]) -> Vec<String> {
    let lacking = parts.into_iter().filter(|(is_there, _)| !is_there);
    lacking.map(|(_, what)| what.to_owned()).collect()
}

fn has_steps(runbook: &[Text]) -> bool {
    runbook.iter().any(|step| !is_blank(step))
}

fn reason(limit: &Limit) -> Option<String> {
    is_blank(&limit.reason).then(|| format!("the limit {} has no reason", limit.value))
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
