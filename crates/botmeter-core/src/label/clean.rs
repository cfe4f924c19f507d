//! Making any text fit to be a label value.

use std::io::{Cursor, Write as _};

use super::{UNKNOWN, digest};

/// The longest label value, in bytes.
pub const MAX_VALUE_BYTES: usize = 128;

/// What is left of a longer text, before `~` and 16 digits that stand for all
/// of it.
const CUT_AT: usize = MAX_VALUE_BYTES - 17;

/// A label value that both routes carry unchanged.
///
/// Control characters and backslashes become `_`: the scrape text would need
/// them escaped, and exporters disagree on how. A text longer than
/// [`MAX_VALUE_BYTES`] is cut and ends with a number that tells it apart from
/// others that begin alike, the same number in every process; an empty one
/// becomes `unknown`. Nothing is allocated.
///
/// ```
/// use botmeter_core::label::Clean;
///
/// assert_eq!(Clean::of("gpt-4o").as_str(), "gpt-4o");
/// assert_eq!(Clean::of("a\nb\\c").as_str(), "a_b_c");
/// assert_eq!(Clean::of("").as_str(), "unknown");
/// assert_eq!(Clean::of(&"x".repeat(10_000)).as_str().len(), 128);
/// assert!(Clean::of(&"x".repeat(10_000)).is_cut());
/// ```
#[derive(Debug)]
pub struct Clean<'a> {
    text: Text<'a>,
    is_cut: bool,
}

#[derive(Debug)]
enum Text<'a> {
    Given(&'a str),
    Mended { bytes: [u8; MAX_VALUE_BYTES], len: usize },
}

impl<'a> Clean<'a> {
    /// The text, mended where it has to be.
    pub fn of(text: &'a str) -> Self {
        if text.is_empty() {
            return Self { text: Text::Given(UNKNOWN), is_cut: false };
        }
        let is_cut = text.len() > MAX_VALUE_BYTES;
        if !is_cut && !text.chars().any(must_go) {
            return Self { text: Text::Given(text), is_cut };
        }
        let head = if is_cut { &text[..text.floor_char_boundary(CUT_AT)] } else { text };
        let mut bytes = [0; MAX_VALUE_BYTES];
        let mut len = 0;
        for c in head.chars() {
            let c = if must_go(c) { '_' } else { c };
            len += c.encode_utf8(&mut bytes[len..]).len();
        }
        if is_cut {
            let mut rest = Cursor::new(&mut bytes[len..]);
            // There is room, so writing cannot fail.
            let _written = write!(rest, "~{:016x}", digest::lasting(text));
            len += 17;
        }
        Self { text: Text::Mended { bytes, len }, is_cut }
    }

    /// Whether the text was longer than it may be.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The clean text.
    pub fn as_str(&self) -> &str {
        match &self.text {
            Text::Given(text) => text,
            // The bytes were written as characters, so this never fails.
            Text::Mended { bytes, len } => std::str::from_utf8(&bytes[..*len]).unwrap_or(UNKNOWN),
        }
    }
}

fn must_go(c: char) -> bool {
    c.is_control() || c == '\\'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_becomes_a_short_value_without_escapes(text in any::<String>()) {
            let clean = Clean::of(&text);
            let value = clean.as_str();
            prop_assert!(!value.is_empty() && value.len() <= MAX_VALUE_BYTES);
            prop_assert!(!value.contains('\\') && !value.chars().any(char::is_control));
            let again = Clean::of(value);
            prop_assert_eq!(again.as_str(), value);
        }
    }

    #[test]
    fn a_value_of_128_bytes_is_whole() {
        let text = "x".repeat(MAX_VALUE_BYTES);
        let clean = Clean::of(&text);
        assert_eq!((clean.as_str(), clean.is_cut()), (text.as_str(), false));
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        for (text, head) in [
            ("é".repeat(200), "é".repeat(55)),
            (format!("\n{}", "é".repeat(200)), format!("_{}", "é".repeat(55))),
        ] {
            let clean = Clean::of(&text);
            let (kept, number) = clean.as_str().split_once('~').unwrap();
            assert_eq!((kept, number.len()), (head.as_str(), 16));
        }
    }
}
