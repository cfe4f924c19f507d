//! The ways from a panel to a closer look.

use botmeter_board::{self as board, AlertName, Kind};
use botmeter_core::label::{Label, LabelInfo};

use super::{model::Link, page::Page, traces};

/// What leads on from all that a panel shows.
pub(super) fn of_panel(page: &Page<'_>, drawn: &board::Panel) -> Vec<Link> {
    let kept = kept(page);
    let detail =
        drawn.leads_to.as_ref().map(|uid| link("Look closer", &format!("/d/{uid}?{kept}")));
    let has_traces = page.options.has_traces && drawn.has_traces;
    let traces = has_traces.then(|| traces::link(page.dashboard, drawn));
    detail.into_iter().chain(traces).collect()
}

/// What leads on from the labels of a table's rows: keys, and the links of
/// their columns. A label that can be chosen is chosen.
/// An alert leads to its runbook, where it is known where that is.
pub(super) fn of_rows(page: &Page<'_>, drawn: &board::Panel) -> Vec<(&'static str, Link)> {
    if drawn.kind != Kind::Table {
        return Vec::new();
    }
    let (dashboard, kept) = (page.dashboard, kept(page));
    let is_chosen = |key: &str| dashboard.variables.iter().any(|it| it.label.key() == key);
    let keys = drawn.lines.first().map_or(&[][..], |line| line.labels).iter();
    let links = keys.map(LabelInfo::key).filter_map(|key| {
        let link = if key == AlertName::INFO.key() {
            let base = page.options.reference_url.as_ref()?.trim_end_matches('/');
            link("What to do", &format!("{base}/README.md#${{__value.raw}}"))
        } else if is_chosen(key) {
            let chosen = format!("var-{key}=${{__value.raw:percentencode}}");
            link("Only this one", &format!("/d/{}?{kept}&{chosen}", dashboard.uid))
        } else {
            return None;
        };
        Some((key, link))
    });
    links.collect()
}

/// A text with what its addresses keep.
pub(super) fn in_text(page: &Page<'_>, text: &str) -> String {
    text.replace("$kept", &kept(page))
}

/// The time that is shown, and the bots that are chosen.
fn kept(page: &Page<'_>) -> String {
    let chosen = page.chosen().map(|key| format!("&${{{key}:queryparam}}"));
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
