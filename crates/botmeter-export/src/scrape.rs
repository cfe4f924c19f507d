//! A backend that answers Prometheus' scrapes.
//!
//! [`Scrape`] serves the page itself, on a thread of its own, so the application
//! needs no asynchronous runtime; or it leaves that to the application's
//! router, which mounts a [`Page`]. The page is written from the store while
//! the scraper takes it, so a large one takes no more memory than a small one.
//! What others record through the macros of `metrics` is on it if
//! [`macros`](crate::macros) are installed.
//!
//! # What a scraper may do
//!
//! | Limit | What happens beyond it |
//! | --- | --- |
//! | 256 connections are open | one that can be spared is closed in favor of the new one: the one that has waited longest for its next request, or else one whose answer is there, and that has taken nothing of it for half a second, or goes on taking it for 5 seconds; if there is none, the new one waits |
//! | a request's head has 16 KiB and 100 headers | the answer is 431 |
//! | a request's head takes 10 seconds to arrive | the connection is closed |
//! | nothing of an answer is taken for 5 seconds, or not all of it within 30 | the connection is closed, and the export counts as failed |
//! | a connection is silent for 2 minutes | it is closed |
//!
//! A page is made in pieces of 32 KiB, each when somebody can take it. Those who
//! ask before a page is begun share it, also packed; whoever is more than 1 MiB
//! behind the first of them has the rest made once more. No page is older than
//! its request, and it is begun within 40 ms. The system is asked to keep no
//! more than 256 KiB of an answer for each connection.
//!
//! A server on the loopback answers to an address, to `localhost` and names that
//! end in `.localhost`, to `host.docker.internal` and `host.containers.internal`,
//! and to every other `Host` with 421: a web page may have its own name point to
//! this machine, and would read the metrics under it. A server at another
//! address, and a [`Page`] in the application's router, answer to every name.
//!
//! # What is lost
//!
//! Nothing: a measurement is counted where it is made, without a lock and
//! without memory. The count of a histogram is always that of its buckets; its
//! sum may be ahead or behind by what is recorded in the moment at which it is
//! read.

mod beside;
mod connection;
mod connections;
mod deflate;
mod desk;
mod edition;
mod encoding;
mod format;
mod host;
mod limits;
mod listen;
mod page;
mod piece;
mod pieces;
mod press;
mod route;
mod server;
#[cfg(test)]
mod tests;
mod weighted;

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use botmeter_core::{Backend, Error, Store};

use self::{limits::Limits, server::Server};
use crate::{Exports, ScrapeSettings};

pub use beside::Beside;
pub use page::{Page, PageBody};

/// Shows every series to Prometheus when it asks.
///
/// Cheap to clone; clones are the same backend. It ends with
/// [`shutdown`](Backend::shutdown) or when the last clone is dropped.
///
/// ```
/// use std::io::{Read, Write};
///
/// use botmeter_core::{Backend, Counter, Instrument, Meter, Unit};
/// use botmeter_export::{BackendKind, Exports, ScrapeSettings, scrape::Scrape};
///
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
///
/// let settings = ScrapeSettings::Listen("127.0.0.1:0".parse()?);
/// let scrape = Scrape::start(settings, Exports::new(BackendKind::Scrape))?;
/// RUNS.bind(&Meter::new(scrape.clone()), ()).add(2);
///
/// let address = scrape.address().ok_or("it serves")?;
/// let mut scraper = std::net::TcpStream::connect(address)?;
/// scraper.write_all(b"GET /metrics HTTP/1.0\r\n\r\n")?;
/// let mut answer = String::new();
/// scraper.read_to_string(&mut answer)?;
/// assert!(answer.ends_with("# TYPE bot_runs_total counter\nbot_runs_total 2\n"));
///
/// scrape.shutdown(std::time::Duration::from_secs(5))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Scrape(Arc<Running>);

struct Running {
    page: Page,
    server: Option<Server>,
}

impl Scrape {
    /// Shows the store that it is given and, if the settings say so, answers
    /// scrapes itself. Each answer is reported to `exports`.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on, or no thread can be started.
    pub fn start(settings: ScrapeSettings, exports: Exports) -> Result<Self, Error> {
        Self::start_with(settings, exports, None, Limits::default())
    }

    /// The same with pages beside the metrics, on the same server; nobody asks
    /// for them if the application serves the page itself.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_beside(
        settings: ScrapeSettings,
        exports: Exports,
        pages: Arc<dyn Beside>,
    ) -> Result<Self, Error> {
        Self::start_with(settings, exports, Some(pages), Limits::default())
    }

    fn start_with(
        settings: ScrapeSettings,
        exports: Exports,
        beside: Option<Arc<dyn Beside>>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let page = Page::new(exports);
        let server = match settings {
            ScrapeSettings::Listen(address) => {
                Some(Server::start(address, page.clone(), beside, limits)?)
            }
            ScrapeSettings::Mounted => None,
        };
        Ok(Self(Arc::new(Running { page, server })))
    }

    /// Where scrapes are answered; nothing if the application serves the page
    /// itself. Has the real port if port 0 was asked for.
    pub fn address(&self) -> Option<SocketAddr> {
        self.0.server.as_ref().map(Server::address)
    }

    /// What answers a scrape, to be mounted into a router. It goes on to work
    /// after a shutdown.
    pub fn page(&self) -> Page {
        self.0.page.clone()
    }
}

impl Backend for Scrape {
    fn open(&self, store: &Store) -> Store {
        self.0.page.open(store)
    }

    /// Stops to listen, lets the answers that are under way end, and ends the
    /// thread. Called again, it does nothing.
    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        self.0.server.as_ref().map_or(Ok(()), |server| server.shut_down(deadline))
    }
}

impl fmt::Debug for Scrape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scrape").field("address", &self.address()).finish_non_exhaustive()
    }
}
