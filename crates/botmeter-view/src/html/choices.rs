//! The form in which range and labels are chosen, without a script.

use super::markup::Html;
use crate::{Address, Choice, Page};

/// How to stop the page, or to let it go on, and to have it anew.
pub(super) fn moving(html: &mut Html, page: &Page, address: &Address) {
    let mut link = |class: &str, address: &Address, text: &str| {
        let address = format!("?{address}");
        html.element("a", &[("class", class), ("href", &address)], |html| html.text(text));
    };
    if address.end.is_some() {
        link("go", &Address { end: None, ..address.clone() }, "Go on");
    } else {
        link("reload", address, "Reload");
        link("pause", &Address { end: Some(page.at), ..address.clone() }, "Pause");
    }
}

pub(super) fn form(html: &mut Html, page: &Page, address: &Address) {
    html.element("form", &[("class", "choices"), ("method", "get")], |html| {
        let drawn: Vec<_> = page.dashboards.iter().filter(|it| it.rows.is_some()).collect();
        // Where one dashboard is asked for, it stays the one.
        if let [one] = drawn[..]
            && page.dashboards.len() > 1
        {
            let hidden = [("type", "hidden"), ("name", "dashboard"), ("value", one.uid.as_str())];
            html.empty("input", &hidden);
        }
        if let Some(end) = address.end.map(|end| end.to_string()) {
            html.empty("input", &[("type", "hidden"), ("name", "end"), ("value", end.as_str())]);
        }
        html.element("label", &[], |html| {
            html.words("span", "key", "Range");
            html.element("select", &[("name", "range")], |html| {
                for range in &page.choices.ranges {
                    let seconds = range.seconds.to_string();
                    let mut attributes = vec![("value", seconds.as_str())];
                    attributes.extend(range.is_chosen.then_some(("selected", "selected")));
                    html.element("option", &attributes, |html| html.text(&range.text));
                }
            });
        });
        for choice in &page.choices.labels {
            // Of those with one name, the browser keeps one open.
            let attributes = [("class", "choice"), ("name", "choice")];
            html.element("details", &attributes, |html| boxes(html, choice));
        }
        html.element("button", &[("type", "submit")], |html| html.text("Show"));
    });
}

fn boxes(html: &mut Html, choice: &Choice) {
    let chosen: Vec<_> = choice.values.iter().filter(|(_, is_chosen)| *is_chosen).collect();
    html.element("summary", &[], |html| {
        html.words("span", "key", &choice.title);
        html.text(" ");
        match chosen[..] {
            [] => html.text("All"),
            [(value, _)] => html.words("bdi", "", value),
            _ => html.text(&format!("{} of {}", chosen.len(), choice.values.len())),
        }
    });
    html.element("div", &[], |html| {
        for (value, is_chosen) in &choice.values {
            html.element("label", &[], |html| {
                let mut attributes = vec![
                    ("type", "checkbox"),
                    ("name", choice.key.as_str()),
                    ("value", value.as_str()),
                ];
                attributes.extend(is_chosen.then_some(("checked", "checked")));
                html.empty("input", &attributes);
                html.text(" ");
                html.words("bdi", "", value);
            });
        }
    });
}
