//! Screens of every width, whatever the labels say.

use expect_test::expect_file;
use proptest::prelude::*;

use super::*;
use crate::tests::page as drawn;

#[test]
fn a_page_fits_a_terminal() {
    expect_file!["../snapshots/page.txt"].assert_eq(&page(&drawn("in"), Terminal::plain(90)));
}

/// The text without the colors that we put in.
fn without_colors(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let (code, after) = after.split_once('m').expect("a color has an end");
        assert!(code.chars().all(|c| c.is_ascii_digit() || c == ';'), "{code:?}");
        rest = after;
    }
    plain + rest
}

#[test]
fn colors_change_nothing_else() {
    let drawn = drawn("in");
    let colored = page(&drawn, Terminal { columns: 90, has_color: true });
    assert!(colored.contains("\u{1b}[33m"));
    assert_eq!(without_colors(&colored), page(&drawn, Terminal::plain(90)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_label_value_reaches_the_terminal_as_more_than_text(
        value in prop_oneof![any::<String>(), "[\u{0}-\u{1f}\u{7f}\u{9b}\u{202e}]{1,6}"],
        columns in 0..200_usize,
        has_color: bool,
    ) {
        let text = without_colors(&page(&drawn(&value), Terminal { columns, has_color }));
        for line in text.lines() {
            prop_assert!(!line.contains(|c: char| c.is_control()), "{:?}", line);
            // Below this, no terminal is of use, but nothing breaks.
            if columns >= 40 {
                prop_assert!(line.chars().count() <= columns, "{} {:?}", columns, line);
            }
        }
    }
}
