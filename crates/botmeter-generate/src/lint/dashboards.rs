//! The form of dashboards: what Grafana needs, and what its linter asks for.

use std::collections::BTreeMap;

use crate::{
    Problem,
    grafana::{Dashboard, Item, Panel, Row},
};

/// More than this, and nobody looks at all of it.
const MOST_PANELS: usize = 40;

/// Shorter than this, a description does not say what is good, what is bad and
/// what to do.
const SHORTEST_DESCRIPTION: usize = 40;

/// What fits into a `ConfigMap`.
const MOST_BYTES: usize = 1024 * 1024;

/// Grafana stops loading all dashboards of a folder when two have one uid or
/// one title.
pub(super) fn unique(dashboards: &[Dashboard]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, dashboard) in dashboards.iter().enumerate() {
        let before = &dashboards[..at];
        let place = format!("dashboard {}", dashboard.uid);
        if before.iter().any(|other| other.uid == dashboard.uid) {
            problems.push(Problem::new(&place, "another dashboard has this uid"));
        }
        if before.iter().any(|other| other.title == dashboard.title) {
            let what = format!("another dashboard has the title {:?}", dashboard.title);
            problems.push(Problem::new(&place, what));
        }
    }
    problems
}

/// What one dashboard has to be like.
pub(super) fn form(dashboard: &Dashboard) -> Vec<Problem> {
    let place = format!("dashboard {}", dashboard.uid);
    let mut problems = Vec::new();
    let mut object = |what: String| problems.push(Problem::new(&place, what));
    let uid = &dashboard.uid;
    if !(8..=40).contains(&uid.len())
        || !uid.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
    {
        object("the uid has 8 to 40 letters, digits, dashes or underscores".to_owned());
    }
    if dashboard.title.trim().is_empty() {
        object("there is no title".to_owned());
    }
    let count = dashboard.panels().count();
    if count == 0 || count > MOST_PANELS {
        object(format!("there are {count} panels; have 1 to {MOST_PANELS}"));
    }
    let bytes = serde_json::to_string_pretty(dashboard).map_or(0, |text| text.len());
    if bytes >= MOST_BYTES {
        object(format!("it has {bytes} bytes, and a ConfigMap holds less than {MOST_BYTES}"));
    }
    let text = serde_json::to_string(dashboard).unwrap_or_default();
    if !dashboard.follows_instance() && (text.contains("$instance") || text.contains("${instance"))
    {
        object(
            "a text or a query names the variable instance, which a dashboard of whole jobs does \
             not have"
                .to_owned(),
        );
    }
    problems.extend(numbers(dashboard));
    for panel in dashboard.panels() {
        problems.extend(panel_form(dashboard, panel));
    }
    problems
}

/// Links lead to panels by their numbers.
fn numbers(dashboard: &Dashboard) -> Vec<Problem> {
    let mut taken = BTreeMap::new();
    let rows = dashboard.panels.iter().filter_map(|item| match item {
        Item::Row(Row { id, title, .. }) => Some((*id, title.as_str())),
        Item::Panel(_) => None,
    });
    let panels = dashboard.panels().map(|panel| (panel.id, panel.title.as_str()));
    let mut problems = Vec::new();
    for (id, title) in rows.chain(panels) {
        if let Some(other) = taken.insert(id, title) {
            let what = format!("has the number of {other:?}, {id}; give one of them another title");
            problems.push(Problem::new(panel_place(dashboard, title), what));
        }
    }
    problems
}

fn panel_form(dashboard: &Dashboard, panel: &Panel) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut object =
        |what: String| problems.push(Problem::new(panel_place(dashboard, &panel.title), what));
    if panel.title.trim().is_empty() {
        object("there is no title".to_owned());
    }
    let is_text = panel.kind == "text";
    if !is_text && panel.description.chars().count() < SHORTEST_DESCRIPTION {
        object(format!(
            "the description is {:?}; say what is shown, what is good and bad, and what to do",
            panel.description
        ));
    }
    if panel.targets.is_empty() != is_text {
        object("a text asks nothing, and every other panel asks something".to_owned());
    }
    if panel.targets.len() > 26 {
        object("there are more than 26 queries".to_owned());
    }
    problems
}

pub(super) fn panel_place(dashboard: &Dashboard, title: &str) -> String {
    format!("dashboard {} panel {title:?}", dashboard.uid)
}
