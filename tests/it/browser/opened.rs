//! What was kept of bots that do everything, opened.

use std::{
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result};
use botmeter_window::Kept;
use integration_tests::Live;
use tempfile::TempDir;

use crate::hour::{Hour, Story, hour};

/// A live page that stands still, and the file that it is of.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) live: Live,
    folder: TempDir,
}

impl Opened {
    /// The page of bots that nobody means harm to, as of a quarter of an hour.
    pub(super) fn calm() -> Result<Self> {
        // To play them takes a while.
        static CALM: Mutex<Option<Vec<u8>>> = Mutex::new(None);
        let mut calm = CALM.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = match calm.take() {
            Some(bytes) => bytes,
            None => kept(&Story { quarters: 1, ..Story::default() })?,
        };
        Self::of(calm.insert(bytes))
    }

    /// The page of bots whose labels are of this kind.
    pub(super) fn telling(story: &Story) -> Result<Self> {
        Self::of(&kept(story)?)
    }

    fn of(window: &[u8]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("window");
        fs::write(&file, window)?;
        let live = Live::start(&["open", file.to_str().context("the path is no text")?])?;
        Ok(Self { live, folder })
    }

    /// A path beside the file.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The addresses of all dashboards.
    pub(super) fn dashboards(&self) -> Vec<String> {
        let catalogue = botmeter_catalogue::catalogue();
        let dashboards = catalogue.boards().flat_map(|(_, board)| &board.dashboards);
        dashboards.map(|of| self.live.page(&format!("/?dashboard={}", of.uid))).collect()
    }

    /// The addresses of one alert of each board, as it looks while it fires.
    pub(super) fn alerts(&self) -> Vec<String> {
        let catalogue = botmeter_catalogue::catalogue();
        let first = catalogue.boards().filter_map(|(_, board)| board.alerts.first());
        first.map(|alert| self.live.page(&format!("/alert?called={}", alert.name))).collect()
    }
}

/// What `botmeter watch --keep` would have written.
fn kept(story: &Story) -> Result<Vec<u8>> {
    let catalogue = botmeter_catalogue::catalogue();
    let boards: Vec<_> = catalogue.boards().map(|(_, board)| board.clone()).collect();
    let Hour { history, rules, bots } = hour(&boards, story)?;
    Ok(Kept::of(&history, &rules, &bots).to_bytes())
}
