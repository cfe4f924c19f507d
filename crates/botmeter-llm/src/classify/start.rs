//! As much of a text as is looked at: some clients print a whole reply.

use std::fmt::{self, Write};

/// The beginning of what something prints.
pub(super) struct Start {
    pub(super) text: String,
    /// Whether there is more.
    pub(super) is_cut: bool,
}

const MAX_BYTES: usize = 2048;

impl Start {
    pub(super) fn of(printed: fmt::Arguments<'_>) -> Self {
        let mut start = Self { text: String::new(), is_cut: false };
        // Where it is long enough, printing ends with an error.
        start.is_cut = start.write_fmt(printed).is_err();
        start
    }
}

impl Write for Start {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = text.floor_char_boundary(MAX_BYTES - self.text.len());
        self.text.push_str(&text[..fits]);
        if fits == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}
