//! What was heard of bots, and the pages that are drawn of it.

use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use botmeter_board::{Board, Dashboard, Expr, Kind, Limits, Panel, promql};
use botmeter_view::{
    Address, Alerts, Answers, Clock, Frame, Page, Picture, Source, Stage, Which, draw,
};
use botmeter_window::{
    BadWindow, Bounds, History, Kept, OutOfOrder, Rules, Scrape, Watched, exposition, rate_interval,
};

/// How much a page shows unless it is asked for more: first less, because
/// lines of a minute would be lost in a quarter of an hour.
const FIRST_SHOWN: Duration = Duration::from_mins(5);
const SHOWN: Duration = Duration::from_mins(15);

/// How far apart the moments are that are remembered for days.
const PAST: Duration = Duration::from_mins(4);

/// The part of the memory that answers are kept in; as much is for which series
/// each question is about.
const ANSWERS: u64 = 16;

/// For how many samples a series counts by its labels.
const SERIES_WEIGHT: usize = 100;

/// How many series are taken, at most.
const SERIES: usize = 100_000;

/// How many series fit into so many samples: their labels take half of these
/// then, a quarter for each history, and what is left of the finer one is 200
/// readings, a quarter of an hour at five seconds.
fn series(samples: usize) -> usize {
    SERIES.min(samples / (4 * SERIES_WEIGHT))
}

/// The bots that are watched.
///
/// Everything is behind `&self`: one thread hears, others draw.
#[derive(Debug)]
pub struct Bots {
    pub(crate) boards: Vec<Board>,
    limits: Limits,
    interval: Duration,
    elsewhere: Option<Arc<dyn Elsewhere>>,
    /// How many series there is room for.
    series: usize,
    /// Where traces are.
    jaeger: Option<String>,
    /// Whether it goes on from what was kept.
    has_past: bool,
    /// How often something was heard, for those who do not wait until nobody
    /// hears or draws.
    rounds: AtomicU64,
    heard: RwLock<Heard>,
}

/// Somebody who answers instead of what was heard here.
pub trait Elsewhere: fmt::Debug + Send + Sync {
    /// The answers to everything that somebody asks, who is let ask once
    /// before, and gets no answer then.
    fn answers(&self, ask: &mut dyn FnMut(&dyn Answers)) -> Box<dyn Answers>;
}

/// What is known from elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct News {
    /// As of when, in milliseconds.
    pub at: i64,
    /// The oldest time that something is known of.
    pub oldest: Option<i64>,
    /// How far apart samples are.
    pub pace: Option<Duration>,
    /// Whether nothing is known of now.
    pub is_blind: bool,
}

/// What was heard so far.
#[derive(Debug)]
struct Heard {
    history: History,
    rules: Vec<Rules>,
    scrapes: Vec<Scrape>,
    /// When something was last heard, in milliseconds.
    at: i64,
    /// What was heard from elsewhere, if that is who answers.
    news: Option<News>,
}

/// How many samples this memory holds: each takes ten bytes with everything
/// that belongs to it.
pub fn samples(memory: u64) -> usize {
    usize::try_from(memory / 10).unwrap_or(usize::MAX)
}

/// What the page of a bot said, or why it could not be read.
pub type Told = Result<exposition::Page, String>;

impl Bots {
    /// These bots, by job and instance, of which nothing is known as of this
    /// time.
    pub fn new(
        boards: Vec<Board>,
        bots: impl IntoIterator<Item = (String, String)>,
        memory: u64,
        interval: Duration,
        at: i64,
    ) -> Self {
        let answers = memory / ANSWERS;
        let samples = samples(memory - 2 * answers);
        let series = series(samples);
        // A quarter of what is left is for what lies days back.
        let past = samples / 4;
        let own = Bounds { samples: samples - past, series };
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
        let heard = Heard { history, rules, scrapes, at, news: None };
        Self {
            boards,
            limits,
            interval,
            elsewhere: None,
            series,
            jaeger: None,
            has_past: false,
            rounds: AtomicU64::new(0),
            heard: RwLock::new(heard),
        }
    }

    /// Those that somebody else knows of.
    pub fn of(
        boards: Vec<Board>,
        elsewhere: Arc<dyn Elsewhere>,
        interval: Duration,
        at: i64,
    ) -> Self {
        let nobody: [(String, String); 0] = [];
        Self { elsewhere: Some(elsewhere), ..Self::new(boards, nobody, 0, interval, at) }
    }

    /// The same, with ways to the traces in the Jaeger at this address.
    #[must_use]
    pub fn with_jaeger(mut self, jaeger: Option<String>) -> Self {
        self.jaeger = jaeger;
        self
    }

    /// The same, going on from what was kept.
    ///
    /// # Errors
    ///
    /// If it contradicts itself.
    pub fn restored(mut self, kept: Kept) -> Result<Self, BadWindow> {
        let mut heard = self.write();
        let Heard { history, rules, scrapes, at, .. } = &mut *heard;
        kept.restore(history, rules, scrapes)?;
        *at = history.newest().unwrap_or(*at);
        let has_past = history.oldest().is_some();
        drop(heard);
        self.has_past = has_past;
        Ok(self)
    }

