//! A section for each alert: what it means, why this limit, what to do. The
//! alerts link here.

use botmeter_board::{Alert, Objective, Text, percent, spelt};

use super::{Page, code};
use crate::{
    catalogue::Entry,
    rules::{Alerting, Rules},
};

pub(super) fn section(page: &mut Page, entry: &Entry, rules: &Rules) {
    if rules.alerts().next().is_none() {
        return;
    }
    page.line("## Alerts");
    let index = rules.alerts().map(|alert| {
        let labels: Vec<_> =
            alert.labels.iter().map(|(key, value)| code(&format!("{key}={value}"))).collect();
        vec![
            format!("[{}](#{})", alert.name, alert.name.to_lowercase()),
            labels.join(" "),
            hold(alert),
            alert.summary.clone(),
        ]
    });
    page.table(&["Alert", "Labels", "Has to last", "Summary"], index);
    for alert in &entry.board.alerts {
        if let Some(rule) = rules.alerts().find(|rule| rule.name == alert.name) {
            one(page, alert, rule);
        }
    }
    for objective in &entry.board.objectives {
        let burning: Vec<_> = rules.alerts().filter(|rule| rule.name == objective.alert).collect();
        burn(page, objective, &burning);
    }
}

fn hold(rule: &Alerting) -> String {
    if rule.hold.is_zero() { "at once".to_owned() } else { spelt(rule.hold) }
}

fn one(page: &mut Page, alert: &Alert, rule: &Alerting) {
    page.line(&format!("### {}", alert.name));
    page.line(&alert.summary);
    page.line(&format!(
        "Severity {}, {}; panel \"{}\"{}.",
        code(alert.severity.as_str()),
        if alert.hold.is_zero() {
            "at once".to_owned()
        } else {
            format!("after {}", spelt(alert.hold))
        },
        alert.panel,
        rule.dashboard.as_deref().map(|uid| format!(" of {}", code(uid))).unwrap_or_default(),
    ));
    page.code("promql", &rule.expr);
    let limits =
        alert.when.limits.iter().map(|(_, limit)| format!("- {}: {}", limit.value, limit.reason));
    page.line(&format!("Why these numbers:\n{}", limits.collect::<Vec<_>>().join("\n")));
    steps(page, &alert.runbook);
}

fn burn(page: &mut Page, objective: &Objective, rules: &[&Alerting]) {
    page.line(&format!("### {}", objective.alert));
    page.line(&objective.summary);
    page.line(&format!(
        "Objective: {} of the events of a month go well: {}. The error budget is {}; the alert \
         fires when it burns too fast in a long and in a short window, if the long one has at \
         least {} events: {}. Panel \"{}\"{}.",
        percent(objective.target.value),
        objective.target.reason,
        percent(objective.budget()),
        objective.floor.value,
        objective.floor.reason,
        objective.panel,
        rules
            .first()
            .and_then(|rule| rule.dashboard.as_deref())
            .map(|uid| format!(" of {}", code(uid)))
            .unwrap_or_default(),
    ));
    let rows = objective.windows.iter().zip(rules).map(|(window, rule)| {
        vec![
            code(window.severity.as_str()),
            format!("{} and {}", spelt(window.long), spelt(window.short)),
            window.factor.value.to_string(),
            hold(rule),
            window.factor.reason.to_string(),
        ]
    });
    page.table(&["Severity", "Windows", "Times too fast", "Has to last", "Why"], rows);
    if let Some(rule) = rules.first() {
        page.code("promql", &rule.expr);
    }
    steps(page, &objective.runbook);
}

fn steps(page: &mut Page, steps: &[Text]) {
    let steps: Vec<_> =
        steps.iter().enumerate().map(|(at, step)| format!("{}. {step}", at + 1)).collect();
    page.line(&format!("What to do:\n{}", steps.join("\n")));
}
