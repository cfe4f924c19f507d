//! What somebody looks at, and what keys make of it.

use std::time::Duration;

use botmeter_view::{Address, Page, anchor};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Shown, board::Board};

/// What somebody looks at.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Look {
    /// The page, as its address would say it.
    pub(super) address: Address,
    pub(super) view: View,
    /// Which panel is chosen.
    pub(super) panel: usize,
    /// How far down a view is that has no panels.
    pub(super) line: usize,
    /// What the last key did, if that cannot be seen.
    pub(super) said: Option<String>,
}

/// What the screen shows below its head.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum View {
    #[default]
    Board,
    /// What is wrong, with what to do.
    Alerts,
    /// One panel.
    Panel,
    /// Which label values are shown.
    Choices,
    Help,
    /// The queries of a panel.
    Query(String),
}

/// What is to be done after a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Nothing,
    /// The page at the address is to be drawn.
    Draw,
    /// The queries of the panel at this place are to be copied.
    Copy(String),
    End,
}

impl Look {
    pub(super) fn key(&mut self, key: KeyEvent, shown: Option<&Shown>) -> Then {
        self.said = None;
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if is_control => return Then::End,
            KeyCode::Char('q') => return Then::End,
            KeyCode::Esc if self.view == View::Board => {}
            KeyCode::Esc | KeyCode::Backspace => self.turn(View::Board),
            KeyCode::Char('?' | 'h') => self.toggle(View::Help),
            KeyCode::Char('a') => self.toggle(View::Alerts),
            KeyCode::Char('v') => self.toggle(View::Choices),
            _ => {}
        }
        let Some(shown) = shown else { return Then::Nothing };
        match key.code {
            KeyCode::Char(digit @ '1'..='9') => {
                let place = usize::try_from(u32::from(digit) - u32::from('1')).unwrap_or(0);
                self.dashboard(&shown.page, place)
            }
            KeyCode::Tab => self.dashboard(&shown.page, (shown.place() + 1) % shown.count()),
            KeyCode::BackTab => {
                let before = shown.place() + shown.count() - 1;
                self.dashboard(&shown.page, before % shown.count())
            }
            KeyCode::Down | KeyCode::Char('j') => self.go(1, shown),
            KeyCode::Up | KeyCode::Char('k') => self.go(-1, shown),
            KeyCode::PageDown => self.go(10, shown),
            KeyCode::PageUp => self.go(-10, shown),
            KeyCode::Right | KeyCode::Char('l') if self.view == View::Board => self.go(1, shown),
            KeyCode::Left if self.view == View::Board => self.go(-1, shown),
            KeyCode::Enter | KeyCode::Char(' ') if self.view == View::Choices => self.choose(shown),
            KeyCode::Enter if self.view == View::Panel => {
                self.turn(View::Board);
                Then::Nothing
            }
            KeyCode::Enter => {
                self.turn(View::Panel);
                Then::Nothing
            }
            KeyCode::Char('r') => self.range(&shown.page),
            KeyCode::Char('p') => self.pause(&shown.page),
            KeyCode::Char('y') => shown
                .chosen(self)
                .map_or(Then::Nothing, |(uid, picture)| Then::Copy(anchor(uid, &picture.title))),
            _ => Then::Nothing,
        }
    }

    pub(super) fn turn(&mut self, view: View) {
        (self.view, self.line) = (view, 0);
    }

    fn toggle(&mut self, view: View) {
        let view = if self.view == view { View::Board } else { view };
        self.turn(view);
    }

    fn dashboard(&mut self, page: &Page, place: usize) -> Then {
        let Some(dashboard) = page.dashboards.get(place) else { return Then::Nothing };
        self.address.dashboard = Some(dashboard.uid.clone());
        self.panel = 0;
        self.turn(View::Board);
        Then::Draw
    }

    fn go(&mut self, by: isize, shown: &Shown) -> Then {
        let (place, most) = match self.view {
            View::Board | View::Panel => {
                let board = shown.dashboard().map(Board::of);
                (&mut self.panel, board.map_or(0, |board| board.panels.len()))
            }
            View::Choices => (&mut self.line, choices(&shown.page).count()),
            View::Alerts | View::Help | View::Query(_) => (&mut self.line, usize::MAX),
        };
        *place = place.saturating_add_signed(by).min(most.saturating_sub(1));
        Then::Nothing
    }

    fn range(&mut self, page: &Page) -> Then {
        let ranges = &page.choices.ranges;
        let now = ranges.iter().position(|range| range.is_chosen);
        let next = now.map_or(0, |now| (now + 1) % ranges.len().max(1));
        let Some(range) = ranges.get(next) else { return Then::Nothing };
        self.address.range = Some(Duration::from_secs(range.seconds));
        self.said = Some(format!("shows {}", range.text));
        Then::Draw
    }

    /// What is shown stands still; what is wrong is always as of now.
    fn pause(&mut self, page: &Page) -> Then {
        self.address.end = match self.address.end {
            None => Some(page.at),
            Some(_) => None,
        };
        Then::Draw
    }

    fn choose(&mut self, shown: &Shown) -> Then {
        let Some((key, value, is_chosen)) = choices(&shown.page).nth(self.line) else {
            return Then::Nothing;
        };
        let chosen = self.address.chosen.pairs();
        let mut values: Vec<_> = chosen
            .filter(|(known, chosen)| *known == key && *chosen != value)
            .map(|(_, value)| value.to_owned())
            .collect();
        if !is_chosen {
            values.push(value.to_owned());
        }
        self.address.chosen = if values.is_empty() {
            self.address.chosen.clone().all(key)
        } else {
            self.address.chosen.clone().only(key, values)
        };
        Then::Draw
    }
}

/// Labels and their values, and whether each is chosen.
pub(super) fn choices(page: &Page) -> impl Iterator<Item = (&str, &str, bool)> {
    page.choices.labels.iter().flat_map(|choice| {
        let values = choice.values.iter();
        values.map(|(value, is_chosen)| (choice.key.as_str(), value.as_str(), *is_chosen))
    })
}
