//! The ways from a panel to a closer look.

use botmeter_board::{self as board, Kind};
use botmeter_core::label::LabelInfo;

use super::{model::Link, page::Page, traces};
use crate::Fleet;

/// What leads on from all that a panel shows.
pub(super) fn of_panel(page: &Page<'_>, drawn: &board::Panel) -> Vec<Link> {
    let kept = kept(page.fleet);
    let detail = drawn.leads_to.map(|uid| link("Look closer", &format!("/d/{uid}?{kept}")));
    let traces = page.has_traces && drawn.has_traces;
    detail.into_iter().chain(traces.then(|| traces::link(page.dashboard, drawn))).collect()
}

/// What leads on from the labels of a table's rows: keys, and the links of
/// their columns. A label that can be chosen is chosen.
pub(super) fn of_rows(page: &Page<'_>, drawn: &board::Panel) -> Vec<(&'static str, Link)> {
    let (dashboard, kept) = (page.dashboard, kept(page.fleet));
    if drawn.kind != Kind::Table {
        return Vec::new();
    }
    let keys = drawn.lines.first().map_or(&[][..], |line| line.labels).iter();
    let keys = keys
        .map(LabelInfo::key)
        .filter(|key| dashboard.variables.iter().any(|variable| variable.label.key() == *key));
    keys.map(|key| {
        let chosen = format!("var-{key}=${{__value.raw:percentencode}}");
        (key, link("Only this one", &format!("/d/{}?{kept}&{chosen}", dashboard.uid)))
    })
    .collect()
}

/// The time that is shown, and the bots that are chosen.
fn kept(fleet: &Fleet) -> String {
    let chosen = fleet.labels.iter().map(String::as_str).chain(["job", "instance"]);
    let chosen = chosen.map(|key| format!("&${{{key}:queryparam}}"));
    format!("${{__url_time_range}}{}", chosen.collect::<String>())
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
