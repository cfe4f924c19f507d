//! Pages that browsers and strict readers understand, whatever the labels say.

use std::collections::BTreeMap;

use proptest::prelude::*;
use roxmltree::{Document, Node, ParsingOptions};

use super::*;
use crate::{
    picture::{Drawing, Table},
    tests::{board, page as drawn},
};
use botmeter_board::Limits;

/// Reads the page as XML, which every element that is left open breaks.
fn parsed(html: &str, look: impl FnOnce(&Document<'_>)) {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    look(&Document::parse_with_options(html, options).unwrap());
}

fn elements<'a>(document: &'a Document<'_>) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(Node::is_element)
}

/// What a strict policy forbids, and what would lead nowhere.
fn is_strict(html: &str) {
    parsed(html, |document| {
        let mut ids = Vec::new();
        for element in elements(document) {
            let name = element.tag_name().name();
            assert!(!matches!(name, "iframe" | "object"), "{name}");
            assert!(name != "script" || element.text().is_none(), "a script stands in the page");
            for attribute in element.attributes() {
                let (key, value) = (attribute.name(), attribute.value());
                assert!(key != "style" && !key.starts_with("on"), "{key} of {name}");
                if key == "id" {
                    assert!(!ids.contains(&value.to_owned()), "{value} is there twice");
                    ids.push(value.to_owned());
                }
                if matches!(key, "href" | "src") {
                    let is_known = value.starts_with('#')
                        || value.starts_with('?')
                        || value.starts_with("data:image/svg+xml,")
                        || ["style.css", "script.js", "./?"].contains(&value)
                        || value.starts_with("panel.")
                        || value.starts_with("alert?");
                    assert!(is_known, "{value} is asked for");
                }
            }
        }
        let links = elements(document).filter_map(|element| element.attribute("href"));
        for link in links.filter_map(|link| link.strip_prefix('#')) {
            assert!(ids.iter().any(|id| id == link), "#{link} leads nowhere");
        }
    });
}

#[test]
fn a_page_is_strict_and_says_first_what_is_wrong() {
    let html = page(&drawn("in"), Form::Served(&Address::default()));
    is_strict(&html);
    let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text} is not there"));
    let order = [
        "1 alert is firing",
        "MailWaits",
        "200 mails of mail wait in out.",
        "Look at the queue.",
        "connection refused; does the bot run?",
        "Does mail get out?",
        "no mail yet",
    ];
    assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{html}");
    // A state is told by a sign and a word, not by its color alone.
    parsed(&html, |document| {
        let stat = elements(document).find(|it| it.attribute("class") == Some("stat warning"));
        let stat = stat.unwrap();
        let uses = stat.descendants().filter_map(|node| node.attribute("href"));
        assert_eq!(uses.collect::<Vec<_>>(), ["#sign-warning"]);
        let words: String = stat.descendants().filter_map(|node| node.text()).collect();
        assert!(words.contains("(warning)"), "{words}");
    });
}

#[test]
fn a_page_without_its_dashboards_leads_to_them() {
    let mut drawn = drawn("in");
    drawn.dashboards[0].rows = None;
    let html = page(&drawn, Form::Served(&Address::default()));
    is_strict(&html);
    for link in ["\"?dashboard=mail-out\"", "\"?dashboard=mail-out#mail-out--waiting\""] {
        assert!(html.contains(link), "{html}");
    }
}

#[test]
fn the_name_of_an_alert_in_a_table_leads_to_it() {
    let table = Table {
        keys: vec!["alertname".to_owned(), "job".to_owned()],
        headings: Vec::new(),
        rows: ["MailWaits", "Node down"]
            .map(|alert| (vec![alert.to_owned(), "mail".to_owned()], Vec::new()))
            .to_vec(),
        staged: vec!["MailWaits".to_owned()],
    };
    let mut drawn = drawn("in");
    drawn.dashboards[0].rows.as_mut().unwrap()[0].pictures[0].drawing = Drawing::Table(table);
    let html = page(&drawn, Form::Served(&Address::default()));
    is_strict(&html);
    let cell = html.split("<td>").nth(1).unwrap().split("</td>").next().unwrap();
    assert!(cell.contains("href=\"alert?called=MailWaits\""), "{cell}");
    // Others fire in the same Prometheus, of which nothing is known here.
    assert!(html.contains("<td><bdi>Node down</bdi></td>"), "{html}");
    let file = page(&drawn, Form::File);
    assert!(file.contains("<td>MailWaits</td>"), "{file}");
}

#[test]
fn range_and_labels_are_chosen_without_a_script() {
    let html = page(&drawn("in"), Form::Served(&Address::default()));
    parsed(&html, |document| {
        let named = |name: &'static str| {
            elements(document).filter(move |element| element.attribute("name") == Some(name))
        };
        let values: Vec<_> =
            named("queue").filter_map(|element| element.attribute("value")).collect();
        assert_eq!(values, ["in", "out"]);
        assert_eq!(named("range").count(), 1);
        let chosen = elements(document).find(|it| it.attribute("selected").is_some());
        assert_eq!(chosen.and_then(|it| it.attribute("value")), Some("1200"));
    });
    assert!(!page(&drawn("in"), Form::File).contains("<form"));
}

