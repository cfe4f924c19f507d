//! Telemetry that runs.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use botmeter_core::{Backend, Error, Meter};
use botmeter_export::{BackendKind, Exports};

#[cfg(feature = "scrape")]
use crate::running::Page;
use crate::{
    answer::Answer,
    deadline::{Outcome, Work, told},
    identity::Identity,
    live::LivePage,
    pulse::Pulse,
    recorded::Recorded,
    running::Running,
    settings::Settings,
    wait::wait,
};

/// The telemetry of a program: its backends, from start-up to shutdown.
///
/// Domains are named at start-up, so that every backend knows every instrument
/// before its first series; one that comes later is [added](Self::register).
///
/// One for a whole process is the usual. A second one beside it pushes as an
/// instance of its own, with a warning; one that is started when the last has
/// ended goes on under the same name. A process that forks starts it in the
/// child: threads are not forked, so nothing of the parent's is exported there,
/// and its locks may be held for good.
///
/// ```
/// use botmeter_core::{Domain, Memory, Meter};
/// use botmeter_telemetry::Telemetry;
/// # use botmeter_core::{Counter, Instrument, Unit};
/// # use botmeter_telemetry::Environment;
/// # static PINGS: Instrument<Counter, ()> =
/// #     Instrument::counter("ping.sent", Unit::of("{ping}"), "Pings.");
/// # struct Ping(Counter);
/// # impl Domain for Ping {
/// #     const NAME: &'static str = "ping";
/// #     type Config = ();
/// #     fn register_with(meter: &Meter, (): ()) -> Self {
/// #         Self(PINGS.bind(meter, ()))
/// #     }
/// # }
/// # impl Ping { fn sent(&self) { self.0.add(1); } }
///
/// let memory = Memory::new();
/// let (telemetry, ping) = Telemetry::builder("my-bot")
///     .backend(memory.clone())
/// #   .environment(Environment::default())
///     .start::<Ping>()?;
/// ping.sent();
/// assert_eq!(memory.value("ping_sent_total", &[]), Some(1.0));
/// telemetry.end();
/// # Ok::<(), botmeter_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Telemetry {
    pub(crate) settings: Option<Settings>,
    pub(crate) running: Vec<Running>,
    #[cfg_attr(not(feature = "live"), expect(dead_code, reason = "there is none"))]
    pub(crate) live: Option<LivePage>,
    pub(crate) meter: Meter,
    pub(crate) pulse: Option<Pulse>,
    pub(crate) recorded: Recorded,
    /// What it pushes as, until the end.
    pub(crate) identity: Mutex<Option<Identity>>,
    /// How the end goes, once it has begun.
    pub(crate) ended: OnceLock<Answer<Outcome>>,
}

impl Telemetry {
    /// What was chosen; nothing if `OTEL_SDK_DISABLED` turned telemetry off.
    pub fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref()
    }

    /// Where `/metrics` is served, if it is; tells which port 0 became.
    pub fn scrape_address(&self) -> Option<SocketAddr> {
        self.running.iter().find_map(|running| running.address)
    }

    /// The counts of a backend's exports, if it runs.
    pub fn exports(&self, backend: BackendKind) -> Option<&Exports> {
        let mut all = self.running.iter().filter_map(|running| running.exports.as_ref());
        all.find(|exports| exports.backend() == backend)
    }

    /// Hands over what was recorded so far, and is ready by the deadline.
    ///
    /// Works on every runtime and without one.
    ///
    /// # Errors
    ///
    /// When something could not be delivered by then.
    pub async fn flush(&self, deadline: Duration) -> Result<(), Error> {
        told(self.begin_flush(deadline).await)
    }

    /// The same for a thread that may block.
    ///
    /// # Errors
    ///
    /// When something could not be delivered by the deadline.
    pub fn flush_blocking(&self, deadline: Duration) -> Result<(), Error> {
        told(wait(self.begin_flush(deadline)))
    }

    fn begin_flush(&self, deadline: Duration) -> Answer<Outcome> {
        let work = self.each(deadline, "flush", Backend::flush);
        Answer::of("botmeter-wait", || work.outcome())
    }

    pub(crate) fn each(
        &self,
        deadline: Duration,
        what: &'static str,
        work: fn(&dyn Backend, Duration) -> Result<(), Error>,
    ) -> Work {
        let jobs = self.running.iter().map(|running| (running.name, Arc::clone(&running.backend)));
        Work::begin(jobs, deadline, what, work)
    }

    /// What answers a scrape, to be mounted into the application's own server;
    /// nothing if the scrape backend was not chosen. With the feature `axum`,
    /// `page_route` does that.
    #[cfg(feature = "scrape")]
    pub fn page(&self) -> Option<Page> {
        self.running.iter().find_map(|running| running.page.clone())
    }

    /// The live page, to be answered by the program's own server; nothing if it
    /// was not asked for, the environment turned it off, or it could not be had.
    /// It goes on to work after a shutdown, and shows what was read until then.
    ///
    /// Whoever reaches that server may see it: the page asks nobody for a
    /// password, and where the server listens is not known here.
    #[cfg(feature = "live")]
    pub fn live(&self) -> Option<LivePage> {
        self.live.clone()
    }

    /// Where the live page is served; nothing if it is not, or by the program's
    /// own server.
    #[cfg(feature = "live")]
    pub fn live_url(&self) -> Option<String> {
        let settings = self.settings.as_ref()?.live.as_ref()?;
        self.scrape_address().map(|address| settings.url(address))
    }
}
