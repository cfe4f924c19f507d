//! The states of a bot's life, as samples.

use std::ops::RangeInclusive;

use anyhow::{Context, Result};
use botmeter_board::Board;
use botmeter_window::{
    Bounds, History, Labels, Rules, Scrape,
    exposition::{Family, Page, Sample},
};
use xtask::open_metrics::{made, recorded, sample, series};

use super::bot::{Bot, Habits, labels};
use crate::hour::END;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// In which state a bot is at the end. Its job is called as the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// It started a minute ago, and nothing has happened.
    Fresh,
    /// It has worked for a day, and some of it went wrong.
    Busy,
    /// It worked, and has had nothing to do for an hour.
    Idle,
    /// It works, and nothing has ever gone wrong.
    WithoutErrors,
    /// It works, and no call to a model was ever streamed.
    WithoutStreams,
    /// It was started again ten minutes ago, and works.
    Restarted,
    /// It was started again ten minutes ago, and has done nothing since.
    Quiet,
    /// It worked, and died more than an hour ago.
    Dead,
    /// Fifty processes work.
    Fleet,
}

impl State {
    pub(super) const ALL: [Self; 9] = [
        Self::Fresh,
        Self::Busy,
        Self::Idle,
        Self::WithoutErrors,
        Self::WithoutStreams,
        Self::Restarted,
        Self::Quiet,
        Self::Dead,
        Self::Fleet,
    ];

    pub(super) fn job(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Busy => "busy",
            Self::Idle => "idle",
            Self::WithoutErrors => "without-errors",
            Self::WithoutStreams => "without-streams",
            Self::Restarted => "restarted",
            Self::Quiet => "quiet",
            Self::Dead => "dead",
            Self::Fleet => "fleet",
        }
    }

    /// How often its page is read, in milliseconds.
    pub(super) fn scrape(self) -> i64 {
        if self == Self::Fresh { STEP } else { MINUTE }
    }

    fn instances(self) -> usize {
        if self == Self::Fleet { 50 } else { 1 }
    }

    fn habits(self) -> Habits {
        Habits { fails: self != Self::WithoutErrors, streams: self != Self::WithoutStreams }
    }

    /// For how long there is a process, in milliseconds before the end.
    fn lives(self) -> RangeInclusive<i64> {
        match self {
            Self::Fresh => 0..=MINUTE,
            Self::Busy => 0..=25 * HOUR,
            Self::Dead => SILENT..=DENSE,
            // The engine is asked the same of many series as of few.
            Self::Fleet => 0..=8 * MINUTE,
            _ => 0..=DENSE,
        }
    }

    /// Whether its page is read then.
    fn is_read(self, ago: i64) -> bool {
        let step = if ago > DENSE { 15 * MINUTE } else { self.scrape() };
        self.lives().contains(&ago) && ago % step == 0
    }

    fn works(self, ago: i64) -> bool {
        match self {
            Self::Fresh => false,
            Self::Idle => ago > SILENT,
            Self::Quiet => ago > RESTART,
            _ => true,
        }
    }

    fn restarts(self, ago: i64) -> bool {
        ago == RESTART && matches!(self, Self::Restarted | Self::Quiet)
    }
}

/// How long ago something ended of which nothing is to be seen in the hour that
/// is shown: a reading is believed for five minutes, and rates are taken over
/// four.
const SILENT: i64 = HOUR + 6 * MINUTE;

/// How long ago a bot was started again.
const RESTART: i64 = 10 * MINUTE;

/// How far back pages are read as often as usual, and rules evaluated: what is
/// before counts in long windows alone.
const DENSE: i64 = SILENT + 15 * MINUTE;

/// How far apart the moments are at which something may happen.
const STEP: i64 = MINUTE / 4;

/// All states beside each other, as a window and as a file for `promtool`.
pub(super) struct Told {
    pub(super) history: History,
    pub(super) open_metrics: String,
}

/// One state that is played.
struct Life {
    state: State,
    bot: Option<Bot>,
    scrapes: Vec<Scrape>,
    /// How the samples of each instance begin in the file, in the order of the
    /// page.
    named: Vec<Vec<String>>,
}

pub(super) fn told(boards: &[Board]) -> Result<Told> {
    let mut history = History::new(Bounds::default());
    let mut text = String::new();
    let mut lives: Vec<_> = State::ALL.map(|state| Life::new(state, &mut history)).into();
    let mut rules: Vec<_> = boards.iter().map(|board| Rules::of(board, &mut history)).collect();
    let recorded = recorded(&rules);
    for step in (0..=25 * HOUR / STEP).rev() {
        let ago = step * STEP;
        let at = END - ago;
        for life in &mut lives {
            life.go_on(&mut history, &mut text, ago)?;
        }
        if ago <= DENSE && ago % MINUTE == 0 {
            for rules in &mut rules {
                rules.evaluate(&mut history, at)?;
            }
            made(&rules, &recorded, &history, &mut text, at)?;
        }
    }
    for bot in lives.into_iter().filter_map(|life| life.bot) {
        bot.end()?;
    }
    text.push_str("# EOF\n");
    Ok(Told { history, open_metrics: text })
}

impl Life {
    fn new(state: State, history: &mut History) -> Self {
        let instances =
            (0..state.instances()).map(|number| format!("{}-{number}:9464", state.job()));
        let scrapes =
            instances.map(|instance| Scrape::new(history, state.job(), instance)).collect();
        Self { state, bot: None, scrapes, named: vec![Vec::new(); state.instances()] }
    }

    fn go_on(&mut self, history: &mut History, text: &mut String, ago: i64) -> Result<()> {
        let Self { state, bot, scrapes, named } = self;
        if !state.lives().contains(&ago) || state.restarts(ago) {
            if let Some(bot) = bot.take() {
                bot.end()?;
            }
            named.iter_mut().for_each(Vec::clear);
        }
        if !state.is_read(ago) {
            return Ok(());
        }
        if bot.is_none() {
            *bot = Some(Bot::start()?);
        }
        let bot = bot.as_mut().context("there is no process")?;
        let samples = bot.read(END - ago)?;
        if state.works(ago) {
            bot.work(state.habits());
        }
        let page = Page { families: vec![Family { samples, ..Family::default() }] };
        for (scrape, named) in scrapes.iter_mut().zip(named) {
            scrape.read(history, END - ago, &page)?;
            // A process has the same series in the same order, and then more.
            if named.len() != page.samples().count() {
                let all = page.samples().map(|of| series(&labels_of(of, scrape)));
                *named = all.collect::<Result<_>>()?;
            }
            for (series, of) in named.iter().zip(page.samples()) {
                sample(text, series, of.value, END - ago)?;
            }
        }
        Ok(())
    }
}

fn labels_of(sample: &Sample, scrape: &Scrape) -> Labels {
    labels(sample, scrape.job(), scrape.instance())
}
