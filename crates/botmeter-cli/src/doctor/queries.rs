//! What dashboards ask for: names and labels.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use promql_parser::{
    label::Matchers,
    parser::{self, AggregateExpr, Expr, LabelModifier},
    util::{ExprVisitor, walk_expr},
};
use serde_json::Value;

use super::known::Dashboard;

/// One query of a panel or variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    /// The dashboard and the panel or variable.
    pub(super) place: String,
    /// The names that it asks for, each with the labels that it selects by.
    pub(super) selects: BTreeMap<String, BTreeSet<String>>,
    /// The labels that it groups by or lists.
    pub(super) groups: BTreeSet<String>,
    /// Why it cannot be read, if it cannot.
    pub(super) fault: Option<String>,
}

/// The queries of these dashboards.
///
/// # Errors
///
/// When one cannot be read.
pub(super) fn read(dashboards: &[Dashboard]) -> Result<Vec<Query>> {
    let mut queries = Vec::new();
    for Dashboard { file, text } in dashboards {
        let read = of_dashboard(text);
        queries.extend(read.with_context(|| format!("failed to read {}", file.display()))?);
    }
    Ok(queries)
}

/// The queries of one dashboard in Grafana's classic format.
fn of_dashboard(text: &str) -> Result<Vec<Query>> {
    let json: Value = serde_json::from_str(text)?;
    let title = json["title"].as_str().context("it has no title, so it is no dashboard")?;
    let mut queries = Vec::new();
    of_panels(title, &json["panels"], &mut queries);
    for variable in json["templating"]["list"].as_array().into_iter().flatten() {
        let name = variable["name"].as_str().unwrap_or_default();
        // In newer files, the query is an object that holds the text.
        let query = variable["query"].as_str().or(variable["query"]["query"].as_str());
        let place = || format!("{title}, variable {name}");
        if let Some((selector, label)) = query.and_then(label_values) {
            let mut query = Query::of(place(), selector);
            query.groups.insert(label.to_owned());
            queries.push(query);
        }
        let result = query.and_then(|text| inside(text, "query_result"));
        queries.extend(result.map(|asked| Query::of(place(), asked)));
    }
    Ok(queries)
}

fn of_panels(title: &str, panels: &Value, queries: &mut Vec<Query>) {
    for panel in panels.as_array().into_iter().flatten() {
        let name = panel["title"].as_str().unwrap_or("without a title");
        for target in panel["targets"].as_array().into_iter().flatten() {
            // Panels of traces ask in other words.
            if let Some(expr) = target["expr"].as_str() {
                queries.push(Query::of(format!("{title}, panel {name}"), expr));
            }
        }
        of_panels(title, &panel["panels"], queries);
    }
}

/// The selector and the label of `label_values(selector, label)`.
fn label_values(text: &str) -> Option<(&str, &str)> {
    let (selector, label) = inside(text, "label_values")?.rsplit_once(',')?;
    Some((selector.trim(), label.trim()))
}

/// What one of Grafana's functions of variables is asked with.
fn inside<'a>(text: &'a str, function: &str) -> Option<&'a str> {
    text.trim().strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')
}

/// What Grafana puts in the place of its own variables, longer names first.
const FILLED: &[(&str, &str)] = &[
    ("$__rate_interval", "1m"),
    ("$__interval_ms", "60000"),
    ("$__interval", "1m"),
    ("$__range_ms", "60000"),
    ("$__range_s", "60"),
    ("$__range", "1m"),
];

impl Query {
    fn of(place: String, text: &str) -> Self {
        let filled = FILLED.iter().fold(text.to_owned(), |text, (name, value)| {
            let braces = name.replacen('$', "${", 1) + "}";
            text.replace(&braces, value).replace(name, value)
        });
        let mut seen = Seen::default();
        let fault = match parser::parse(&filled) {
            Ok(parsed) => {
                let Ok(_) = walk_expr(&mut seen, &parsed);
                None
            }
            Err(error) => Some(format!("{text:?} is no PromQL: {error}")),
        };
        Self { place, selects: seen.selects, groups: seen.groups, fault }
    }
}

#[derive(Default)]
struct Seen {
    selects: BTreeMap<String, BTreeSet<String>>,
    groups: BTreeSet<String>,
}

impl Seen {
    fn select(&mut self, name: Option<&String>, matchers: &Matchers) {
        let Some(name) = name else { return };
        let labels = matchers.matchers.iter().chain(matchers.or_matchers.iter().flatten());
        let labels = labels.map(|matcher| matcher.name.clone());
        self.selects.entry(name.clone()).or_default().extend(labels);
    }
}

impl ExprVisitor for Seen {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        match expr {
            Expr::VectorSelector(vector) => self.select(vector.name.as_ref(), &vector.matchers),
            Expr::MatrixSelector(matrix) => {
                self.select(matrix.vs.name.as_ref(), &matrix.vs.matchers);
            }
            Expr::Aggregate(AggregateExpr {
                modifier: Some(LabelModifier::Include(by)), ..
            }) => self.groups.extend(by.labels.iter().cloned()),
            _ => {}
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::known::Known;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn names_and_labels_are_found_wherever_they_stand() {
        let text = "histogram_quantile(0.95, sum by (le, model) (rate(a_bucket{job=~\"$job\"}\
                    [$__rate_interval]))) / (max by (x) (b{y!=\"1\"}) > 0)";
        let query = Query::of("here".to_owned(), text);
        let selects =
            [("a_bucket".to_owned(), set(&["job"])), ("b".to_owned(), set(&["y"]))].into();
        let groups = set(&["le", "model", "x"]);
        assert_eq!(query, Query { place: "here".to_owned(), selects, groups, fault: None });
    }

    #[test]
    fn the_generated_dashboards_are_read() {
        let queries = read(&Known::committed().dashboards).unwrap();
        assert!(queries.len() > 50, "{}", queries.len());
        let variable = queries.iter().find(|query| query.place.ends_with("variable provider"));
        assert_eq!(variable.unwrap().groups, set(&["provider"]));
        let is_read = |query: &Query| query.fault.is_none() && !query.selects.is_empty();
        assert!(queries.iter().all(is_read), "{queries:?}");
    }

    #[test]
    fn a_query_that_is_broken_is_kept_with_its_fault() {
        let text = r#"{"title": "T", "panels": [{"title": "P", "targets": [{"expr": "rate("}]}]}"#;
        let queries = of_dashboard(text).unwrap();
        assert_eq!(queries[0].place, "T, panel P");
        let fault = queries[0].fault.as_deref().unwrap();
        assert!(fault.starts_with("\"rate(\" is no PromQL: "), "{fault}");
    }

    #[test]
    fn the_variables_of_grafana_are_filled_in_both_forms() {
        let text = "increase(a[${__range}]) / $__range_s + rate(a[$__rate_interval])";
        assert_eq!(Query::of(String::new(), text).fault, None);
    }
}
