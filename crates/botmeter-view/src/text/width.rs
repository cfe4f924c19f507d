//! Texts of a width.
//!
//! A character is taken for one column. Those that are wider, such as most of
//! East Asia's, make their line longer, which a terminal breaks.

/// The text without control characters, which could do anything to a
/// terminal, nor what turns its direction around.
pub fn clean(text: &str) -> String {
    let is_bad =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if is_bad(c) { '\u{fffd}' } else { c }).collect()
}

/// At most so many columns of the text.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(columns.saturating_sub(1)).collect();
    if columns > 0 {
        cut.push('…');
    }
    cut
}

/// So many columns, with this where there is no text.
pub(super) fn padded(text: &str, columns: usize, with: char) -> String {
    let mut padded = cut(text, columns);
    padded.extend(std::iter::repeat_n(with, columns - padded.chars().count()));
    padded
}

/// The text in lines of so many columns.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word = cut(word, columns);
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}
