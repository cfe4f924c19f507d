//! What was heard of bots, and the pages that are drawn of it.

use std::{
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use botmeter_board::{Board, Limits};
use botmeter_view::{Address, Alerts, Clock, Frame, Page, Picture, Source, Stage, Which, draw};
use botmeter_window::{
    BadWindow, Bounds, History, Kept, OutOfOrder, Rules, Scrape, exposition, rate_interval,
};

/// How much a page shows unless it is asked for more: first less, because
/// lines of a minute would be lost in a quarter of an hour.
const FIRST_SHOWN: Duration = Duration::from_mins(5);
const SHOWN: Duration = Duration::from_mins(15);

/// How far apart the moments are that are remembered for days.
const PAST: Duration = Duration::from_mins(4);

/// The part of the memory that answers are kept in.
const ANSWERS: u64 = 16;

/// For how many samples a series counts by its labels.
const SERIES_WEIGHT: usize = 100;

/// How many series are taken, at most.
const SERIES: usize = 100_000;

/// The bots that are watched.
#[derive(Debug)]
pub(crate) struct Bots {
    pub(crate) boards: Vec<Board>,
    limits: Limits,
    interval: Duration,
    heard: RwLock<Heard>,
}

/// What was heard so far.
#[derive(Debug)]
struct Heard {
    history: History,
    rules: Vec<Rules>,
    scrapes: Vec<Scrape>,
    /// When something was last heard, in milliseconds.
    at: i64,
    /// How often.
    rounds: u64,
}

/// How many samples this memory holds: each takes ten bytes with everything
/// that belongs to it.
pub(crate) fn samples(memory: u64) -> usize {
    usize::try_from(memory / 10).unwrap_or(usize::MAX)
}

/// What the page of a bot said, or why it could not be read.
pub(crate) type Told = Result<exposition::Page, String>;

impl Bots {
    /// These bots, by job and instance, of which nothing is known as of this
    /// time.
    pub(crate) fn new(
        boards: Vec<Board>,
        bots: impl IntoIterator<Item = (String, String)>,
        memory: u64,
        interval: Duration,
        at: i64,
    ) -> Self {
        // A quarter of the memory is for what lies days back.
        let answers = memory / ANSWERS;
        let samples = samples(memory - answers);
        let past = Bounds { samples: samples / 4, series: SERIES };
        let own = Bounds { samples: samples - samples / 4, series: SERIES };
        let answers = usize::try_from(answers).unwrap_or(usize::MAX);
        let mut history = History::new(own)
            .with_past(PAST, past)
            .weighing_series(SERIES_WEIGHT)
            .with_answers(answers);
        let scrapes = bots.into_iter();
        let scrapes =
            scrapes.map(|(job, instance)| Scrape::new(&mut history, job, instance)).collect();
        let rules = boards.iter().map(|board| Rules::of(board, &mut history)).collect();
        let limits = Limits::of(&boards.iter().collect::<Vec<_>>());
        let heard = Heard { history, rules, scrapes, at, rounds: 0 };
        Self { boards, limits, interval, heard: RwLock::new(heard) }
    }

    /// The same, going on from what was kept.
    pub(crate) fn restored(self, kept: Kept) -> Result<Self, BadWindow> {
        let mut heard = self.write();
        let Heard { history, rules, scrapes, at, .. } = &mut *heard;
        kept.restore(history, rules, scrapes)?;
        *at = history.newest().unwrap_or(*at);
        drop(heard);
        Ok(self)
    }

    /// Everything that is known.
    pub(crate) fn kept(&self) -> Kept {
        let heard = self.read();
        Kept::of(&heard.history, &heard.rules, &heard.scrapes)
    }

    /// When something was last heard, in milliseconds.
    pub(crate) fn at(&self) -> i64 {
        self.read().at
    }

    /// How much is known, in whole.
    pub(crate) fn covered(&self) -> Duration {
        self.read().covered()
    }

    /// Those that cannot be read, and why.
    pub(crate) fn unread(&self) -> Vec<String> {
        let heard = self.read();
        let failed = heard.scrapes.iter().filter_map(|scrape| {
            Some(format!("{} {}: {}", scrape.job(), scrape.instance(), scrape.failure()?))
        });
        failed.collect()
    }

    /// The states of all alerts.
    pub(crate) fn alerts(&self) -> Alerts {
        let heard = self.read();
        Alerts::of(self.boards.iter().zip(&heard.rules), heard.at, heard.covered())
    }

    /// What each of the bots told at a time, in their order.
    pub(crate) fn hear(&self, at: i64, told: Vec<Told>) -> Result<(), OutOfOrder> {
        let mut heard = self.write();
        let Heard { history, rules, scrapes, .. } = &mut *heard;
        for (scrape, told) in scrapes.iter_mut().zip(told) {
            match told {
                Ok(page) => {
                    let refused = scrape.read(history, at, &page)?.refused;
                    if refused > 0 {
                        scrape.warn(format!(
                            "{refused} of its samples are left out: there is room for {SERIES} \
                             series, and each is taken once"
                        ));
                    }
                }
                Err(why) => drop(scrape.failed(history, at, why)?),
            }
        }
        for rules in rules {
            rules.evaluate(history, at)?;
        }
        heard.at = at;
        heard.rounds += 1;
        Ok(())
    }

    /// How often something was heard: a page is the same until it is more.
    pub(crate) fn rounds(&self) -> u64 {
        self.read().rounds
    }

    /// The page that is asked for.
    pub(crate) fn page(&self, address: &Address, which: Which<'_>) -> Page {
        let heard = self.read();
        let source = Source {
            boards: &self.boards,
            rules: &heard.rules,
            scrapes: &heard.scrapes,
            answers: &heard.history,
            oldest: heard.history.oldest(),
            now: heard.at,
        };
        Page::of(&source, &self.frame(address, &heard), which)
    }

    /// The dashboard that a page shows if it is asked for none.
    pub(crate) fn first_dashboard(&self) -> Option<&'static str> {
        self.dashboards().next()
    }

    /// The addresses of all dashboards.
    pub(crate) fn dashboards(&self) -> impl Iterator<Item = &'static str> {
        self.boards.iter().flat_map(|board| &board.dashboards).map(|dashboard| dashboard.uid)
    }

    /// The picture of the panel at a place of a page.
    pub(crate) fn picture(&self, address: &Address, place: &str) -> Option<Drawn<'_>> {
        let (dashboard, panel) = botmeter_view::panel_at(&self.boards, place)?;
        let heard = self.read();
        let frame = self.frame(address, &heard);
        let picture = draw(panel, &dashboard.variables, &self.limits, &heard.history, &frame);
        Some(Drawn { dashboard, panel, picture, frame })
    }

    /// The alert of this name, as it looks while it fires.
    pub(crate) fn stage(&self, name: &str) -> Option<Stage> {
        self.boards.iter().find_map(|board| Stage::of(board, name, &self.limits))
    }

    fn frame(&self, address: &Address, heard: &Heard) -> Frame {
        let (now, covered) = (heard.at, heard.covered());
        Frame {
            end: address.end.map_or(now, |end| end.min(now)),
            shown: address.range.unwrap_or(if covered < FIRST_SHOWN { FIRST_SHOWN } else { SHOWN }),
            scrape: self.interval,
            chosen: address.chosen.clone(),
            clock: Clock::Wall { east: 0 },
        }
    }

    /// A panic while something was written leaves what was written before.
    fn read(&self) -> RwLockReadGuard<'_, Heard> {
        self.heard.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Heard> {
        self.heard.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    /// How long it has been known.
    fn covered(&self) -> Duration {
        let age = self.history.oldest().map_or(0, |oldest| self.at - oldest);
        Duration::from_millis(u64::try_from(age).unwrap_or(0))
    }
}

/// A panel that was drawn alone.
#[derive(Debug)]
pub(crate) struct Drawn<'a> {
    dashboard: &'a botmeter_board::Dashboard,
    pub(crate) panel: &'a botmeter_board::Panel,
    pub(crate) picture: Picture,
    pub(crate) frame: Frame,
}

impl Drawn<'_> {
    /// Its queries in PromQL, each with its name.
    pub(crate) fn promql(&self) -> String {
        let chosen: Vec<_> = self.frame.chosen.pairs().collect();
        let asked = botmeter_generate::Asked {
            scope: self.panel.scope,
            variables: &self.dashboard.variables,
            chosen: &chosen,
            rate_interval: rate_interval(self.frame.step(), self.frame.scrape),
            shown: self.frame.shown,
        };
        let lines = self.panel.lines.iter().map(|line| {
            let name = line.name.map(|name| format!("# {name}\n")).unwrap_or_default();
            format!("{name}{}\n", botmeter_generate::promql(&line.expr, &asked))
        });
        lines.collect()
    }
}
