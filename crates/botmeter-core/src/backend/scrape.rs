//! A backend that answers Prometheus' scrapes.
//!
//! It keeps a cell of its own for each series, under the names that
//! [`Descriptor::prometheus_name`] gives, and stands on [`metrics`] and
//! [`metrics_exporter_prometheus`] for what others record. [`Scrape`] serves the page itself, on
//! a thread of its own, so the application needs no asynchronous runtime; or
//! it leaves that to the application's router, which mounts a [`Page`].
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
//! Pages are made one after the other, each for all who have asked until it is
//! begun, so that it is never older than its request and nobody who has asked
//! waits for more than two. They share its bytes; if all of them have hung up,
//! it is not made. The system is asked to keep no more than 256 KiB of an answer
//! for each connection.
//!
//! A server on the loopback answers to an address, to `localhost`, and to names
//! that end in `.localhost` or `.internal`, and to every other `Host` with 421:
//! a web page may have its own name point to this machine, and would read the
//! metrics under it. A server at another address, and a [`Page`] in the
//! application's router, answer to every name.
//!
//! # What is lost
//!
//! Nothing of ours: a measurement is counted where it is made, without a lock
//! and without memory, histograms included. The count of a histogram is always
//! that of its buckets; its sum may be ahead or behind by what is recorded in
//! the moment of the scrape.
//!
//! What others record into histograms through the macros of `metrics`
//! ([`Settings::global`]) waits in a list that `metrics-util` owns until it is
//! counted: at each scrape, and every second by a thread of ours. That list may
//! lose what is recorded in the very nanoseconds in which it is emptied. Four
//! threads that made a million measurements a second of one series lost none of
//! twenty million when it was emptied every second, and one when it was emptied
//! every ten milliseconds.

mod connection;
mod connections;
mod desk;
mod encoding;
mod exposition;
mod families;
mod host;
mod listen;
mod ours;
mod page;
mod press;
mod recorder;
mod route;
mod server;
mod sinks;
#[cfg(test)]
mod tests;
mod upkeep;

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use self::{
    connections::Limits,
    families::Families,
    server::Server,
    upkeep::{Rhythm, Upkeep},
};
use super::{Backend, Labels};
use crate::{Bound, Descriptor, Error, Exports, telemetry::ScrapeSettings};

pub use page::Page;

/// How scrapes are answered. Resolved and complete: nothing else is read, the
/// environment neither.
///
/// ```
/// use botmeter_core::backend::scrape::Settings;
///
/// assert_eq!(Settings::default().address.to_string(), "127.0.0.1:9464");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where to listen; port 0 takes any that is free.
    pub address: SocketAddr,
    /// Whether to become the recorder of the whole process, too, so that
    /// everything that records through the macros of `metrics` appears on the
    /// same page. A process has one such recorder, for good: it cannot be
    /// replaced after a shutdown.
    pub global: bool,
    /// Whether to listen at all. If not, the application mounts
    /// [`Scrape::page`] into its own router.
    pub serve: bool,
}

impl Default for Settings {
    /// Serves at 127.0.0.1:9464 and leaves the recorder of the process alone.
    fn default() -> Self {
        Self { address: (Ipv4Addr::LOCALHOST, 9464).into(), global: false, serve: true }
    }
}

impl From<ScrapeSettings> for Settings {
    /// What a program asks of its telemetry.
    fn from(asked: ScrapeSettings) -> Self {
        match asked {
            ScrapeSettings::Listen(address) => Self { address, ..Self::default() },
            ScrapeSettings::Mounted => Self { serve: false, ..Self::default() },
        }
    }
}

/// Keeps measurements until Prometheus asks for them.
///
/// Cheap to clone; clones are the same backend. It ends with
/// [`shutdown`](Backend::shutdown) or when the last clone is dropped.
///
/// ```
/// use std::io::{Read, Write};
///
/// use botmeter_core::{
///     Backend, Counter, Exports, Instrument, Meter, Unit,
///     BackendKind,
///     backend::scrape::{Scrape, Settings},
/// };
///
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
///
/// let settings = Settings { address: "127.0.0.1:0".parse()?, ..Settings::default() };
/// let scrape =
///     Scrape::start(settings, &[RUNS.descriptor()], Exports::new(BackendKind::Scrape))?;
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
    families: Arc<Families>,
    page: Page,
    /// Whether someone still empties the histograms of others.
    is_open: Arc<AtomicBool>,
    /// None where nobody else records here.
    upkeep: Option<Upkeep>,
    server: Option<Server>,
}

impl Scrape {
    /// Starts to keep measurements of these instruments and, if the settings
    /// say so, to answer scrapes. Each answer is reported to `exports`.
    ///
    /// An instrument that is not named here works, too, as soon as it is bound.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on, when another recorder of
    /// `metrics` is installed already, or when no thread can be started.
    pub fn start(
        settings: impl Into<Settings>,
        descriptors: &[&'static Descriptor],
        exports: Exports,
    ) -> Result<Self, Error> {
        let rhythm = Rhythm::default();
        Self::start_with(settings.into(), descriptors, exports, rhythm, Limits::default())
    }

    fn start_with(
        settings: Settings,
        descriptors: &[&'static Descriptor],
        exports: Exports,
        rhythm: Rhythm,
        limits: Limits,
    ) -> Result<Self, Error> {
        let recorder = Arc::new(recorder::build()?);
        let families = Arc::new(Families::new(descriptors));
        let page = Page::new(recorder.handle(), Arc::clone(&families), exports);
        let server = if settings.serve {
            Some(Server::start(settings.address, page.clone(), limits)?)
        } else {
            None
        };
        let is_open = Arc::new(AtomicBool::new(true));
        let upkeep = if settings.global {
            let handle = recorder.handle();
            let upkeep = Upkeep::start(rhythm, move || handle.run_upkeep())?;
            // Last, because it is the one thing that cannot be taken back.
            recorder::install(recorder, Arc::clone(&families), Arc::clone(&is_open))?;
            Some(upkeep)
        } else {
            None
        };
        Ok(Self(Arc::new(Running { families, page, is_open, upkeep, server })))
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
    fn describe(&self, descriptor: &'static Descriptor) {
        self.0.families.learn(descriptor);
    }

    fn counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<u64> {
        Bound::shared(self.0.families.series(descriptor, labels))
    }

    fn float_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        Bound::shared(self.0.families.series(descriptor, labels))
    }

    fn up_down_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<i64> {
        Bound::shared(self.0.families.series(descriptor, labels))
    }

    fn gauge(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        Bound::shared(self.0.families.series(descriptor, labels))
    }

    fn histogram(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        Bound::shared(self.0.families.series(descriptor, labels))
    }

    /// Stops to listen, lets the answers that are under way end, and ends the
    /// threads. Called again, it does nothing.
    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        let served = self.0.server.as_ref().map_or(Ok(()), |server| server.shut_down(deadline));
        self.0.is_open.store(false, Ordering::Relaxed);
        if let Some(upkeep) = &self.0.upkeep {
            upkeep.end();
        }
        served
    }
}

impl Drop for Running {
    /// The threads end by themselves once the server and the upkeep are
    /// dropped; what others record from now on is not to pile up.
    fn drop(&mut self) {
        self.is_open.store(false, Ordering::Relaxed);
    }
}

impl fmt::Debug for Scrape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scrape").field("address", &self.address()).finish_non_exhaustive()
    }
}