#[test]
fn an_alert_can_be_sent_as_one_file() {
    let board = board();
    let stage = Stage::of(&board, "MailWaits", &Limits::of(&[&board])).unwrap();
    let html = super::stage(&stage, Form::File);
    is_strict(&html);
    assert!(html.contains("+15 min") || html.contains(">15 min<"), "{html}");
}

#[test]
fn the_policy_of_one_file_lets_its_own_style_in() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256};

    let hash = STANDARD.encode(Sha256::digest(STYLE));
    expect_test::expect_file!["style.sha256"].assert_eq(&hash);
    // What a reader of XML or the browser would take for markup.
    assert!(!STYLE.contains(['<', '&']));
}

/// The colors of the light and of the dark scheme, by name.
fn schemes() -> [BTreeMap<&'static str, [u32; 3]>; 2] {
    let (light, rest) = STYLE.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let dark = rest.split_once("* { box-sizing").unwrap().0;
    [light, dark].map(|scheme| {
        let colors = scheme.split("--").skip(1).filter_map(|rest| {
            let (name, value) = rest.split_once(": #")?;
            let number = u32::from_str_radix(value.get(..6)?, 16).ok()?;
            Some((name, [number >> 16, number >> 8 & 255, number & 255]))
        });
        colors.collect()
    })
}

/// How far apart two colors are in brightness, as the guidelines for
/// accessible content count it: from 1 to 21.
fn contrast(a: [u32; 3], b: [u32; 3]) -> f64 {
    let brightness = |color: [u32; 3]| {
        let linear = color.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05
    };
    let (a, b) = (brightness(a), brightness(b));
    a.max(b) / a.min(b)
}

#[test]
fn texts_and_lines_can_be_told_from_their_ground() {
    for scheme in schemes() {
        assert!(scheme.len() > 20, "{scheme:?}");
        let is_clear = |ink: &str, grounds: &[&str], least: f64| {
            for ground in grounds {
                let contrast = contrast(scheme[ink], scheme[ground]);
                assert!(contrast >= least, "{ink} on {ground}: {contrast:.2}");
            }
        };
        let cards = ["critical-ground", "warning-ground", "info-ground"];
        for ink in ["ink", "soft", "link"] {
            is_clear(ink, &["ground", "paper"], 4.5);
            is_clear(ink, &cards, 4.5);
        }
        for ink in ["critical", "warning", "info", "well"] {
            is_clear(ink, &["ground", "paper"], 4.5);
        }
        // Names stand at the ends of lines in the colors of these.
        for ink in ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"] {
            is_clear(ink, &["paper"], 4.5);
        }
    }
}

/// Texts that mean something to somebody on the way.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,3}<script>alert\\(1\\)</script>",
        "\"><img src=x onerror=alert\\(1\\)>",
        "' onmouseover='x",
        "&amp;&lt;|]]>|<!--|-->|\\{\\{x\\}\\}|javascript:x",
        "[\u{0}-\u{1f}\u{7f}\u{202e}\u{fffe}]{1,6}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_label_value_becomes_markup(value in hostile()) {
        let html = page(&drawn(&value), Form::Served(&Address::default()));
        is_strict(&html);
        // The same elements as with a harmless value: nothing came in.
        let count = |html: &str| {
            let mut count = 0;
            parsed(html, |document| count = elements(document).count());
            count
        };
        let calm = page(&drawn(if value.is_empty() { "" } else { "in" }), Form::Served(&Address::default()));
        let (own, calm) = (count(&html), count(&calm));
        // Long names are not written at the ends of lines.
        prop_assert!(own <= calm + 2 && own + 60 > calm, "{} {}", own, calm);
        if value.contains(['<', '>', '"', '\'']) && value.len() > 3 {
            prop_assert!(!html.contains(&value), "{}", value);
        }
    }
}

#[test]
fn a_limit_names_the_alert_that_compares_with_it() {
    let drawn = drawn("in");
    let served = page(&drawn, Form::Served(&Address::default()));
    let limit = served.split("class=\"limit\"").nth(1).expect("there is a panel with a limit");
    let said = limit.split("</p>").next().unwrap_or_default();
    assert!(said.contains("alert?") && said.contains("called=MailWaits"), "{said}");
    let file = page(&drawn, Form::File);
    let limit = file.split("class=\"limit\"").nth(1).expect("there is a panel with a limit");
    let said = limit.split("</p>").next().unwrap_or_default();
    assert!(said.contains("MailWaits") && !said.contains("<a "), "{said}");
}
