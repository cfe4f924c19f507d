//! Words and signs of PromQL.

use std::time::Duration;

use crate::{Comparison, Fold, Matcher, spelt as duration};

/// A label value or another text in quotes.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '"' | '\\' => quoted.extend(['\\', c]),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Matchers as they stand behind a name, if there are any.
pub fn braced(matchers: &[String]) -> String {
    if matchers.is_empty() { String::new() } else { format!("{{{}}}", matchers.join(", ")) }
}

pub(super) fn matcher(matcher: &Matcher) -> String {
    among(matcher.key, matcher.is_wanted, &matcher.values)
}

pub(super) fn among(key: &str, is_wanted: bool, values: &[impl AsRef<str>]) -> String {
    match values {
        [value] => format!("{key}{}{}", if is_wanted { "=" } else { "!=" }, quoted(value.as_ref())),
        values => {
            let values: Vec<_> = values.iter().map(|value| escaped(value.as_ref())).collect();
            let sign = if is_wanted { "=~" } else { "!~" };
            format!("{key}{sign}{}", quoted(&values.join("|")))
        }
    }
}

/// A text that a regular expression takes as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

pub(super) fn ago(offset: Option<Duration>) -> String {
    offset.map(|offset| format!(" offset {}", duration(offset))).unwrap_or_default()
}

pub(super) fn word(fold: Fold) -> &'static str {
    match fold {
        Fold::Sum => "sum",
        Fold::Max => "max",
        Fold::Min => "min",
    }
}

pub(super) fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Above => ">",
        Comparison::Below => "<",
        Comparison::AtLeast => ">=",
        Comparison::AtMost => "<=",
    }
}
