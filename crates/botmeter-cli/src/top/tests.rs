//! Whole screens, of every size and after every key.

use std::{fmt::Write as _, time::Duration};

use botmeter_window::exposition::{Format, Page};
use expect_test::expect_file;
use ratatui::{
    Terminal,
    backend::TestBackend,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
};

use super::{
    look::{Then, View},
    *,
};

const START: i64 = 1_795_270_200_000;
const PLAIN: Paint = Paint { has_color: false };

/// A bot that calls models for twenty minutes, of which ever more fail; the
/// second model is called as a label says.
fn bots(model: &str) -> Bots {
    let boards = crate::boards(&botmeter_catalogue::catalogue());
    let minute = Duration::from_mins(1);
    let bots = Bots::new(boards, [("mail".into(), "a:9464".into())], 64 << 20, minute, START);
    for step in 0..=20_u32 {
        let page = Page::read(&page(step, model), Format::Text).unwrap();
        bots.hear(START + i64::from(step) * 60_000, vec![Ok(page)]).unwrap();
    }
    bots
}

fn page(step: u32, model: &str) -> String {
    let began = START / 1000 - 90;
    let model = model.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
    let mut page = format!(
        "# TYPE build_info gauge\nbuild_info{{version=\"1.2.3\"}} 1\n\
         # TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {began}\n\
         # TYPE llm_requests_total counter\n"
    );
    for (model, status, count) in [
        ("gpt", "success", 60 * step),
        ("gpt", "error", 2 * step * step),
        (&*model, "success", 20 * step + 9 * (step % 3)),
    ] {
        let labels = format!("provider=\"openai\",model=\"{model}\",status=\"{status}\"");
        writeln!(page, "llm_requests_total{{{labels}}} {count}").unwrap();
    }
    page
}

fn look(dashboard: &str) -> Look {
    let address = Address { dashboard: Some(dashboard.to_owned()), ..Address::default() };
    Look { address, ..Look::default() }
}

/// What a terminal of this size would show.
fn screen(shown: Option<&Shown>, look: &Look, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let draw = |frame: &mut ratatui::Frame<'_>| {
        screen::draw(shown, look, PLAIN, frame.area(), frame.buffer_mut());
    };
    terminal.draw(draw).unwrap();
    let buffer = terminal.backend().buffer();
    let lines = buffer.area.rows().map(|row| {
        let cells = row.columns().filter_map(|at| buffer.cell((at.x, at.y)));
        cells.map(ratatui::buffer::Cell::symbol).collect::<String>()
    });
    lines.flat_map(|line| [line.trim_end().to_owned(), "\n".to_owned()]).collect()
}

fn keys(look: &mut Look, shown: &Shown, keys: &str) -> Vec<Then> {
    let codes = keys.split(' ').map(|key| match key {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "back" => KeyCode::BackTab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        key => KeyCode::Char(key.chars().next().unwrap()),
    });
    codes.map(|code| look.key(KeyEvent::from(code), Some(shown))).collect()
}

#[test]
fn a_screen_says_what_is_wrong_first_and_then_what_the_dashboard_says() {
    let look = look("llm-api-health");
    let shown = Shown::of(&bots("small"), &look.address);
    expect_file!["snapshots/100x30.txt"].assert_eq(&screen(Some(&shown), &look, (100, 30)));
    expect_file!["snapshots/200x60.txt"].assert_eq(&screen(Some(&shown), &look, (200, 60)));
}

#[test]
fn the_smallest_terminal_says_what_it_can() {
    let look = look("llm-api-health");
    let shown = Shown::of(&bots("small"), &look.address);
    let small = screen(Some(&shown), &look, (20, 5));
    expect_file!["snapshots/20x5.txt"].assert_eq(&small);
    assert_eq!(screen(Some(&shown), &look, (1, 1)), "!\n");
    assert_eq!(screen(None, &look, (1, 1)), "…\n");
}

#[test]
fn no_size_and_no_view_breaks() {
    let mut look = look("llm-api-health");
    let shown = Shown::of(&bots("small"), &look.address);
    let views = [
        View::Board,
        View::Alerts,
        View::Panel,
        View::Choices,
        View::Help,
        View::Query("q".into()),
    ];
    for view in views {
        look.turn(view);
        for panel in [0, 3, 1000] {
            look.panel = panel;
            for width in [1, 2, 19, 40, 41, 63, 90, 300] {
                for height in [1, 2, 3, 10, 11, 47] {
                    screen(Some(&shown), &look, (width, height));
                }
            }
        }
    }
}

