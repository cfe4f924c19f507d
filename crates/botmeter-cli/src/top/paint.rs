//! Colors, which a terminal may not have.

use botmeter_view::picture::{Ink, Level};
use ratatui::style::{Color, Modifier, Style};

/// What colors there are. Whatever they say is said by a sign as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paint {
    pub(super) has_color: bool,
}

/// Those of the terminal's own colors that are read on light and on dark
/// ground.
const INKS: [Color; 6] =
    [Color::Cyan, Color::Magenta, Color::Yellow, Color::Blue, Color::Green, Color::Red];

impl Paint {
    pub(super) fn color(self, color: Color) -> Style {
        if self.has_color { Style::new().fg(color) } else { Style::new() }
    }

    pub(super) fn level(self, level: Option<Level>) -> Style {
        match level {
            Some(Level::Critical) => self.color(Color::Red).add_modifier(Modifier::BOLD),
            Some(Level::Warning) => self.color(Color::Yellow),
            Some(Level::Info) => self.color(Color::Cyan),
            Some(Level::Well) | None => Style::new(),
        }
    }

    pub(super) fn ink(self, ink: Ink) -> Style {
        self.color(match ink {
            Ink::Number(number) => INKS.get(number % INKS.len()).copied().unwrap_or_default(),
            Ink::Green => Color::Green,
            Ink::Yellow => Color::Yellow,
            Ink::Red => Color::Red,
            Ink::Gray => Color::DarkGray,
        })
    }

    /// A line of text whose sign comes first.
    pub(super) fn signed(self, line: &str) -> Style {
        let signs = [("!!", Level::Critical), ("! ", Level::Warning), ("i ", Level::Info)];
        let found = signs.into_iter().find(|(sign, _)| line.starts_with(sign));
        self.level(found.map(|(_, level)| level))
    }
}

/// What is beside the point.
pub(super) fn soft() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

/// The sign of what is not well.
pub(super) fn sign(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Critical) => "!! ",
        Some(Level::Warning) => "! ",
        Some(Level::Info) => "i ",
        Some(Level::Well) | None => "",
    }
}
