//! Pictures of one moment, and texts.

use botmeter_board::{AlertName, label_heading};
use botmeter_core::label::Label as _;

use super::{
    Form, alerts,
    markup::{Html, number},
};
use crate::{
    markdown::{Block, Link},
    picture::{Level, Table, Value},
};

pub(super) fn stats(html: &mut Html, values: &[Value]) {
    html.element("div", &[("class", "stats")], |html| {
        for value in values {
            html.element("p", &[("class", &leveled("stat", value.level))], |html| {
                figure(html, value);
                if !value.name.is_empty() {
                    html.words("bdi", "name", &value.name);
                }
            });
        }
    });
}

/// A number, with the sign of its state if that is not well.
fn figure(html: &mut Html, value: &Value) {
    html.element("span", &[("class", "figure")], |html| {
        if let Some(level) = value.level.filter(|level| *level > Level::Well) {
            html.sign(level.as_str());
        }
        html.text(&value.text);
    });
    if let Some(level) = value.level {
        html.words("span", "unseen", &format!(" ({})", level.as_str()));
    }
}

fn leveled(class: &str, level: Option<Level>) -> String {
    level.map_or_else(|| class.to_owned(), |level| format!("{class} {}", level.as_str()))
}

/// Half a circle, from the left to the right.
pub(super) fn dial(html: &mut Html, value: &Value, place: f64, limits: &[(f64, Level)]) {
    let point = |place: f64, radius: f64| {
        let angle = std::f64::consts::PI * (1.0 - place);
        format!("{} {}", number(100.0 + radius * angle.cos()), number(100.0 - radius * angle.sin()))
    };
    let arc = |to: f64| format!("M{}A80 80 0 0 1 {}", point(0.0, 80.0), point(to, 80.0));
    html.element("div", &[("class", &leveled("dial", value.level))], |html| {
        let attributes = [("viewBox", "0 0 200 108"), ("aria-hidden", "true")];
        html.element("svg", &attributes, |html| {
            html.empty("path", &[("class", "track"), ("d", &arc(1.0))]);
            if place > 0.0 {
                html.empty("path", &[("class", "hand"), ("d", &arc(place))]);
            }
            for (place, level) in limits {
                let path = format!("M{}L{}", point(*place, 66.0), point(*place, 94.0));
                html.empty(
                    "path",
                    &[("class", &format!("limit {}", level.as_str())), ("d", &path)],
                );
            }
        });
        figure(html, value);
    });
}

pub(super) fn bars(html: &mut Html, bars: &[(Value, f64)]) {
    html.element("ul", &[("class", "bars")], |html| {
        for (value, length) in bars {
            html.element("li", &[("class", &leveled("bar", value.level))], |html| {
                html.words("bdi", "name", &value.name);
                let width = format!("{}%", number(length * 100.0));
                let attributes = [("width", "100%"), ("height", "10"), ("aria-hidden", "true")];
                html.element("svg", &attributes, |html| {
                    let whole =
                        [("class", "track"), ("width", "100%"), ("height", "10"), ("rx", "2")];
                    html.empty("rect", &whole);
                    let part = [
                        ("class", "fill"),
                        ("width", width.as_str()),
                        ("height", "10"),
                        ("rx", "2"),
                    ];
                    html.empty("rect", &part);
                });
                figure(html, value);
            });
        }
    });
}

pub(super) fn table(html: &mut Html, table: &Table, form: Form<'_>) {
    // A table that is wider than the screen is moved by the keyboard, too.
    html.element("div", &[("class", "scroll"), ("tabindex", "0")], |html| {
        html.element("table", &[], |html| {
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    for key in &table.keys {
                        let head = label_heading(key);
                        html.element("th", &[("scope", "col")], |html| html.text(&head));
                    }
                    for heading in &table.headings {
                        let attributes = [("scope", "col"), ("class", "number")];
                        html.element("th", &attributes, |html| html.text(heading));
                    }
                });
            });
            html.element("tbody", &[], |html| {
                for (labels, values) in &table.rows {
                    html.element("tr", &[], |html| {
                        for (key, label) in table.keys.iter().zip(labels) {
                            html.element("td", &[], |html| {
                                let is_alert = key == AlertName::INFO.key();
                                if is_alert && table.staged.contains(label) {
                                    alerts::link(html, label, label, form);
                                } else {
                                    html.words("bdi", "", label);
                                }
                            });
                        }
                        for value in values {
                            let level = value.as_ref().and_then(|value| value.level);
                            html.element("td", &[("class", &leveled("number", level))], |html| {
                                match value {
                                    Some(value) => figure(html, value),
                                    None => html.text("–"),
                                }
                            });
                        }
                    });
                }
            });
        });
    });
}

pub(super) fn text(html: &mut Html, blocks: &[Block], form: Form<'_>) {
    html.element("div", &[("class", "text")], |html| {
        for blocks in blocks.chunk_by(|a, b| a.is_item == b.is_item) {
            let is_list = blocks.first().is_some_and(|block| block.is_item);
            if is_list {
                html.element("ul", &[], |html| {
                    for block in blocks {
                        html.element("li", &[], |html| spans(html, block, form));
                    }
                });
            } else {
                for block in blocks {
                    html.element("p", &[], |html| spans(html, block, form));
                }
            }
        }
    });
}

fn spans(html: &mut Html, block: &Block, form: Form<'_>) {
    for span in &block.spans {
        let address = match &span.link {
            None => {
                html.text(&span.text);
                continue;
            }
            // A file has all of them; of those that are served, each is a page.
            Some(Link::Dashboard(uid)) if form == Form::File => format!("#{uid}"),
            Some(Link::Dashboard(uid)) => form.to_dashboard(uid),
            Some(Link::Url(url)) => url.clone(),
        };
        let attributes = [("href", address.as_str()), ("rel", "noreferrer")];
        html.element("a", &attributes, |html| html.text(&span.text));
    }
}
