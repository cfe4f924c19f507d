//! Start-up, flush and shutdown.

mod answer;
mod compiled;
pub(crate) mod credentials;
mod deadline;
pub(crate) mod diagnose;
mod end;
mod endpoint;
mod environment;
mod identity;
pub(crate) mod percent;
mod pulse;
mod settings;
pub(crate) mod signal;
#[cfg(feature = "signals")]
mod stop;
#[cfg(feature = "traces")]
pub mod traces;
#[cfg(not(feature = "traces"))]
#[path = "telemetry/traces_absent.rs"]
mod traces;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, UNIX_EPOCH},
};

pub use diagnose::{Diagnosis, Finding, Verdict};
pub use environment::{About, Environment, KNOWN_VARIABLES, KnownVariable};
pub use settings::{
    Batching, Compression, DEFAULT_INTERVAL, DEFAULT_TIMEOUT, OtlpSettings, Protocol, Resource,
    Sampler, ScrapeSettings, Settings, Temporality, TracesExporter, TracesSettings,
};

#[cfg(feature = "signals")]
pub use stop::{StopRequested, StopSignal, stop_requested};

use crate::{
    Backend, BackendKind, Domain, Domains, Error, Exports, Meter, Registered, SelfObservation,
    backend::Tee, instruments, wait::wait, wall,
};
use answer::Answer;
use deadline::{Outcome, Work, told};
use identity::Identity;
use settings::Asked;

/// The telemetry of a program: its backends, from start-up to shutdown.
///
/// Domains are named at start-up, so that every backend knows every instrument
/// before its first series.
///
/// One for a whole process is the usual. A second one beside it pushes as an
/// instance of its own, with a warning; one that is started when the last has
/// ended goes on under the same name. A process that forks starts it in the
/// child: threads are not forked, so nothing of the parent's is exported there,
/// and its locks may be held for good.
///
/// ```
/// use botmeter_core::{Domain, Meter, Telemetry, backend::Memory};
/// # use botmeter_core::{Counter, Instrument, Unit, telemetry::Environment};
/// # static PINGS: Instrument<Counter, ()> =
/// #     Instrument::counter("ping.sent", Unit::of("{ping}"), "Pings.");
/// # struct Ping(Counter);
/// # impl Domain for Ping {
/// #     const NAME: &'static str = "ping";
/// #     fn register(meter: &Meter) -> Self {
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
/// telemetry.shutdown_blocking(std::time::Duration::from_secs(5))?;
/// # Ok::<(), botmeter_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Telemetry {
    settings: Option<Settings>,
    running: Vec<Running>,
    meter: Meter,
    pulse: Option<pulse::Pulse>,
    recorded: diagnose::Recorded,
    /// What it pushes as, until the end.
    identity: Mutex<Option<Identity>>,
    /// How the end goes, once it has begun.
    ended: OnceLock<Answer<Outcome>>,
}

/// A backend that runs.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    /// How it is called in messages.
    name: &'static str,
    backend: Arc<dyn Backend>,
    exports: Option<Exports>,
    address: Option<SocketAddr>,
    #[cfg_attr(
        not(feature = "scrape"),
        expect(dead_code, reason = "only the scrape backend has a page")
    )]
    page: Option<compiled::Page>,
}

/// What a program chooses before it starts.
#[derive(Debug)]
#[must_use = "nothing runs before start"]
pub struct Builder {
    asked: Asked,
    environment: Option<Environment>,
    backends: Vec<Arc<dyn Backend>>,
    falls_back: bool,
    wiring: traces::Wiring,
}

impl Telemetry {
    /// Telemetry for a program of this name, which the environment may
    /// replace by another.
    pub fn builder(name: impl Into<String>) -> Builder {
        Builder {
            asked: Asked { default_name: name.into(), ..Asked::default() },
            environment: None,
            backends: Vec::new(),
            falls_back: false,
            wiring: traces::Wiring::default(),
        }
    }

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

    fn each(
        &self,
        deadline: Duration,
        what: &'static str,
        work: fn(&dyn Backend, Duration) -> Result<(), Error>,
    ) -> Work {
        let jobs = self.running.iter().map(|running| (running.name, Arc::clone(&running.backend)));
        Work::begin(jobs, deadline, what, work)
    }
}

