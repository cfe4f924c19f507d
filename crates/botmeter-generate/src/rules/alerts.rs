//! Alerts of a board as rules.

use botmeter_board::{self as board, filled};
use botmeter_core::label::LabelInfo;

use super::{Alerting, Links, text};
use crate::{
    Problem,
    promql::{self, Place},
};

pub(super) fn alert(
    alert: &board::Alert,
    links: &Links<'_>,
    problems: &mut Vec<Problem>,
) -> Alerting {
    let mut labels = vec!["job"];
    labels.extend(alert.when.labels.iter().map(LabelInfo::key));
    let mut fill = |what: &str, text: &str, show| {
        let fleet = &links.options.fleet;
        filled(text, |word| text::template(word, &labels, show, fleet)).unwrap_or_else(|word| {
            problems.push(Problem::new(
                format!("alert {}", alert.name),
                format!(
                    "the {what} names {{{word}}}; it can name {}",
                    labels
                        .iter()
                        .map(|label| format!("{{{label}}}"))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            ));
            String::new()
        })
    };
    let summary = fill("summary", &alert.summary, None);
    let description = fill("description", &alert.description, Some(&alert.show));
    Alerting {
        name: alert.name.clone(),
        expr: promql::render(&alert.when.expr.clone().of_bots(), Place::Rule, &links.options.fleet),
        hold: alert.hold,
        labels: vec![("severity", alert.severity.as_str().to_owned())],
        summary,
        description,
        runbook_url: links.runbook(&alert.name),
        dashboard_url: links.panel(&alert.panel),
        panel: alert.panel.clone(),
        dashboard: links.dashboard(&alert.panel).cloned(),
    }
}
