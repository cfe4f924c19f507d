//! Elements that are always closed, and texts that are always escaped.

use std::fmt::Write as _;

/// Markup. Foreign text gets into it by [`Html::text`] and as the value of an
/// attribute alone, and is escaped there.
#[derive(Debug)]
pub(super) struct Html(String);

/// Keys and values.
pub(super) type Attributes<'a> = [(&'static str, &'a str)];

impl Html {
    pub(super) fn document() -> Self {
        Self("<!DOCTYPE html>\n".to_owned())
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('\n');
        self.0
    }

    /// An element with what is inside.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: &Attributes<'_>,
        inside: impl FnOnce(&mut Self),
    ) {
        self.begin(name, attributes);
        self.0.push('>');
        inside(self);
        // Writing to a string never fails.
        let _ = write!(self.0, "</{name}>");
    }

    /// An element without anything inside: of SVG, or one that HTML knows to
    /// be empty.
    pub(super) fn empty(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        self.begin(name, attributes);
        self.0.push_str("/>");
    }

    /// An element of a class, with a text inside.
    pub(super) fn words(&mut self, name: &'static str, class: &str, text: &str) {
        let class: &Attributes<'_> = if class.is_empty() { &[] } else { &[("class", class)] };
        self.element(name, class, |html| html.text(text));
    }

    /// A text.
    pub(super) fn text(&mut self, text: &str) {
        escape(text, &mut self.0);
    }

    /// A text of a board, in which backticks stand around words of a machine.
    pub(super) fn prose(&mut self, text: &str) {
        for (number, part) in text.split('`').enumerate() {
            if number % 2 == 1 { self.words("code", "", part) } else { self.text(part) }
        }
    }

    /// Our own style sheet, which has nothing to escape.
    pub(super) fn style(&mut self, style: &'static str) {
        self.element("style", &[], |html| html.0.push_str(style));
    }

    /// The sign of a state: drawn, so that no font has to have it.
    pub(super) fn sign(&mut self, what: &str) {
        let class = format!("sign {what}");
        self.element(
            "svg",
            &[("class", &class), ("viewBox", "0 0 16 16"), ("aria-hidden", "true")],
            |html| {
                html.empty("use", &[("href", &format!("#sign-{what}"))]);
            },
        );
    }

    fn begin(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            let _ = write!(self.0, " {key}=\"");
            escape(value, &mut self.0);
            self.0.push('"');
        }
    }
}

fn escape(text: &str, into: &mut String) {
    // Paths are long, and there is nothing in them to escape.
    let is_plain =
        |c: u8| matches!(c, b' '..=b'~') && !matches!(c, b'&' | b'<' | b'>' | b'"' | b'\'');
    if text.bytes().all(is_plain) {
        into.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            // What cannot be seen is shown, and neither turns the line around
            // nor is it refused by a reader of XML.
            c if is_hidden(c) => into.push('\u{fffd}'),
            c => into.push(c),
        }
    }
}

fn is_hidden(c: char) -> bool {
    let is_control = c.is_control() && !matches!(c, '\n' | '\t');
    is_control
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// A number of SVG: as exact as a screen.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// The signs of states, which differ by form and not by color alone.
pub(super) fn signs(html: &mut Html) {
    const SIGNS: [(&str, &str); 7] = [
        ("critical", "M8 1 15 8 8 15 1 8ZM7 4v5h2V4ZM7 10.5v2h2v-2Z"),
        ("warning", "M8 1.5 15.5 14.5H.5ZM7.2 6v4.5h1.6V6ZM7.2 11.5v1.6h1.6v-1.6Z"),
        ("info", "M8 1a7 7 0 1 0 .01 0ZM7.1 7v5.5h1.8V7ZM7.1 3.8v1.8h1.8V3.8Z"),
        (
            "pending",
            "M8 1a7 7 0 1 0 .01 0ZM8 2.8a5.2 5.2 0 1 1-.01 0ZM7.1 4.5v4.3l3.2 1.9.9-1.5-2.3-1.4V4.5Z",
        ),
        ("well", "M6.2 13.4 1.5 8.6l1.9-1.9 2.8 2.8 6.4-6.6 1.9 1.9Z"),
        ("over", "M8 1a7 7 0 1 0 .01 0ZM8 2.8a5.2 5.2 0 1 1-.01 0ZM5 7.1h6v1.8H5Z"),
        ("unsure", "M8 1a7 7 0 0 0 0 14ZM8 2.8a5.2 5.2 0 0 1 0 10.4V15a7 7 0 0 0 0-14Z"),
    ];
    html.element("svg", &[("class", "signs"), ("aria-hidden", "true")], |html| {
        for (name, path) in SIGNS {
            let id = format!("sign-{name}");
            html.element("symbol", &[("id", &id), ("viewBox", "0 0 16 16")], |html| {
                html.empty("path", &[("fill-rule", "evenodd"), ("d", path)]);
            });
        }
    });
}
