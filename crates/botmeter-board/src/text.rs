//! Texts of boards, and what is put into them.

use std::{borrow::Cow, time::Duration};

/// A text of a board: a literal as it is, or a `String` that was made from
/// data, such as a list of queues. Constructors take either.
pub type Text = Cow<'static, str>;

pub(crate) fn texts(texts: &[impl AsRef<str>]) -> Vec<Text> {
    texts.iter().map(|text| Text::Owned(text.as_ref().to_owned())).collect()
}

/// A duration as Prometheus writes it: `5m`, `1h`, `3d`.
pub fn spelt(of: Duration) -> String {
    let seconds = of.as_secs();
    for (size, unit) in [(86_400, "d"), (3600, "h"), (60, "m")] {
        if seconds > 0 && seconds.is_multiple_of(size) {
            return format!("{}{unit}", seconds / size);
        }
    }
    format!("{seconds}s")
}

/// What stands in braces in the text of an alert, filled in.
///
/// # Errors
///
/// The first word in braces that is not known.
pub fn filled(text: &str, fill: impl Fn(&str) -> Option<String>) -> Result<String, &str> {
    let mut filled = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((word, after)) = after.split_once('}') else { return Err(after) };
        filled.push_str(before);
        filled.push_str(&fill(word).ok_or(word)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// A share as people write it: 0.07 times 100 would be 7.000000000000001.
pub fn percent(share: f64) -> String {
    format!("{}%", (share * 1e11).round() / 1e9)
}
