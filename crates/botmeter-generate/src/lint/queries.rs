//! The queries of dashboards.

use super::{dashboards::panel_place, promql};
use crate::{
    Problem,
    definitions::Definitions,
    grafana::{Dashboard, Panel},
};

/// Every query of every panel, and the names of its lines.
pub(super) fn panels(dashboard: &Dashboard, definitions: &Definitions) -> Vec<Problem> {
    let mut problems = Vec::new();
    for panel in dashboard.panels() {
        for target in panel.targets.iter().filter(|target| !target.is_foreign) {
            let place = format!("{} query {}", panel_place(dashboard, &panel.title), target.ref_id);
            let checked = promql::check(&target.expr, definitions, place_of(dashboard));
            problems.extend(checked.problems.iter().map(|what| Problem::new(&place, what)));
            for label in placeholders(&target.legend_format) {
                if !checked.labels.contains(label) {
                    problems.push(Problem::new(
                        &place,
                        format!("the line is called after {{{{{label}}}}}, which it does not have"),
                    ));
                }
            }
        }
        problems.extend(links(dashboard, panel, definitions));
    }
    problems
}

fn place_of(dashboard: &Dashboard) -> promql::Place {
    if dashboard.follows_instance() { promql::Place::Panel } else { promql::Place::JobPanel }
}

/// Labels that links on lines are made from.
fn links(dashboard: &Dashboard, panel: &Panel, definitions: &Definitions) -> Vec<Problem> {
    let links = panel.field_config.iter().flat_map(|fields| &fields.defaults.links);
    let asked: Vec<_> = links.flat_map(|link| field_labels(&link.url)).collect();
    let mut problems = Vec::new();
    for target in panel.targets.iter().filter(|target| !target.is_foreign) {
        let labels = promql::check(&target.expr, definitions, place_of(dashboard)).labels;
        for label in asked.iter().filter(|label| !labels.contains(**label)) {
            problems.push(Problem::new(
                format!("{} query {}", panel_place(dashboard, &panel.title), target.ref_id),
                format!("the link on the line needs the label {label}, which it does not have"),
            ));
        }
    }
    problems
}

/// The queries that variables read their values with.
pub(super) fn variables(dashboard: &Dashboard, definitions: &Definitions) -> Vec<Problem> {
    let mut problems = Vec::new();
    for variable in dashboard.templating.list.iter().filter(|variable| variable.kind == "query") {
        let place = format!("dashboard {} variable {}", dashboard.uid, variable.name);
        let inside = |function: &str| {
            variable.query.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')
        };
        let values = inside("label_values").and_then(|inside| inside.rsplit_once(", "));
        // The regular expression takes the label out of the result.
        let results = inside("query_result").map(|asked| (asked, variable.name.as_str()));
        let Some((asked, label)) = values.or(results) else {
            let what = "asks neither for label_values(series, label) nor for query_result(query)";
            problems.push(Problem::new(place, what));
            continue;
        };
        let checked = promql::check(asked, definitions, promql::Place::Variable);
        problems.extend(checked.problems.iter().map(|what| Problem::new(&place, what)));
        if !checked.labels.contains(label) {
            let what = format!("asks {asked} for {label}, which it does not have");
            problems.push(Problem::new(place, what));
        }
    }
    problems
}

/// The queries of the marks across all panels.
pub(super) fn annotations(dashboard: &Dashboard, definitions: &Definitions) -> Vec<Problem> {
    let mut problems = Vec::new();
    for annotation in &dashboard.annotations.list {
        let Some(expr) = &annotation.expr else { continue };
        let place = format!("dashboard {} annotation {}", dashboard.uid, annotation.name);
        let checked = promql::check(expr, definitions, promql::Place::Annotation);
        problems.extend(checked.problems.iter().map(|what| Problem::new(&place, what)));
        let texts = [&annotation.title_format, &annotation.text_format];
        for label in texts.into_iter().flatten().flat_map(|text| placeholders(text)) {
            if !checked.labels.contains(label) {
                let what = format!("names {{{{{label}}}}}, which the result does not have");
                problems.push(Problem::new(&place, what));
            }
        }
    }
    problems
}

/// The words in double braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    between(text, "{{", "}}")
}

/// The labels that a link is made from.
fn field_labels(url: &str) -> impl Iterator<Item = &str> {
    between(url, "${__field.labels.", "}")
}

fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    let parts = text.split(open).skip(1);
    parts.filter_map(move |part| part.split_once(close).map(|(word, _)| word.trim()))
}