impl Builder {
    /// The service's name, whatever the environment says.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.asked.service_name = Some(name.into());
        self
    }

    /// The version of the program, for `build_info`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.asked.version = Some(version.into());
        self
    }

    /// What tells this process from others of the service; host and process
    /// by default. It is kept even if another telemetry of this process pushes
    /// under it, which is warned of.
    pub fn instance_id(mut self, id: impl Into<String>) -> Self {
        self.asked.instance_id = Some(id.into());
        self
    }

    /// An attribute of the resource that pushes carry.
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.asked.attributes.push((key.into(), value.into()));
        self
    }

    /// Serves `/metrics` at this address; port 0 is any free one. What the
    /// environment chooses runs as well.
    pub fn scrape(mut self, address: SocketAddr) -> Self {
        self.asked.scrape = Some(ScrapeSettings::Listen(address));
        self
    }

    /// Makes the page for scrapes without serving it, to be mounted into the
    /// application's own server. What the environment chooses runs as well.
    pub fn scrape_mounted(mut self) -> Self {
        self.asked.scrape = Some(ScrapeSettings::Mounted);
        self
    }

    /// Pushes to this OTLP receiver. What the environment chooses runs as
    /// well.
    ///
    /// A user and a password in the URL, percent-encoded, are sent as a header
    /// `authorization: Basic`, by both protocols; they are never shown, nor is
    /// the URL's query.
    pub fn otlp(mut self, endpoint: impl Into<String>) -> Self {
        self.asked.endpoint = Some(credentials::Given(endpoint.into()));
        self
    }

    /// Prints metrics to standard output. What the environment chooses runs
    /// as well.
    pub fn stdout(mut self) -> Self {
        self.asked.stdout = true;
        self
    }

    /// How often metrics are pushed or printed.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.asked.interval = Some(interval);
        self
    }

    /// A backend of your own, beside what the environment chooses.
    pub fn backend(mut self, backend: impl Backend) -> Self {
        self.asked.has_own = true;
        self.backends.push(Arc::new(backend));
        self
    }

    /// Prints to standard output, with a warning, if the OTLP backend cannot
    /// be set up; otherwise that is an error.
    pub fn fall_back_to_stdout(mut self) -> Self {
        self.falls_back = true;
        self
    }

    /// Reads these variables instead of the process's own.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Starts the chosen backends and makes the domains.
    ///
    /// # Errors
    ///
    /// When a variable holds what cannot be understood, a backend is asked for
    /// that this build does not have or that cannot start, two instruments
    /// would be one series, or a subscriber should be installed where there is
    /// one.
    pub fn start<D: Domains>(self) -> Result<(Telemetry, D), Error> {
        let Self { asked, environment, backends, falls_back, mut wiring } = self;
        let environment = environment.unwrap_or_else(Environment::of_process);
        wiring.install(&environment)?;
        let settings = Settings::resolve(&asked, &environment, compiled::compiled(&wiring))?;
        let mut registered = vec![Registered::of::<SelfObservation>()];
        D::note(&mut registered);
        let descriptors = instruments(&registered)?;
        let Some(mut settings) = settings else {
            tracing::warn!("telemetry is off: OTEL_SDK_DISABLED is true");
            wiring.close();
            let meter = Meter::new(crate::backend::Discard);
            let telemetry = Telemetry {
                settings: None,
                running: Vec::new(),
                meter: meter.clone(),
                pulse: None,
                recorded: diagnose::Recorded::new(&meter, registered),
                identity: Mutex::default(),
                ended: OnceLock::new(),
            };
            return Ok((telemetry, D::register(&meter)));
        };
        // A scraper names what it scrapes by itself, each address apart.
        let is_of_code = asked.instance_id.is_some();
        let identity =
            settings.otlp.is_some().then(|| Identity::take(&mut settings.resource, is_of_code));
        let spans = traces::prepare(&settings, &wiring)?;
        let mut running = compiled::start(&settings, &descriptors, falls_back)?;
        running.extend(backends.into_iter().map(|backend| Running {
            name: "custom",
            backend,
            exports: None,
            address: None,
            page: None,
        }));
        compiled::say_what_is_not_exported(&settings, running.is_empty());
        let tee = Tee::new(running.iter().map(|running| Arc::clone(&running.backend)));
        let meter = Meter::new(tee);
        let own = Arc::new(<SelfObservation as Domain>::register(&meter));
        own.started(&settings.resource.version, unix_time());
        for exports in running.iter().filter_map(|running| running.exports.as_ref()) {
            exports.report_to(&own);
        }
        let domains = D::register(&meter);
        // Not a part of the tee: it takes no measurements.
        running.extend(spans.map(|spans| spans.open(&meter, &own)).transpose()?);
        for first in running.iter().filter(|running| running.probes()) {
            first.probe(&settings);
        }
        let telemetry = Telemetry {
            settings: Some(settings),
            running,
            meter: meter.clone(),
            pulse: Some(pulse::Pulse::start(own)?),
            recorded: diagnose::Recorded::new(&meter, registered),
            identity: Mutex::new(identity),
            ended: OnceLock::new(),
        };
        Ok((telemetry, domains))
    }
}

impl Running {
    fn probes(&self) -> bool {
        self.exports.as_ref().is_some_and(|exports| exports.backend() == BackendKind::Otlp)
    }

    /// Pushes at once and says whether it arrived: a wrong address should be
    /// known now, not when the first alert is missing. A failure is logged by
    /// the exports themselves.
    fn probe(&self, settings: &Settings) {
        let Some(otlp) = settings.otlp.clone() else { return };
        let backend = Arc::clone(&self.backend);
        let job = move || backend.flush(otlp.timeout + Duration::from_secs(1)).map(|()| otlp);
        answer::in_background("botmeter-probe", move || {
            if let Ok(otlp) = job() {
                let endpoint = credentials::shown(&otlp.endpoint);
                tracing::info!(endpoint, "the first push of metrics arrived");
            }
        });
    }
}

fn unix_time() -> f64 {
    wall::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests;
