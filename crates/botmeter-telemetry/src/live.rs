//! The live page of a program that serves it of itself.

mod page;
mod reader;
#[cfg(feature = "axum")]
mod route;

use std::time::Duration;

use botmeter_board::Board;

use crate::{
    builder::Builder,
    settings::{LiveSettings, Settings},
    telemetry::Telemetry,
};

pub use page::LivePage;

/// What the live page shows, and how: the boards of the domains that the
/// program starts.
///
/// ```
/// use std::time::Duration;
///
/// use botmeter_telemetry::live::Live;
///
/// let live = Live::of([botmeter_llm::board::board()])
///     .interval(Duration::from_secs(15))
///     .memory(64 << 20)
///     .allow_host("bots.internal");
/// # let _ = live;
/// ```
#[derive(Clone, Debug)]
#[must_use = "it belongs into a builder"]
pub struct Live {
    boards: Vec<Board>,
    settings: LiveSettings,
}

impl Live {
    /// These boards, and that of the domain `telemetry`, which every program
    /// has.
    pub fn of(boards: impl IntoIterator<Item = Board>) -> Self {
        let mut boards: Vec<_> = boards.into_iter().collect();
        let own = crate::board();
        if !boards.contains(&own) {
            boards.push(own);
        }
        Self { boards, settings: LiveSettings::default() }
    }

    /// How often the program reads itself, from one second to four minutes;
    /// five seconds by default.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.settings.interval = interval;
        self
    }

    /// How many bytes samples may take, beyond which the oldest go; 32 MiB by
    /// default, and at least one.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.settings.memory = bytes;
        self
    }

    /// One more name under which the page may be asked for, beside `localhost`
    /// and addresses. A page that other machines reach needs one, because it
    /// asks nobody for a password.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.settings.hosts.push(name.into());
        self
    }
}

impl From<Vec<Board>> for Live {
    fn from(boards: Vec<Board>) -> Self {
        Self::of(boards)
    }
}

impl<const N: usize> From<[Board; N]> for Live {
    fn from(boards: [Board; N]) -> Self {
        Self::of(boards)
    }
}

impl Builder {
    /// Serves the live page of this program at `/`, beside `/metrics`: what
    /// `botmeter watch` would show of it, with the dashboards and the alerts of
    /// these boards. Feature `live`.
    ///
    /// ```no_run
    /// use botmeter_telemetry::Telemetry;
    ///
    /// let builder = Telemetry::builder("my-bot").live([botmeter_llm::board::board()]);
    /// let (telemetry, llm) = builder.start::<botmeter_llm::Llm>()?;
    /// println!("live page: {}", telemetry.live_url().unwrap_or_default());
    /// # drop(llm);
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    ///
    /// It is served where the page for scrapes is, which a program that only
    /// pushes has then as well, at `localhost:9464` unless the environment names
    /// another address. If the program's own server answers scrapes, it answers
    /// this page, too: see [`Telemetry::live`]. `BOTMETER_LIVE=false` turns it
    /// off.
    ///
    /// The program reads itself every five seconds, on a thread of its own, and
    /// keeps what it read in bounded memory. A program that dies takes its page
    /// along; `botmeter watch` tells that one died.
    pub fn live(mut self, live: impl Into<Live>) -> Self {
        let Live { boards, settings } = live.into();
        self.asked.live = Some(settings);
        self.boards = boards;
        self
    }
}

impl Telemetry {
    /// The live page, to be answered by the program's own server; nothing if it
    /// was not asked for, or the environment turned it off. It goes on to work
    /// after a shutdown, and shows what was read until then.
    pub fn live(&self) -> Option<LivePage> {
        self.live.clone()
    }

    /// Where the live page is served; nothing if it is not, or by the program's
    /// own server.
    pub fn live_url(&self) -> Option<String> {
        let settings = self.settings.as_ref()?.live.as_ref()?;
        self.scrape_address().map(|address| settings.url(address))
    }
}

/// What the builder was given to show.
pub(crate) type Boards = Vec<Board>;

/// The page as it was chosen, of which nothing is known yet.
pub(crate) fn open(settings: &Settings, boards: Boards) -> Option<LivePage> {
    settings.live.as_ref().map(|live| LivePage::open(&settings.resource, live, boards))
}
