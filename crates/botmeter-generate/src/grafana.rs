//! Dashboards in Grafana's classic format.
//!
//! Grafana loads this format from files; it refuses the newer one there.

mod annotations;
mod layout;
mod limits;
mod links;
mod model;
mod options;
mod panel;
mod settings;
mod traces;
mod units;
mod variables;

pub(crate) use model::{Dashboard, Item, Panel, Row};
pub(crate) use panel::panel_id;

use botmeter_board::{self as board, Limits};

use crate::{Options, Problem, files::MARK};
use model::{Link, Templating, Time, TimePicker};

/// The tag that all generated dashboards have and their menu lists.
pub(crate) const TAG: &str = "botmeter";

/// The tag by which a generated dashboard is told from one that a person made.
pub(crate) const GENERATED: &str = "generated";

/// Grafana's version of the classic format.
const SCHEMA_VERSION: u32 = 42;

/// The dashboard, with what is wrong with it so far.
pub(crate) fn dashboard(
    dashboard: &board::Dashboard,
    limits: &Limits,
    options: &Options,
) -> (Dashboard, Vec<Problem>) {
    let page = panel::Page { dashboard, limits, options };
    let mut problems = Vec::new();
    let panels = layout::items(&page, &mut problems);
    let mut tags = vec![TAG.to_owned(), GENERATED.to_owned()];
    tags.extend(dashboard.tags.iter().map(|tag| (*tag).to_owned()));
    let drawn = Dashboard {
        uid: dashboard.uid.to_owned(),
        title: dashboard.title.to_owned(),
        // JSON has no comments, so this is where the mark can stand.
        description: format!(
            "{} This page is {MARK} ({}); change the board, not the page.",
            dashboard.description, options.command
        ),
        tags,
        schema_version: SCHEMA_VERSION,
        version: 1,
        editable: false,
        graph_tooltip: 1,
        timezone: "browser".to_owned(),
        refresh: "1m".to_owned(),
        time: Time { from: "now-1h".to_owned(), to: "now".to_owned() },
        timepicker: TimePicker {
            refresh_intervals: ["10s", "30s", "1m", "5m"].map(str::to_owned).to_vec(),
        },
        fiscal_year_start_month: 0,
        week_start: String::new(),
        preload: false,
        links: vec![menu()],
        annotations: annotations::annotations(&variables::prometheus(options.has_traces)),
        templating: Templating { list: variables::variables(dashboard, options.has_traces) },
        panels,
    };
    (drawn, problems)
}

/// The way from each dashboard to all others.
fn menu() -> Link {
    Link {
        title: "botmeter".to_owned(),
        kind: "dashboards".to_owned(),
        icon: "external link".to_owned(),
        tooltip: "The other generated dashboards, with the same choice and time".to_owned(),
        url: String::new(),
        tags: vec![TAG.to_owned(), GENERATED.to_owned()],
        as_dropdown: true,
        target_blank: false,
        include_vars: true,
        keep_time: true,
    }
}
