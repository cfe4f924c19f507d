//! What can be chosen on a dashboard.

use botmeter_board as board;
use botmeter_core::process::HEARTBEAT;

use super::{
    model::{Choice, DataSource, OneOrMany, Variable},
    page::Page,
};
use crate::{Options, promql::braced};

/// The data source of all queries: the one that is chosen.
pub(super) fn prometheus(has_traces: bool) -> DataSource {
    let uid = format!("${{{}}}", prometheus_name(has_traces));
    DataSource { kind: "prometheus".to_owned(), uid }
}

/// The linter wants the type in the name where there are several data sources.
fn prometheus_name(has_traces: bool) -> &'static str {
    if has_traces { "prometheus_datasource" } else { "datasource" }
}

/// Data sources, job and instance, then what the dashboard offers.
pub(super) fn variables(page: &Page<'_>) -> Vec<Variable> {
    let (dashboard, Options { fleet, has_traces, .. }) = (page.dashboard, page.options);
    let has_traces = *has_traces;
    let label = if has_traces { "Prometheus data source" } else { "Data source" };
    let mut list = vec![data_source(prometheus_name(has_traces), label, "prometheus")];
    if has_traces {
        list.push(data_source("jaeger_datasource", "Jaeger data source", "jaeger"));
    }
    // Every bot has this series on both routes, from its start, and nothing
    // else has.
    let anchor = HEARTBEAT.descriptor().prometheus_name();
    let source = DataSource {
        kind: "prometheus".to_owned(),
        uid: format!("${}", prometheus_name(has_traces)),
    };
    let asked = |name: &str, label: &str, query: String, all: Option<&str>| Variable {
        name: name.to_owned(),
        kind: "query".to_owned(),
        label: label.to_owned(),
        definition: Some(query.clone()),
        query,
        datasource: Some(source.clone()),
        current: Choice {
            text: OneOrMany::Many(vec!["All".to_owned()]),
            value: OneOrMany::Many(vec!["$__all".to_owned()]),
        },
        multi: true,
        include_all: true,
        all_value: all.map(str::to_owned),
        // 2: whenever the time range changes, as series come and go.
        refresh: 2,
        // 1: alphabetically.
        sort: 1,
        regex: String::new(),
        hide: 0,
    };
    let mut narrowed: Vec<_> = fleet.matchers().collect();
    let mut listed = |key: &str, title: &str, all: Option<&str>| {
        // One that died within the day is among them, or its alerts would not
        // be.
        let bots = format!("last_over_time({anchor}{}[1d])", braced(&narrowed));
        narrowed.push(format!("{key}=~\"${key}\""));
        let variable = asked(key, title, format!("query_result(count by ({key}) ({bots}))"), all);
        Variable { regex: format!("/^\\{{{key}=\"(.*)\"\\}} /"), ..variable }
    };
    // Also those that do not have the label at all.
    list.extend(fleet.labels.iter().map(|key| listed(key, &title(key), Some(".*"))));
    // All of them are the bots that are listed, and not whoever else has series
    // of the same names.
    list.push(listed("job", "Job", None));
    if !page.is_recorded() {
        let instances = format!("label_values({anchor}{}, instance)", braced(&narrowed));
        list.push(asked("instance", "Instance", instances, Some(".+")));
        narrowed.push(r#"instance=~"$instance""#.to_owned());
    }
    for (at, variable) in dashboard.variables.iter().enumerate() {
        let key = variable.label.key();
        let mut matchers = narrowed.clone();
        for before in &dashboard.variables[..at] {
            if variable.of.labels().contains(&before.label) {
                matchers.push(format!("{key}=~\"${key}\"", key = before.label.key()));
            }
        }
        let query = format!("label_values({}{}, {key})", values_of(variable), braced(&matchers));
        // Also those that do not have the label at all.
        list.push(asked(key, &variable.title, query, Some(".*")));
    }
    list
}

/// What a label is called on the page.
fn title(key: &str) -> String {
    let mut title = key.replace('_', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}

/// The series that a variable's values are read from.
fn values_of(variable: &board::Variable) -> String {
    let name = variable.of.prometheus_name();
    match variable.of.kind() {
        botmeter_core::Kind::Histogram => format!("{name}_count"),
        _ => name,
    }
}

fn data_source(name: &str, label: &str, kind: &str) -> Variable {
    // As `compose/` and most tutorials name them; Grafana takes the first one
    // of the type where there is none of this name.
    let mut title = kind.to_owned();
    title[..1].make_ascii_uppercase();
    Variable {
        name: name.to_owned(),
        kind: "datasource".to_owned(),
        label: label.to_owned(),
        query: kind.to_owned(),
        definition: None,
        datasource: None,
        current: Choice { text: OneOrMany::One(title), value: OneOrMany::One(kind.to_owned()) },
        multi: false,
        include_all: false,
        all_value: None,
        refresh: 1,
        sort: 0,
        regex: String::new(),
        hide: 0,
    }
}
