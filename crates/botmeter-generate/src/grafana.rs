//! Dashboards in Grafana's classic format.
//!
//! Grafana loads this format from files; it refuses the newer one there.

mod annotations;
mod layout;
mod limits;
mod links;
mod model;
mod options;
mod page;
mod panel;
mod settings;
mod traces;
mod units;
mod variables;

pub(crate) use model::{Dashboard, Item, Panel, Row};
pub(crate) use panel::panel_id;

use std::{collections::BTreeSet, time::Duration};

use botmeter_board::{self as board, Limits, spelt};

use crate::{Options, Problem, files::MARK};
use model::{Link, Templating, Time, TimePicker};

/// The tag by which a generated dashboard is told from one that a person made.
pub(crate) const GENERATED: &str = "generated";

/// Grafana's version of the classic format.
const SCHEMA_VERSION: u32 = 42;

/// What somebody has to know who compares a recorded page with another.
const OF_WHOLE_JOBS: &str = " It shows jobs as a whole, from series that rules record, so rates are \
                             those of the last five minutes, except where a panel says another \
                             time.";

/// The dashboard, with what is wrong with it so far.
pub(crate) fn dashboard(
    dashboard: &board::Dashboard,
    limits: &Limits,
    options: &Options,
) -> (Dashboard, Vec<Problem>) {
    let page = page::Page { dashboard, limits, options };
    let mut problems = Vec::new();
    let panels = layout::items(&page, &mut problems);
    let mut tags = menu_tags(options);
    tags.extend(options.more_tags.iter().cloned());
    tags.extend(dashboard.tags.iter().map(ToString::to_string));
    let drawn = Dashboard {
        uid: dashboard.uid.to_string(),
        title: dashboard.title.to_string(),
        // JSON has no comments, so this is where the mark can stand.
        description: format!(
            "{}{} This page is {MARK} ({}); change the board, not the page.",
            dashboard.description,
            if page.is_recorded() { OF_WHOLE_JOBS } else { "" },
            options.command
        ),
        tags,
        schema_version: SCHEMA_VERSION,
        version: 1,
        editable: options.is_editable,
        graph_tooltip: 1,
        timezone: "browser".to_owned(),
        refresh: options.refresh.map(spelt).unwrap_or_default(),
        time: Time { from: format!("now-{}", spelt(options.range)), to: "now".to_owned() },
        timepicker: TimePicker {
            refresh_intervals: intervals(options.refresh).into_iter().map(spelt).collect(),
        },
        fiscal_year_start_month: 0,
        week_start: String::new(),
        preload: false,
        links: vec![menu(options)],
        annotations: annotations::annotations(&page),
        templating: Templating { list: variables::variables(&page) },
        panels,
    };
    (drawn, problems)
}

/// How often a dashboard can be had to ask anew, its own interval among them.
fn intervals(own: Option<Duration>) -> BTreeSet<Duration> {
    [10, 30, 60, 300].map(Duration::from_secs).into_iter().chain(own).collect()
}

/// What all dashboards have that the menu lists.
fn menu_tags(options: &Options) -> Vec<String> {
    vec![options.tag.clone(), GENERATED.to_owned()]
}

/// The way from each dashboard to all others.
fn menu(options: &Options) -> Link {
    Link {
        title: options.tag.clone(),
        kind: "dashboards".to_owned(),
        icon: "external link".to_owned(),
        tooltip: "The other generated dashboards, with the same choice and time".to_owned(),
        url: String::new(),
        tags: menu_tags(options),
        as_dropdown: true,
        target_blank: false,
        include_vars: true,
        keep_time: true,
    }
}
