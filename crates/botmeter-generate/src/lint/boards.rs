//! Whether boards make sense, as far as their types do not say so.

use std::collections::BTreeSet;

use botmeter_board::{
    Alert, Dashboard, Expr, Function, Kind, Matcher, OwnUnit, Show, Text, Window,
};

use super::shares::shares;
use crate::{Catalogue, Options, Problem, rules::objections};

/// Names of domains and files.
pub(super) fn names(catalogue: &Catalogue) -> Vec<Problem> {
    let is_fine = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
    };
    let wrong = catalogue.domains().filter(|name| !is_fine(name));
    wrong
        .map(|name| {
            let what = "files are named after it, so it is a word of small letters";
            Problem::new(format!("domain {name:?}"), what)
        })
        .collect()
}

/// Every instrument is in a panel, or it is said why not.
pub(super) fn coverage(catalogue: &Catalogue) -> Vec<Problem> {
    let drawn: BTreeSet<_> = dashboards(catalogue)
        .flat_map(|dashboard| &dashboard.rows)
        .flat_map(|row| &row.panels)
        .flat_map(|panel| &panel.lines)
        .flat_map(|line| line.expr.selections())
        .map(|selection| selection.instrument.prometheus_name())
        .collect();
    let undrawn = || catalogue.entries.iter().flat_map(|entry| &entry.board.undrawn);
    let mut problems = Vec::new();
    for instrument in catalogue.instruments() {
        let name = instrument.prometheus_name();
        let is_excused = undrawn().any(|undrawn| undrawn.instrument == instrument);
        let place = format!("instrument {name}");
        match (drawn.contains(&name), is_excused) {
            (false, false) => problems.push(Problem::new(
                place,
                "is in no panel; draw it, or say why not in the board's `undrawn`",
            )),
            (true, true) => {
                problems.push(Problem::new(place, "is drawn, so it is not `undrawn`; take it out"));
            }
            _ => {}
        }
    }
    for undrawn in undrawn() {
        if undrawn.because.trim().is_empty() {
            let place = format!("instrument {}", undrawn.instrument.prometheus_name());
            problems.push(Problem::new(place, "is `undrawn` without a reason"));
        }
    }
    problems
}

/// Numbers and shapes that the types allow and that mean nothing.
pub(super) fn values(catalogue: &Catalogue) -> Vec<Problem> {
    let mut problems = Vec::new();
    for dashboard in dashboards(catalogue) {
        for panel in dashboard.rows.iter().flat_map(|row| &row.panels) {
            let place = format!("dashboard {} panel {:?}", dashboard.uid, panel.title);
            let mut object = |what: String| problems.push(Problem::new(&place, what));
            for line in &panel.lines {
                expression(&line.expr, &mut object);
                chosen(&line.expr, &mut object);
                if matches!(line.expr, Expr::Heat { .. }) != (panel.kind == Kind::Heatmap) {
                    object("a heat map draws `heat`, and nothing else does".to_owned());
                }
            }
            let shows = panel.lines.iter().filter_map(|line| line.show.as_ref());
            for show in shows.chain([&panel.show]) {
                unit(show, &mut object);
            }
            let columns = panel.lines.iter().flat_map(|line| &line.advice);
            for (_, limit) in panel.advice.iter().chain(columns) {
                if !limit.value.is_finite() || limit.reason.trim().is_empty() {
                    object(format!("the advice at {} needs a number and a reason", limit.value));
                }
            }
            if let Some(uid) = &panel.leads_to
                && !dashboards(catalogue).any(|other| other.uid == *uid)
            {
                object(format!("leads to the dashboard {uid:?}, which is none of these"));
            }
            if panel.kind == Kind::Table
                && panel.lines.windows(2).any(|pair| pair[0].labels != pair[1].labels)
            {
                object("the columns of a table have the same labels".to_owned());
            }
            if panel.kind == Kind::Table && panel.lines.iter().any(|line| line.labels.is_empty()) {
                object("a table has a row for each group, so its columns have labels".to_owned());
            }
        }
    }
    for entry in &catalogue.entries {
        for alert in &entry.board.alerts {
            let place = format!("alert {}", alert.name);
            let mut object = |what: String| problems.push(Problem::new(&place, what));
            expression(&alert.when.expr, &mut object);
            for (_, limit) in &alert.when.limits {
                if !limit.value.is_finite() {
                    object(format!("the limit {} is never reached", limit.value));
                }
            }
            texts(alert, &mut object);
            unit(&alert.show, &mut object);
        }
        for recording in &entry.board.recordings {
            let place = format!("recording {}", recording.name);
            expression(&recording.expr, &mut |what| problems.push(Problem::new(&place, what)));
        }
        for objective in &entry.board.objectives {
            let place = format!("objective {}", objective.name);
            let share = objective.measure.bad_share(Function::Rate, Window::Auto);
            expression(&share, &mut |what| problems.push(Problem::new(&place, what)));
        }
    }
    problems
}

