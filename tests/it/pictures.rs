//! Every panel of every board, drawn from samples that a scraper may meet.

use std::{collections::BTreeSet, fs, io::Write, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use botmeter_board::{Board, Limits};
use botmeter_view::{
    Address, Clock, Frame, Page, Source, Stage, Which,
    html::{self, Form},
    picture::Drawing,
    text::{self, Terminal},
};
use botmeter_window::{Chosen, History, Rules};
use flate2::{Compression, write::GzEncoder};
use integration_tests::boards;
use roxmltree::{Document, ParsingOptions};

use crate::hour::{self, Story};

fn page(boards: &[Board], rules: &[Rules], history: &History, end: i64, which: Which<'_>) -> Page {
    let frame = Frame {
        end,
        shown: Duration::from_mins(15),
        scrape: Duration::from_secs(15),
        chosen: Chosen::default(),
        clock: Clock::Wall { east: 0 },
    };
    let oldest = history.oldest();
    let source = Source { boards, rules, scrapes: &[], answers: history, oldest, now: end };
    Page::of(&source, &frame, which)
}

/// Whether a number, or words, can be seen.
fn is_drawn(drawing: &Drawing) -> bool {
    match drawing {
        Drawing::Nothing(_) | Drawing::NoAnswer(_) => false,
        Drawing::Lines(lines) => {
            lines.lines.iter().any(|line| line.values.iter().flatten().any(|v| v.is_finite()))
        }
        Drawing::Heat(heat) => heat.most > 0.0,
        Drawing::Bands(bands) => bands.rows.iter().any(|(_, stretches)| !stretches.is_empty()),
        Drawing::Table(table) => !table.rows.is_empty(),
        Drawing::Stats(_) | Drawing::Dial { .. } | Drawing::Bars(_) | Drawing::Text(_) => true,
    }
}

/// Every element is closed, no address is there twice, every link within the
/// page leads somewhere.
fn leads_somewhere(html: &str) -> Result<()> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(html, options)?;
    let attributes = |key: &'static str| {
        document.descendants().filter_map(move |element| element.attribute(key))
    };
    let mut ids = BTreeSet::new();
    for id in attributes("id") {
        ensure!(ids.insert(id), "{id} is there twice");
    }
    for link in attributes("href").filter_map(|link| link.strip_prefix('#')) {
        ensure!(ids.contains(link), "#{link} leads nowhere");
    }
    Ok(())
}

#[test]
fn every_panel_of_every_board_is_drawn() -> Result<()> {
    let boards = boards();
    let hour::Hour { history, rules, .. } = hour::hour(&boards, &Story::default())?;
    let page = page(&boards, &rules, &history, hour::END, Which::All);
    let panels = page.dashboards.iter().flat_map(|dashboard| {
        let pictures = dashboard.rows.iter().flatten().flat_map(|row| &row.pictures);
        pictures.map(|picture| (&dashboard.title, picture))
    });
    let panels: Vec<_> = panels.collect();
    ensure!(panels.len() > 150, "there are {} panels", panels.len());
    let blank = panels.iter().filter(|(_, picture)| !is_drawn(&picture.drawing));
    let blank: Vec<_> =
        blank.map(|(title, picture)| format!("{title}, {}", picture.title)).collect();
    ensure!(blank.is_empty(), "nothing is drawn: {blank:#?}");
    let html = html::page(&page, Form::File);
    leads_somewhere(&html)?;
    leads_somewhere(&html::page(&page, Form::Served(&Address::default())))?;
    let text = text::page(&page, Terminal::plain(100));
    let long = text.lines().find(|line| line.chars().count() > 100);
    ensure!(long.is_none(), "{long:?} is too long");
    // For people to look at.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::write(folder.join("pictures.html"), html)?;
    fs::write(folder.join("style.css"), html::STYLE)?;
    fs::write(folder.join("script.js"), html::SCRIPT)?;
    fs::write(folder.join("served.html"), html::page(&page, Form::Served(&Address::default())))?;
    fs::write(folder.join("pictures.txt"), text)?;
    Ok(())
}

#[test]
fn no_page_is_longer_than_a_phone_takes_at_once() -> Result<()> {
    let boards = boards();
    let hour::Hour { history, rules, .. } = hour::hour(&boards, &Story::default())?;
    for dashboard in boards.iter().flat_map(|board| &board.dashboards) {
        let page = page(&boards, &rules, &history, hour::END, Which::One(&dashboard.uid));
        let html = html::page(&page, Form::Served(&Address::default()));
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(html.as_bytes())?;
        let length = packed.finish()?.len();
        ensure!(length <= 80 << 10, "{} has {length} bytes, packed", dashboard.title);
    }
    Ok(())
}

#[test]
fn every_alert_can_be_shown_firing_and_says_what_promtool_expects() -> Result<()> {
    let boards = boards();
    let all: Vec<_> = boards.iter().collect();
    let limits = Limits::of(&all);
    for board in &boards {
        for alert in &board.alerts {
            let stage = Stage::of(board, &alert.name, &limits);
            let stage = stage.with_context(|| format!("{} has no stage", alert.name))?;
            let [firing] = &stage.alerts[..] else {
                anyhow::bail!("{} of {} fire", stage.alerts.len(), alert.name);
            };
            ensure!(
                firing.value == alert.fires.shown,
                "{} says {} instead of {}",
                alert.name,
                firing.value,
                alert.fires.shown
            );
            // That nothing is there may be what the alert is about.
            let is_told = |text: &str| stage.picture.drawing == Drawing::Nothing(text.to_owned());
            let is_absence = is_told("0") || is_told("no process reports");
            let is_shown = is_absence || is_drawn(&stage.picture.drawing);
            ensure!(is_shown, "{} shows nothing", alert.name);
        }
        for objective in &board.objectives {
            let stage = Stage::of(board, &objective.alert, &limits);
            let stage = stage.with_context(|| format!("{} has no stage", objective.alert))?;
            ensure!(stage.alerts.len() == objective.windows.len(), "{}", objective.alert);
        }
    }
    Ok(())
}
