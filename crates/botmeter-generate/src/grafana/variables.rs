//! What can be chosen on a dashboard.

use botmeter_board as board;
use botmeter_core::process::BUILD;

use super::model::{Choice, DataSource, OneOrMany, Variable};

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
pub(super) fn variables(dashboard: &board::Dashboard, has_traces: bool) -> Vec<Variable> {
    let label = if has_traces { "Prometheus data source" } else { "Data source" };
    let mut list = vec![data_source(prometheus_name(has_traces), label, "prometheus")];
    if has_traces {
        list.push(data_source("jaeger_datasource", "Jaeger data source", "jaeger"));
    }
    // Every program has this series on both routes, from its start.
    let anchor = BUILD.descriptor().prometheus_name();
    let source = DataSource {
        kind: "prometheus".to_owned(),
        uid: format!("${}", prometheus_name(has_traces)),
    };
    let asked = |name: &str, label: &str, query: String, all: &str| Variable {
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
        all_value: Some(all.to_owned()),
        // 2: whenever the time range changes, as series come and go.
        refresh: 2,
        // 1: alphabetically.
        sort: 1,
        regex: String::new(),
        hide: 0,
    };
    list.push(asked("job", "Job", format!("label_values({anchor}, job)"), ".+"));
    let instances = format!("label_values({anchor}{{job=~\"$job\"}}, instance)");
    list.push(asked("instance", "Instance", instances, ".+"));
    for (at, variable) in dashboard.variables.iter().enumerate() {
        let key = variable.label.key();
        let mut matchers = vec![r#"job=~"$job""#.to_owned(), r#"instance=~"$instance""#.to_owned()];
        for before in &dashboard.variables[..at] {
            if variable.of.labels().contains(&before.label) {
                matchers.push(format!("{key}=~\"${key}\"", key = before.label.key()));
            }
        }
        let query =
            format!("label_values({}{{{}}}, {key})", values_of(variable), matchers.join(", "));
        // Also those that do not have the label at all.
        list.push(asked(key, variable.title, query, ".*"));
    }
    list
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