#[test]
fn no_label_value_is_more_than_text_and_wide_ones_keep_their_place() {
    let hostile = "\u{1b}[2J\u{1b}]52;c;eA==\u{7}\u{9b}31m\u{202e}郵便郵便";
    let mut look = look("llm-api-health");
    let shown = Shown::of(&bots(hostile), &look.address);
    let mut is_seen = false;
    for view in [View::Board, View::Alerts, View::Panel, View::Choices] {
        look.turn(view);
        for panel in 0..12 {
            look.panel = panel;
            let screen = screen(Some(&shown), &look, (120, 50));
            assert!(!screen.contains(|c: char| c.is_control() && c != '\n'), "{screen:?}");
            assert!(!screen.contains('\u{202e}'), "{screen:?}");
            is_seen |= screen.contains("]52;c;eA==") && screen.contains('郵');
        }
    }
    assert!(is_seen, "the value is shown somewhere");
}

#[test]
fn keys_choose_what_is_shown() {
    let bots = bots("small");
    let mut look = Look::default();
    let shown = Shown::of(&bots, &look.address);
    let count = shown.page.dashboards.len();
    assert_eq!(keys(&mut look, &shown, "3"), [Then::Draw]);
    let third = shown.page.dashboards[2].uid.clone();
    assert_eq!(look.address.dashboard.as_ref(), Some(&third));
    let of_third = Shown::of(&bots, &look.address);
    assert_eq!(of_third.place(), 2);
    keys(&mut look, &of_third, "tab");
    assert_eq!(look.address.dashboard.as_ref(), Some(&shown.page.dashboards[3].uid));
    keys(&mut look, &shown, "back");
    assert_eq!(look.address.dashboard.as_ref(), Some(&shown.page.dashboards[count - 1].uid));
    assert_eq!(keys(&mut look, &shown, "9"), [Then::Nothing], "there are {count}");

    keys(&mut look, &shown, "down down up enter");
    assert_eq!((look.panel, &look.view), (1, &View::Panel));
    keys(&mut look, &shown, "esc a");
    assert_eq!(look.view, View::Alerts);
    keys(&mut look, &shown, "a ?");
    assert_eq!(look.view, View::Help);

    assert_eq!(keys(&mut look, &shown, "esc r"), [Then::Nothing, Then::Draw]);
    assert_ne!(look.address.range, None);
    keys(&mut look, &shown, "p");
    assert_eq!(look.address.end, Some(shown.page.at));
    assert!(screen(Some(&shown), &look, (100, 30)).contains("PAUSED at 2026-"));
    keys(&mut look, &shown, "p");
    assert_eq!(look.address.end, None);

    let control = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
    assert_eq!(look.key(control('c'), None), Then::End);
    assert_eq!(keys(&mut look, &shown, "q"), [Then::End]);
}

#[test]
fn labels_are_chosen_and_let_go() {
    let bots = bots("small");
    let mut look = look("llm-api-health");
    let shown = Shown::of(&bots, &look.address);
    let at =
        look::choices(&shown.page).position(|(key, value, _)| (key, value) == ("model", "gpt"));
    keys(&mut look, &shown, "v");
    look.line = at.unwrap();
    assert_eq!(keys(&mut look, &shown, "enter"), [Then::Draw]);
    assert_eq!(look.address.to_string(), "dashboard=llm-api-health&model=gpt");
    let shown = Shown::of(&bots, &look.address);
    assert!(screen(Some(&shown), &look, (100, 30)).contains("[x] model = gpt"));
    keys(&mut look, &shown, "enter");
    assert_eq!(look.address.to_string(), "dashboard=llm-api-health");
}

#[test]
fn the_queries_of_a_panel_are_copied() {
    let bots = bots("small");
    let mut look = look("llm-api-health");
    let shown = Shown::of(&bots, &look.address);
    let [Then::Copy(place)] = &keys(&mut look, &shown, "y")[..] else {
        panic!("nothing is copied")
    };
    let query = bots.promql(&look.address, place).unwrap();
    assert!(query.contains("llm_requests_total") && !query.contains('$'), "{query}");
}

#[test]
fn alerts_have_their_runbooks() {
    let mut look = look("llm-api-health");
    let shown = Shown::of(&bots("small"), &look.address);
    look.turn(View::Alerts);
    let screen = screen(Some(&shown), &look, (100, 30));
    for part in ["ALERTS  3 firing", "LlmProviderErrorsHigh", "    1. "] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
}
