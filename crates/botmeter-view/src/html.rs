//! Pages of HTML with pictures in SVG.
//!
//! Nothing here needs a script: what opens and closes are elements of the
//! browser, and the keyboard reaches them. There is no inline style, so the
//! strictest content security policy holds.

mod alerts;
mod axes;
mod board;
mod chart;
mod choices;
mod kinds;
mod lines;
mod markup;
mod strips;
#[cfg(test)]
mod tests;

use crate::{Page, Stage};
use markup::Html;

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("html/style.css");

/// The policy to send with a page whose style sheet is served beside it.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// The policy that stands in a page that has its style sheet in itself: the
/// hash is that of [`STYLE`].
const POLICY_OF_ONE_FILE: &str = concat!(
    "default-src 'none'; style-src 'sha256-",
    include_str!("html/style.sha256"),
    "'; img-src data:; base-uri 'none'; form-action 'none'"
);

/// An icon that needs no request.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 \
     16'%3E%3Cpath d='M1 12h3l2-8 3 10 2-6h4' fill='none' stroke='%232f6fb5' \
     stroke-width='2'/%3E%3C/svg%3E";

/// Where a page has its style from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style<'a> {
    /// From this address, at which [`STYLE`] is served; the page is to be sent
    /// with [`CONTENT_SECURITY_POLICY`].
    Linked(&'a str),
    /// From itself: the page is one file that can be sent to somebody.
    Inline,
}

/// The page as HTML.
pub fn page(page: &Page, style: Style<'_>) -> String {
    document("botmeter", style, |html| {
        html.element("header", &[("class", "top")], |html| {
            html.words("strong", "brand", "botmeter");
            html.words("span", "when", &page.time);
            html.words("span", "span", &format!("shows {}", page.shown));
            html.words("span", "span", &format!("knows {}", page.covered));
        });
        // A page that is one file has nobody to ask.
        if style != Style::Inline {
            choices::form(html, page);
        }
        board::menu(html, page);
        html.element("main", &[("id", "main")], |html| {
            alerts::section(html, page);
            alerts::lives(html, page);
            for dashboard in &page.dashboards {
                board::section(html, dashboard, &page.events);
            }
        });
    })
}

/// An alert as it will look, as HTML.
pub fn stage(stage: &Stage, style: Style<'_>) -> String {
    let name = stage.alerts.first().map_or("", |alert| &alert.name);
    document(name, style, |html| {
        html.element("main", &[("id", "main")], |html| {
            html.words("h1", "", name);
            html.words("p", "note", "An example, played: nothing of this happened.");
            alerts::cards(html, &stage.alerts, &|_| true);
            html.element("div", &[("class", "grid")], |html| {
                let shown = stage.alerts.first().and_then(|alert| alert.shown.as_ref());
                let id = shown
                    .map_or_else(|| "example".to_owned(), |(uid, title)| board::anchor(uid, title));
                board::panel(html, &id, &stage.picture, &[]);
                if let Some(quiet) = &stage.quiet {
                    board::panel(html, "quiet", quiet, &[]);
                }
            });
            if stage.quiet.is_some() {
                html.words("p", "note", "The second picture is just not enough to fire.");
            }
        });
    })
}

fn document(title: &str, style: Style<'_>, body: impl FnOnce(&mut Html)) -> String {
    let mut html = Html::document();
    html.element("html", &[("lang", "en")], |html| {
        html.element("head", &[], |html| {
            html.empty("meta", &[("charset", "utf-8")]);
            let width = "width=device-width, initial-scale=1";
            html.empty("meta", &[("name", "viewport"), ("content", width)]);
            html.empty("meta", &[("name", "color-scheme"), ("content", "light dark")]);
            if style == Style::Inline {
                let policy = ("http-equiv", "Content-Security-Policy");
                html.empty("meta", &[policy, ("content", POLICY_OF_ONE_FILE)]);
            }
            html.words("title", "", title);
            html.empty("link", &[("rel", "icon"), ("href", ICON)]);
            match style {
                Style::Linked(address) => {
                    html.empty("link", &[("rel", "stylesheet"), ("href", address)]);
                }
                Style::Inline => html.style(STYLE),
            }
        });
        html.element("body", &[], |html| {
            html.element("a", &[("class", "skip"), ("href", "#main")], |html| {
                html.text("To the content");
            });
            markup::signs(html);
            body(html);
        });
    });
    html.finish()
}