    /// Everything that is known.
    pub fn kept(&self) -> Kept {
        let heard = self.read();
        Kept::of(&heard.history, &heard.rules, &heard.scrapes)
    }

    /// When something was last heard, in milliseconds.
    pub fn at(&self) -> i64 {
        self.read().at
    }

    /// How much is known, in whole.
    pub fn covered(&self) -> Duration {
        self.read().covered()
    }

    /// How often there is something new.
    pub fn pace(&self) -> Duration {
        self.read().news.and_then(|news| news.pace).unwrap_or_default().max(self.interval)
    }

    /// Those that cannot be read, and why.
    pub fn unread(&self) -> Vec<String> {
        if self.elsewhere.is_some() {
            let page = self.page(&Address::default(), Which::One(""));
            let failed = page.lives.iter().filter_map(|life| {
                Some(format!("{} {}: {}", life.job, life.instance, life.failure.as_ref()?))
            });
            let nobody =
                page.lives.is_empty().then(|| "a bot, because none is known there".to_owned());
            return match page.no_lives {
                Some(why) => vec![why],
                None => failed.chain(nobody).collect(),
            };
        }
        let heard = self.read();
        let failed = heard.scrapes.iter().filter_map(|scrape| {
            Some(format!("{} {}: {}", scrape.job(), scrape.instance(), scrape.failure()?))
        });
        failed.collect()
    }

    /// Whether there is no bot that can be read.
    pub fn is_blind(&self) -> bool {
        let heard = self.read();
        match heard.news {
            Some(news) => news.is_blind || news.oldest.is_none(),
            None => heard.scrapes.iter().all(|scrape| scrape.failure().is_some()),
        }
    }

    /// What is to be known of alerts, by their rules.
    pub fn with_rules(&self, look: impl FnOnce(&[Rules])) {
        look(&self.read().rules);
    }

