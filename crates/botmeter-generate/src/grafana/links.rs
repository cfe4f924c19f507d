//! The ways from a panel to a closer look.

use botmeter_board::{self as board, Kind};
use botmeter_core::label::LabelInfo;

use super::{model::Link, traces};

/// The time that is shown, and the bots that are chosen.
const KEPT: &str = "${__url_time_range}&${job:queryparam}&${instance:queryparam}";

/// What leads on from all that a panel shows.
pub(super) fn of_panel(
    dashboard: &board::Dashboard,
    drawn: &board::Panel,
    has_traces: bool,
) -> Vec<Link> {
    let detail = drawn.leads_to.map(|uid| link("Look closer", &format!("/d/{uid}?{KEPT}")));
    let traces = has_traces && drawn.has_traces;
    detail.into_iter().chain(traces.then(|| traces::link(dashboard, drawn))).collect()
}

/// What leads on from the labels of a table's rows: keys, and the links of
/// their columns. A label that can be chosen is chosen.
pub(super) fn of_rows(
    dashboard: &board::Dashboard,
    drawn: &board::Panel,
) -> Vec<(&'static str, Link)> {
    if drawn.kind != Kind::Table {
        return Vec::new();
    }
    let keys = drawn.lines.first().map_or(&[][..], |line| line.labels).iter();
    let keys = keys
        .map(LabelInfo::key)
        .filter(|key| dashboard.variables.iter().any(|variable| variable.label.key() == *key));
    keys.map(|key| {
        let chosen = format!("var-{key}=${{__value.raw:percentencode}}");
        (key, link("Only this one", &format!("/d/{}?{KEPT}&{chosen}", dashboard.uid)))
    })
    .collect()
}

fn link(title: &str, url: &str) -> Link {
    Link {
        title: title.to_owned(),
        kind: "link".to_owned(),
        icon: "dashboard".to_owned(),
        tooltip: String::new(),
        url: url.to_owned(),
        tags: Vec::new(),
        as_dropdown: false,
        target_blank: false,
        include_vars: false,
        keep_time: false,
    }
}
