//! Pages of HTML with pictures in SVG.
//!
//! Nothing here needs a script: what opens and closes are elements of the
//! browser, and the keyboard reaches them. A page that is served has one, which
//! brings what is new and reads values out. There is neither inline style nor
//! inline script, so the strictest content security policy holds.

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

use crate::{Address, Page, Stage, anchor};
use markup::{Attributes, Html};

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("html/style.css");

/// The script of pages that are served, an ES module.
pub const SCRIPT: &str = include_str!("html/script.js");

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

/// How a page comes to the one who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// By a server, at this address, and with [`CONTENT_SECURITY_POLICY`].
    ///
    /// Beside it there have to be `style.css` and `script.js`, which are
    /// [`STYLE`] and [`SCRIPT`]; `alert?called=…` with the [`stage`] of an alert;
    /// and, with the page's own query string and `panel=…`, an
    /// [anchor]: `panel.csv`, `panel.json` with the
    /// [`Readout`](crate::Readout), and `panel.promql`. A page that is the same
    /// as before is to be answered with 304.
    Served(&'a Address),
    /// As a file that can be sent to somebody: its style is in itself.
    File,
}

impl Form<'_> {
    /// The page of a dashboard, with what is chosen here.
    fn to_dashboard(self, uid: &str) -> String {
        match self {
            Self::Served(address) => format!("?{}", address.to_dashboard(uid)),
            Self::File => format!("?dashboard={uid}"),
        }
    }
}

/// The page as HTML.
pub fn page(page: &Page, form: Form<'_>) -> String {
    let every = page.every.to_string();
    let at = page.at.to_string();
    let poll = [("data-at", at.as_str()), ("data-every", every.as_str())];
    let is_moving = matches!(form, Form::Served(address) if address.end.is_none());
    document("botmeter", form, if is_moving { &poll } else { &poll[..1] }, |html| {
        html.element("header", &[("class", "top")], |html| {
            html.words("strong", "brand", "botmeter");
            html.words("span", "when", &page.time);
            html.words("span", "span", &format!("shows {}", page.shown));
            html.words("span", "span", &format!("knows {}", page.covered));
            if let Form::Served(address) = form {
                choices::moving(html, page, address);
            }
        });
        // A page that is one file has nobody to ask.
        if let Form::Served(address) = form {
            choices::form(html, page, address);
        }
        board::menu(html, page, form);
        html.element("main", &[("id", "main")], |html| {
            alerts::section(html, page, form);
            alerts::lives(html, page);
            for dashboard in &page.dashboards {
                board::section(html, dashboard, &page.events, form);
            }
        });
    })
}

/// An alert as it will look, as HTML.
pub fn stage(stage: &Stage, form: Form<'_>) -> String {
    let name = stage.alerts.first().map_or("", |alert| &alert.name);
    document(name, form, &[], |html| {
        html.element("main", &[("id", "main")], |html| {
            html.words("h1", "", name);
            html.words("p", "note", "An example, played: nothing of this happened.");
            if let Form::Served(address) = form {
                let back = format!("./?{address}");
                html.element("p", &[], |html| {
                    html.element("a", &[("href", &back)], |html| html.text("Back to the bots"));
                });
            }
            // Its panel is on this page, whatever else is not.
            alerts::cards(html, &stage.alerts, Form::File, &|_| true);
            html.element("div", &[("class", "grid")], |html| {
                let shown = stage.alerts.first().and_then(|alert| alert.shown.as_ref());
                let id =
                    shown.map_or_else(|| "example".to_owned(), |(uid, title)| anchor(uid, title));
                board::panel(html, &id, &stage.picture, &[], Form::File);
                if let Some(quiet) = &stage.quiet {
                    board::panel(html, "quiet", quiet, &[], Form::File);
                }
            });
            if stage.quiet.is_some() {
                html.words("p", "note", "The second picture is just not enough to fire.");
            }
        });
    })
}

fn document(
    title: &str,
    form: Form<'_>,
    attributes: &Attributes<'_>,
    body: impl FnOnce(&mut Html),
) -> String {
    let mut html = Html::document();
    html.element("html", &[("lang", "en")], |html| {
        html.element("head", &[], |html| {
            html.empty("meta", &[("charset", "utf-8")]);
            let width = "width=device-width, initial-scale=1";
            html.empty("meta", &[("name", "viewport"), ("content", width)]);
            html.empty("meta", &[("name", "color-scheme"), ("content", "light dark")]);
            if form == Form::File {
                let policy = ("http-equiv", "Content-Security-Policy");
                html.empty("meta", &[policy, ("content", POLICY_OF_ONE_FILE)]);
            }
            html.words("title", "", title);
            html.empty("link", &[("rel", "icon"), ("href", ICON)]);
            match form {
                Form::Served(_) => {
                    html.empty("link", &[("rel", "stylesheet"), ("href", "style.css")]);
                    let script = [("type", "module"), ("src", "script.js")];
                    html.element("script", &script, |_| {});
                }
                Form::File => html.style(STYLE),
            }
        });
        html.element("body", attributes, |html| {
            html.element("a", &[("class", "skip"), ("href", "#main")], |html| {
                html.text("To the content");
            });
            markup::signs(html);
            body(html);
        });
    });
    html.finish()
}
