//! A whole page, as plain data.

use std::{collections::BTreeSet, time::Duration};

use botmeter_board::{self as board, AlertName, Board, Limits};
use botmeter_core::label::Label as _;
use botmeter_window::{Rules, Scrape};
use serde::Serialize;

use crate::{
    Alerts, Answers, Choices, Event, Frame, Life, Picture, Stage, choices::choices,
    clock::length_of_duration, draw, events::events, frame::milliseconds, life::lives,
    picture::Drawing, traces,
};

/// What pages are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The boards.
    pub boards: &'a [Board],
    /// The rules of each board, in the same order; none at all if nobody
    /// evaluates them.
    pub rules: &'a [Rules],
    /// The bots that are scraped.
    pub scrapes: &'a [Scrape],
    /// Who answers.
    pub answers: &'a dyn Answers,
    /// The oldest time that something is known of.
    pub oldest: Option<i64>,
    /// When the rules were last evaluated, and the bots last asked. What is
    /// shown may end earlier; what is wrong is always as of now.
    pub now: i64,
}

/// Which dashboards a page has in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// All of them.
    All,
    /// The one with this address; of the others, the titles.
    One(&'a str),
}

/// A page: first what is wrong, then how the bots are, then the dashboards.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// As of when, in milliseconds.
    pub at: i64,
    /// The same as text.
    pub time: String,
    /// How far apart two pages are that differ, in milliseconds.
    pub every: i64,
    /// How much is shown.
    pub shown: String,
    /// How much is known.
    pub covered: String,
    /// What can be chosen, and is.
    pub choices: Choices,
    /// What is wrong; nothing if nobody looks at the rules.
    pub alerts: Option<Alerts>,
    /// How the bots are.
    pub lives: Vec<Life>,
    /// What happened to the bots within the time that is shown.
    pub events: Vec<Event>,
    /// Why nothing is known of the bots, if nobody answered.
    pub no_lives: Option<String>,
    /// Who answered, if not what was read here, and what is doubtful about it.
    pub notes: Vec<String>,
    /// The dashboards.
    pub dashboards: Vec<Dashboard>,
}

/// A dashboard with its pictures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dashboard {
    /// Its address.
    pub uid: String,
    /// Its title.
    pub title: String,
    /// What it answers.
    pub description: String,
    /// Its rows; nothing if only the title is asked for.
    pub rows: Option<Vec<Row>>,
}

/// Pictures under one heading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The heading.
    pub title: String,
    /// Whether it is closed until somebody opens it.
    pub is_collapsed: bool,
    /// The pictures.
    pub pictures: Vec<Picture>,
}

impl Dashboard {
    /// The title without what all dashboards of this project have in front of
    /// it.
    pub fn short_title(&self) -> &str {
        self.title.strip_prefix("botmeter / ").unwrap_or(&self.title)
    }
}

impl Page {
    /// How many bots cannot be read, in words; nothing if there is none.
    pub fn unread(&self) -> Option<String> {
        let count = self.lives.iter().filter(|life| life.failure.is_some()).count();
        let all = self.lives.len();
        let bots = if all == 1 { "bot" } else { "bots" };
        (count > 0).then(|| format!("{count} of {all} {bots} cannot be read"))
    }

    /// The page with links into the Jaeger at this address, for the time that
    /// the frame shows.
    #[must_use]
    pub fn with_jaeger(mut self, jaeger: &str, frame: &Frame) -> Self {
        let rows = self.dashboards.iter_mut().flat_map(|dashboard| dashboard.rows.iter_mut());
        for picture in rows.flatten().flat_map(|row| &mut row.pictures) {
            for traces in &mut picture.traces {
                traces.link = Some(traces::link(jaeger, traces, frame));
            }
        }
        self
    }

