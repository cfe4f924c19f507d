//! Making any text fit to be a label value.

use super::UNKNOWN;

/// The longest label value, in bytes; the rest is cut off.
pub const MAX_VALUE_BYTES: usize = 128;

/// A label value that both routes carry unchanged.
///
/// Control characters and backslashes become `_`: the scrape text would need
/// them escaped, and exporters disagree on how. A text longer than
/// [`MAX_VALUE_BYTES`] is cut, an empty one becomes `unknown`. Nothing is
/// allocated.
///
/// ```
/// use botmeter_core::label::Clean;
///
/// assert_eq!(Clean::of("gpt-4o").as_str(), "gpt-4o");
/// assert_eq!(Clean::of("a\nb\\c").as_str(), "a_b_c");
/// assert_eq!(Clean::of("").as_str(), "unknown");
/// assert_eq!(Clean::of(&"x".repeat(10_000)).as_str().len(), 128);
/// ```
#[derive(Debug)]
pub struct Clean<'a>(Text<'a>);

#[derive(Debug)]
enum Text<'a> {
    Given(&'a str),
    Mended { bytes: [u8; MAX_VALUE_BYTES], len: usize },
}

impl<'a> Clean<'a> {
    /// The text, mended where it has to be.
    pub fn of(text: &'a str) -> Self {
        if text.is_empty() {
            return Self(Text::Given(UNKNOWN));
        }
        let cut = &text[..text.floor_char_boundary(MAX_VALUE_BYTES)];
        if !cut.chars().any(must_go) {
            return Self(Text::Given(cut));
        }
        let mut bytes = [0; MAX_VALUE_BYTES];
        let mut len = 0;
        for c in cut.chars() {
            let c = if must_go(c) { '_' } else { c };
            len += c.encode_utf8(&mut bytes[len..]).len();
        }
        Self(Text::Mended { bytes, len })
    }

    /// The clean text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Given(text) => text,
            // The bytes were written by `encode_utf8`, so this never fails.
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
    fn a_cut_never_splits_a_character() {
        let text = "é".repeat(200);
        assert_eq!(Clean::of(&text).as_str(), "é".repeat(64));
        let text = format!("\n{}", "é".repeat(200));
        assert_eq!(Clean::of(&text).as_str(), format!("_{}", "é".repeat(63)));
    }
}