/// Objectives that can be missed, and whose alerts can fire.
pub(super) fn objectives(catalogue: &Catalogue, options: &Options) -> Vec<Problem> {
    let objectives = catalogue.entries.iter().flat_map(|entry| &entry.board.objectives);
    objectives.flat_map(|objective| objections(objective, options)).collect()
}

fn dashboards(catalogue: &Catalogue) -> impl Iterator<Item = &Dashboard> {
    catalogue.entries.iter().flat_map(|entry| &entry.board.dashboards)
}

/// What Grafana and Prometheus would take for something else.
fn unit(show: &Show, object: &mut impl FnMut(String)) {
    let Show::Own(own) = show else { return };
    let texts = match own {
        OwnUnit::Counted(text) | OwnUnit::Money(text) => [text, text],
        OwnUnit::Grafana { id, text } => [id, text],
    };
    if let Some(text) = texts.into_iter().find(|text| text.trim().is_empty() || text.contains('{'))
    {
        object(format!("the unit {text:?} is to be a word or a sign, without braces"));
    }
}

/// Texts of labels in queries of panels, in which Grafana puts its variables.
fn chosen(expr: &Expr, object: &mut impl FnMut(String)) {
    let matchers = expr.selections().into_iter().flat_map(|selection| &selection.matchers);
    for Matcher { key, values, .. } in matchers {
        let is_taken = |value: &&Text| value.contains('$') || value.contains("[[");
        if let Some(value) = values.iter().find(is_taken) {
            object(format!(
                "takes the series whose {key} is {value:?}, in which Grafana would look for a \
                 variable; group by {key} instead"
            ));
        }
    }
}

fn texts(alert: &Alert, object: &mut impl FnMut(String)) {
    if alert.summary.contains("{value}") {
        object("the summary shows the value; one text stands for all occasions".to_owned());
    }
    if !alert.description.trim().is_empty() && !alert.description.contains("{value}") {
        object("the description does not show the {value}".to_owned());
    }
}

fn expression(expr: &Expr, object: &mut impl FnMut(String)) {
    shares(expr, object);
    match expr {
        Expr::Quantile { quantile, .. } if !(0.0..=1.0).contains(quantile) => {
            object(format!("the quantile {quantile} does not lie between 0 and 1"));
        }
        Expr::Since(_) | Expr::Recent { .. } => {
            for selection in expr.selections() {
                if selection.instrument.unit().as_str() != "s" {
                    let name = selection.instrument.name();
                    object(format!("{name} holds no time, so it has no age: its unit is not s"));
                }
            }
        }
        _ => {}
    }
    for selection in expr.selections() {
        if selection.matchers.iter().any(|matcher| matcher.values.is_empty()) {
            object(format!("{} is filtered by no value at all", selection.instrument.name()));
        }
    }
}