    /// What somebody else knows now, and what of each alert.
    pub fn tell(
        &self,
        news: News,
        of: &mut dyn FnMut(Watched<'_>, &Expr) -> botmeter_window::Heard,
    ) {
        let mut heard = self.write();
        for rules in &mut heard.rules {
            rules.hear(news.at, &mut *of);
        }
        (heard.at, heard.news) = (news.at, Some(news));
        self.count(heard);
    }

    /// The states of all alerts.
    pub fn alerts(&self) -> Alerts {
        let heard = self.read();
        Alerts::of(self.boards.iter().zip(&heard.rules), heard.at, heard.covered())
    }

    /// What each of the bots told at a time, in their order.
    ///
    /// # Errors
    ///
    /// When the time is not later than the one before.
    pub fn hear(&self, at: i64, told: Vec<Told>) -> Result<(), OutOfOrder> {
        let mut heard = self.write();
        let Heard { history, rules, scrapes, .. } = &mut *heard;
        for (scrape, told) in scrapes.iter_mut().zip(told) {
            match told {
                Ok(page) => {
                    let refused = scrape.read(history, at, &page)?.refused;
                    if refused > 0 {
                        scrape.warn(format!(
                            "{refused} of its samples are left out: {}, and each is taken once",
                            self.most()
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
        self.count(heard);
        Ok(())
    }

    /// How many series are taken, and what takes more.
    pub(crate) fn most(&self) -> String {
        if self.series < SERIES {
            let room = self.series;
            format!("there is memory for {room} series (--memory or Live::memory allows more)")
        } else {
            format!("{SERIES} series are the most")
        }
    }

    /// Counts a round that is whole: a page that was drawn before has fewer.
    fn count(&self, heard: RwLockWriteGuard<'_, Heard>) {
        self.rounds.fetch_add(1, Ordering::Release);
        drop(heard);
    }

    /// Whether there is anything to draw, of now or of what was kept.
    pub fn has_heard(&self) -> bool {
        self.has_past || self.rounds() > 0
    }

    /// How often something was heard: a page is the same until it is more.
    pub fn rounds(&self) -> u64 {
        self.rounds.load(Ordering::Acquire)
    }

    /// The page that is asked for.
    pub fn page(&self, address: &Address, which: Which<'_>) -> Page {
        self.answered(address, |heard, answers, frame, now| {
            let is_blind = heard.news.is_some_and(|news| news.is_blind);
            let source = Source {
                boards: &self.boards,
                // What was before says nothing of now.
                rules: if is_blind { &[] } else { &heard.rules },
                scrapes: &heard.scrapes,
                answers,
                oldest: heard.oldest(),
                now,
            };
            let page = Page::of(&source, frame, which);
            match &self.jaeger {
                Some(jaeger) => page.with_jaeger(jaeger, frame),
                None => page,
            }
        })
    }

    /// Draws from what was heard, or from what is answered elsewhere: nobody
    /// waits for that who wants to tell or draw something else.
    fn answered<T>(
        &self,
        address: &Address,
        draw: impl Fn(&Heard, &dyn Answers, &Frame, i64) -> T,
    ) -> T {
        let heard = self.read();
        let (now, frame) = (heard.at, self.frame(address, &heard));
        let Some(elsewhere) = &self.elsewhere else {
            return draw(&heard, &heard.history, &frame, now);
        };
        drop(heard);
        let answers = elsewhere.answers(&mut |asks| drop(draw(&self.read(), asks, &frame, now)));
        draw(&self.read(), &*answers, &frame, now)
    }

    /// The dashboard that a page shows if it is asked for none.
    pub fn first_dashboard(&self) -> Option<&str> {
        self.dashboards().next()
    }

    /// The addresses of all dashboards.
    pub fn dashboards(&self) -> impl Iterator<Item = &str> {
        self.boards.iter().flat_map(|board| &board.dashboards).map(|dashboard| &*dashboard.uid)
    }

    /// The panel at a place of a page.
    pub(crate) fn panel(&self, place: &str) -> Option<(&Dashboard, &Panel)> {
        botmeter_view::panel_at(&self.boards, place)
    }

    /// The picture of a panel.
    pub(crate) fn picture(
        &self,
        address: &Address,
        dashboard: &Dashboard,
        panel: &Panel,
    ) -> (Picture, Clock) {
        self.answered(address, |_, answers, frame, _| {
            (draw(panel, &dashboard.variables, &self.limits, answers, frame), frame.clock)
        })
    }

    /// The numbers of the first row of a dashboard, as lines over the time that
    /// is shown.
    pub fn trends(&self, address: &Address, uid: &str) -> Vec<Picture> {
        let mut dashboards = self.boards.iter().flat_map(|board| &board.dashboards);
        let Some(dashboard) = dashboards.find(|dashboard| dashboard.uid == uid) else {
            return Vec::new();
        };
        let panels = dashboard.rows.iter().take(1).flat_map(|row| &row.panels);
        let panels = panels.filter(|panel| matches!(panel.kind, Kind::Stat | Kind::Gauge));
        let panels = panels.map(|panel| {
            let mut panel = panel.clone();
            panel.kind = Kind::TimeSeries { is_stacked: false, is_bars: false };
            panel
        });
        let panels: Vec<_> = panels.collect();
        self.answered(address, |_, answers, frame, _| {
            let draw = |panel| draw(panel, &dashboard.variables, &self.limits, answers, frame);
            panels.iter().map(draw).collect()
        })
    }

    /// The queries of the panel at a place of a page in PromQL, each with its
    /// name.
    pub fn promql(&self, address: &Address, place: &str) -> Option<String> {
        let (dashboard, panel) = self.panel(place)?;
        Some(self.promql_of(address, dashboard, panel))
    }

    pub(crate) fn promql_of(
        &self,
        address: &Address,
        dashboard: &Dashboard,
        panel: &Panel,
    ) -> String {
        in_promql(dashboard, panel, &self.frame(address, &self.read()))
    }

    /// Whether an alert of the boards has this name.
    pub(crate) fn has_alert(&self, name: &str) -> bool {
        self.boards.iter().any(|board| Stage::names(board).any(|it| it == name))
    }

    /// The alert of this name, as it looks while it fires.
    pub fn stage(&self, name: &str) -> Option<Stage> {
        self.boards.iter().find_map(|board| Stage::of(board, name, &self.limits))
    }

    fn frame(&self, address: &Address, heard: &Heard) -> Frame {
        let (now, covered) = (heard.at, heard.covered());
        Frame {
            end: address.end.map_or(now, |end| end.min(now)),
            shown: address.range.unwrap_or(if covered < FIRST_SHOWN { FIRST_SHOWN } else { SHOWN }),
            scrape: heard.news.and_then(|news| news.pace).unwrap_or(self.interval),
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
    /// The oldest time that something is known of.
    fn oldest(&self) -> Option<i64> {
        self.news.map_or_else(|| self.history.oldest(), |news| news.oldest)
    }

    /// How long it has been known.
    fn covered(&self) -> Duration {
        let age = self.oldest().map_or(0, |oldest| self.at - oldest);
        Duration::from_millis(u64::try_from(age).unwrap_or(0))
    }
}

/// The queries of a panel in PromQL, each with its name.
fn in_promql(dashboard: &Dashboard, panel: &Panel, frame: &Frame) -> String {
    let chosen: Vec<_> = frame.chosen.pairs().collect();
    let asked = promql::Asked {
        scope: panel.scope,
        variables: &dashboard.variables,
        chosen: &chosen,
        rate_interval: rate_interval(frame.step(), frame.scrape),
        shown: frame.shown,
    };
    let lines = panel.lines.iter().map(|line| {
        let name = line.name.as_ref().map(|name| format!("# {name}\n")).unwrap_or_default();
        format!("{name}{}\n", promql::of_panel(&line.expr, &asked))
    });
    lines.collect()
}
