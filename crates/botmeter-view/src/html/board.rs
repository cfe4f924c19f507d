//! Dashboards and their panels.

use super::{Form, alerts, kinds, lines, markup::Html, strips};
use crate::{Dashboard, Event, Page, Picture, anchor, picture::Drawing};

/// The way to the parts of the page, and to dashboards that are not on it.
pub(super) fn menu(html: &mut Html, page: &Page, form: Form<'_>) {
    html.element("nav", &[("aria-label", "Dashboards")], |html| {
        let mut link = |address: &str, text: &str| {
            html.element("a", &[("href", address)], |html| html.text(text));
        };
        link("#alerts", "Alerts");
        link("#bots", "Bots");
        for dashboard in &page.dashboards {
            let uid = &dashboard.uid;
            let is_here = dashboard.rows.is_some();
            let address = if is_here { format!("#{uid}") } else { form.to_dashboard(uid) };
            link(&address, dashboard.short_title());
        }
    });
}

/// What else can be had of a panel: class, path and words.
const WAYS: [(&str, &str, &str); 2] =
    [("copy", "panel.promql", "Copy as PromQL"), ("download", "panel.csv", "Download as CSV")];

pub(super) fn section(html: &mut Html, dashboard: &Dashboard, events: &[Event], form: Form<'_>) {
    let Some(rows) = &dashboard.rows else { return };
    html.element("section", &[("class", "board"), ("id", &dashboard.uid)], |html| {
        html.words("h2", "", dashboard.short_title());
        html.words("p", "note", &dashboard.description);
        for row in rows {
            let open: &[_] = if row.is_collapsed { &[] } else { &[("open", "open")] };
            let attributes: Vec<_> =
                [("class", "row")].into_iter().chain(open.iter().copied()).collect();
            html.element("details", &attributes, |html| {
                html.element("summary", &[], |html| html.words("h3", "", &row.title));
                html.element("div", &[("class", "grid")], |html| {
                    for picture in &row.pictures {
                        panel(html, &anchor(&dashboard.uid, &picture.title), picture, events, form);
                    }
                });
            });
        }
    });
}

pub(super) fn panel(
    html: &mut Html,
    id: &str,
    picture: &Picture,
    events: &[Event],
    form: Form<'_>,
) {
    let class = format!("panel w{} {}", picture.width, kind(&picture.drawing));
    html.element("figure", &[("class", &class), ("id", id)], |html| {
        html.element("figcaption", &[], |html| {
            html.words("h4", "", &picture.title);
            if !picture.description.is_empty() {
                explanation(html, id, picture, form);
            }
        });
        if !picture.common.is_empty() {
            html.element("p", &[("class", "common")], |html| {
                for (key, value) in &picture.common {
                    html.words("span", "key", key);
                    html.text(" ");
                    html.words("bdi", "", value);
                    html.text(" ");
                }
            });
        }
        match &picture.drawing {
            Drawing::Lines(lines) => lines::lines(html, picture, lines, events),
            Drawing::Heat(heat) => strips::heat(html, picture, heat),
            Drawing::Bands(bands) => strips::bands(html, picture, bands),
            Drawing::Stats(values) => kinds::stats(html, values),
            Drawing::Dial { value, place, limits } => kinds::dial(html, value, *place, limits),
            Drawing::Bars(bars) => kinds::bars(html, bars),
            Drawing::Table(table) => kinds::table(html, table, form),
            Drawing::Text(blocks) => kinds::text(html, blocks, form),
            Drawing::Nothing(text) => html.words("p", "nothing", text),
            Drawing::NoAnswer(why) => html.words("p", "no-answer", &format!("No answer: {why}")),
        }
    });
}

fn kind(drawing: &Drawing) -> &'static str {
    match drawing {
        Drawing::Stats(_) | Drawing::Dial { .. } => "tile",
        Drawing::Nothing(_) => "blank",
        _ => "wide",
    }
}

fn explanation(html: &mut Html, id: &str, picture: &Picture, form: Form<'_>) {
    html.element("details", &[("class", "why"), ("name", "why")], |html| {
        let label = format!("What “{}” means", picture.title);
        html.element("summary", &[("aria-label", &label)], |html| html.text("?"));
        html.element("div", &[], |html| {
            html.element("p", &[], |html| html.prose(&picture.description));
            for limit in &picture.limits {
                html.element("p", &[("class", "limit")], |html| {
                    html.sign(limit.level.as_str());
                    html.text(&limit.said());
                    for alert in &limit.alerts {
                        html.text(" ");
                        alerts::title(html, alert, form);
                    }
                });
            }
            for traces in &picture.traces {
                let Some(link) = &traces.link else { continue };
                html.element("p", &[("class", "ways")], |html| {
                    let link =
                        [("href", link.as_str()), ("target", "_blank"), ("rel", "noreferrer")];
                    html.element("a", &link, |html| {
                        html.text("Traces of ");
                        html.text(&traces.service);
                        for (_, value) in &traces.tags {
                            html.text(" ");
                            html.text(value);
                        }
                    });
                });
            }
            if let Form::Served(address) = form {
                html.element("p", &[("class", "ways")], |html| {
                    for (class, path, text) in WAYS {
                        let address = address.asking(path, "panel", id);
                        let link = [("class", class), ("href", address.as_str())];
                        html.element("a", &link, |html| html.text(text));
                        html.text(" ");
                    }
                });
            }
        });
    });
}
