//! Comparing texts while compiling.

/// Whether the text from `start` to `end` is this word.
pub(crate) const fn equal(text: &[u8], start: usize, end: usize, word: &[u8]) -> bool {
    if end - start != word.len() {
        return false;
    }
    let mut at = 0;
    while at < word.len() {
        if text[start + at] != word[at] {
            return false;
        }
        at += 1;
    }
    true
}
