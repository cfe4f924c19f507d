//! The live page of a program that serves it of itself.

mod page;
mod reader;

use std::time::Duration;

use botmeter_board::Board;

use crate::settings::{LiveSettings, Settings};

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
///     .allow_host("bots.example");
/// # let _ = live;
/// ```
#[derive(Clone, Debug)]
#[must_use = "it belongs into a builder"]
pub struct Live {
    pub(crate) boards: Vec<Board>,
    pub(crate) settings: LiveSettings,
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
    /// default, which has room for 7,340 series, and at least four.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.settings.memory = bytes;
        self
    }

    /// One more name under which the page may be asked for, beside addresses,
    /// `localhost` and names that end in `.localhost`, `host.docker.internal` and
    /// `host.containers.internal`; it holds for the page alone, not for
    /// `/metrics` beside it.
    /// A page that other machines reach needs one, because it asks nobody for a
    /// password.
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

/// What the builder was given to show.
pub(crate) type Boards = Vec<Board>;

/// The page as it was chosen, of which nothing is known yet.
pub(crate) fn open(settings: &Settings, boards: Boards) -> Option<LivePage> {
    settings.live.as_ref().map(|live| LivePage::open(&settings.resource, live, boards))
}