    /// Draws a page.
    pub fn of(source: &Source<'_>, frame: &Frame, which: Which<'_>) -> Self {
        // Marks of failures are no knowledge.
        let is_blind = !source.scrapes.is_empty()
            && source.scrapes.iter().all(|scrape| scrape.last_read().is_none());
        let oldest = source.oldest.filter(|_| !is_blind);
        let age = oldest.map_or(0, |oldest| source.now - oldest);
        let covered = Duration::from_millis(u64::try_from(age).unwrap_or(0));
        // Some rules alone would make the others seem quiet.
        let is_watched = source.boards.len() == source.rules.len();
        let pairs = source.boards.iter().zip(source.rules);
        let is_asked = |uid: &str| which == Which::All || which == Which::One(uid);
        let dashboards = source.boards.iter().flat_map(|board| &board.dashboards);
        let asked: Vec<_> =
            dashboards.clone().filter(|dashboard| is_asked(&dashboard.uid)).collect();
        let known =
            lives(source.answers, source.scrapes, &Frame { end: source.now, ..frame.clone() })
                .and_then(|lives| {
                    let events = events(source.answers, frame, source.oldest)?;
                    Ok((lives, events, choices(source.answers, &asked, frame, covered)?))
                });
        let ((lives, events, choices), no_lives) = match known {
            Ok(known) => (known, None),
            Err(why) => (Default::default(), Some(why)),
        };
        let boards: Vec<_> = source.boards.iter().collect();
        let limits = Limits::of(&boards);
        let dashboards = dashboards.map(|dashboard| Dashboard {
            uid: dashboard.uid.to_string(),
            title: dashboard.title.to_string(),
            description: dashboard.description.to_string(),
            rows: is_asked(&dashboard.uid).then(|| {
                let mut rows = rows(dashboard, &limits, source.answers, frame);
                let pictures = rows.iter_mut().flat_map(|row| &mut row.pictures);
                pictures.for_each(|picture| stage(picture, source.boards));
                rows
            }),
        });
        Self {
            at: frame.end,
            time: frame.clock.text(frame.end),
            every: milliseconds(frame.scrape),
            shown: length_of_duration(frame.shown),
            covered: length_of_duration(covered),
            choices,
            alerts: is_watched.then(|| Alerts::of(pairs, source.now, covered)),
            lives,
            events,
            no_lives,
            notes: source.answers.notes(),
            dashboards: dashboards.collect(),
        }
    }
}

/// Notes which alerts of a table can be shown.
fn stage(picture: &mut Picture, boards: &[Board]) {
    let Drawing::Table(table) = &mut picture.drawing else { return };
    let Some(place) = table.keys.iter().position(|key| key == AlertName::INFO.key()) else {
        return;
    };
    let names: BTreeSet<_> =
        table.rows.iter().filter_map(|(labels, _)| labels.get(place)).collect();
    let known = boards.iter().flat_map(Stage::names).map(str::to_owned);
    table.staged = known.filter(|name| names.contains(name)).collect();
}

fn rows(
    dashboard: &board::Dashboard,
    limits: &Limits,
    answers: &dyn Answers,
    frame: &Frame,
) -> Vec<Row> {
    let rows = dashboard.rows.iter().map(|row| {
        let pictures = row.panels.iter();
        let pictures = pictures.map(|panel| {
            let mut picture = draw(panel, &dashboard.variables, limits, answers, frame);
            let attributes: Vec<_> = dashboard.trace_attributes(panel).collect();
            traces::rename(&mut picture.traces, &attributes);
            picture
        });
        Row {
            title: row.title.to_string(),
            is_collapsed: row.is_collapsed,
            pictures: pictures.collect(),
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        picture::Table,
        tests::{board, page},
    };

    #[test]
    fn only_alerts_of_the_boards_can_be_shown() {
        let named = |key: &str| Table {
            keys: vec!["job".to_owned(), key.to_owned()],
            headings: Vec::new(),
            rows: ["MailWaits", "NodeDown"]
                .map(|name| (vec!["mail".to_owned(), name.to_owned()], Vec::new()))
                .to_vec(),
            staged: Vec::new(),
        };
        let mut picture = page("in").dashboards[0].rows.as_ref().unwrap()[0].pictures[0].clone();
        for (key, expected) in [("alertname", &["MailWaits"][..]), ("queue", &[])] {
            picture.drawing = Drawing::Table(named(key));
            stage(&mut picture, &[board()]);
            let Drawing::Table(table) = &picture.drawing else { panic!("{picture:?}") };
            assert_eq!(table.staged, expected, "{key}");
        }
    }
}
