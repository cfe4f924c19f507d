//! A screen as text, for what is no terminal.

use std::fmt::Write as _;

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
    text::Span,
};

/// The lines of a screen, without what is empty at their ends; with the codes
/// of colors if they are wanted.
pub(super) fn text(screen: &Buffer, has_color: bool) -> String {
    let mut text = String::new();
    for y in screen.area.rows() {
        let mut line = String::new();
        let mut codes = String::new();
        let mut hidden = 0;
        for x in y.columns() {
            let Some(cell) = screen.cell((x.x, x.y)) else { continue };
            // What lies under a wide character is not there.
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = Span::raw(cell.symbol()).width().saturating_sub(1);
            if has_color {
                let own = self::codes(cell);
                if own != codes {
                    // Writing to a string never fails.
                    let _ = write!(line, "\u{1b}[0{own}m");
                    codes = own;
                }
            }
            line.push_str(cell.symbol());
        }
        text.push_str(line.trim_end());
        if !codes.is_empty() {
            text.push_str("\u{1b}[0m");
        }
        text.push('\n');
    }
    text
}

fn codes(cell: &Cell) -> String {
    let modifiers = [(Modifier::BOLD, ";1"), (Modifier::DIM, ";2"), (Modifier::REVERSED, ";7")];
    let modifiers = modifiers.iter().filter(|(modifier, _)| cell.modifier.contains(*modifier));
    let color = match cell.fg {
        Color::Red => ";31",
        Color::Green => ";32",
        Color::Yellow => ";33",
        Color::Blue => ";34",
        Color::Magenta => ";35",
        Color::Cyan => ";36",
        Color::DarkGray => ";90",
        _ => "",
    };
    modifiers.map(|(_, code)| *code).chain([color]).collect()
}

#[cfg(test)]
mod tests {
    use ratatui::{layout::Rect, style::Style};

    use super::*;

    #[test]
    fn colors_are_codes_or_nothing_and_wide_characters_take_two_columns() {
        let mut screen = Buffer::empty(Rect::new(0, 0, 8, 2));
        screen.set_string(0, 0, "郵便 ok", Style::new().fg(Color::Red));
        screen.set_string(0, 1, "\u{1b}[2Jx", Style::new());
        assert_eq!(text(&screen, false), "郵便 ok\n[2Jx\n");
        assert_eq!(text(&screen, true), "\u{1b}[0;31m郵便 ok\u{1b}[0m\n[2Jx\n");
    }
}
