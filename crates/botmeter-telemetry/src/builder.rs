//! What a program chooses, and the start.

mod domains;
#[cfg(feature = "live")]
mod live;
#[cfg(feature = "metrics")]
mod macros;
#[cfg(feature = "traces")]
mod spans;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use botmeter_core::{
    Backend, Configs, Domain, Domains, Error, Meter, Registered, instruments, label::Limits,
    problem,
};
use botmeter_export::{ScrapeSettings, credentials::Given};

use crate::{
    compiled,
    endpoint::InCode,
    environment::Environment,
    identity::Identity,
    live as page,
    on_bad::{OnBadSetting, Route},
    pulse::{self, Pulse},
    recorded::Recorded,
    running::Running,
    self_observation::SelfObservation,
    settings::{Asked, Settings},
    telemetry::Telemetry,
    traces,
};

/// What a program chooses before it starts.
#[derive(Debug)]
#[must_use = "nothing runs before start"]
pub struct Builder {
    pub(crate) asked: Asked,
    environment: Option<Environment>,
    backends: Vec<Arc<dyn Backend>>,
    falls_back: bool,
    configs: Configs,
    limits: Result<Limits, Error>,
    macros: compiled::Macros,
    pub(crate) boards: page::Boards,
    pub(crate) wiring: traces::Wiring,
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
            configs: Configs::default(),
            limits: Ok(Limits::default()),
            macros: compiled::Macros::default(),
            boards: page::Boards::default(),
            wiring: traces::Wiring::default(),
        }
    }
}

impl Builder {
    /// The service's name, whatever the environment says.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.asked.service_name = Some(name.into());
        self
    }

    /// The version of the program, for `build_info`, which says `unknown`
    /// otherwise: a library cannot see it. [`builder!`](crate::builder!) fills it
    /// in.
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
    /// application's own server with [`Telemetry::page`], or `page_route` for axum.
    /// What the environment chooses runs as well.
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
        self.asked.endpoint = Some(InCode::Any(Given(endpoint.into())));
        self
    }

    /// Pushes to an OTLP receiver of metrics at this very URL, as
    /// `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` does; [`otlp`](Self::otlp) takes
    /// Prometheus' `/api/v1/otlp` for a base, to which `/v1/metrics` belongs.
    ///
    /// ```
    /// # use botmeter_telemetry::{Environment, Telemetry};
    /// let builder = Telemetry::builder("my-bot");
    /// # let builder = builder.environment(Environment::default());
    /// // Thanos receives at the shorter path.
    /// let builder = builder.otlp_metrics("http://thanos:10908/api/v1/otlp");
    /// # let _ = builder;
    /// ```
    pub fn otlp_metrics(mut self, endpoint: impl Into<String>) -> Self {
        self.asked.endpoint = Some(InCode::OfSignal(Given(endpoint.into())));
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

    /// A backend of your own, or a bridge to another library's metrics, beside
    /// what the environment chooses.
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

    /// What becomes of a setting that cannot be used, such as
    /// `OTEL_EXPORTER_OTLP_PROTOCOL=http/json` for a whole fleet, or a port that
    /// is in use. The default is to refuse the start.
    ///
    /// With [`Warn`](OnBadSetting::Warn), a program starts all the same: each
    /// such setting is warned of, and its default is used, or its route left
    /// out. What the program itself does wrong stays an error: domains that
    /// clash, a limit that cannot be, a subscriber or a recorder that should be
    /// installed where there is one.
    ///
    /// ```
    /// use botmeter_telemetry::{Environment, OnBadSetting, Telemetry};
    ///
    /// let fleet = [("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"), ("OTEL_METRICS_EXPORTER", "all")];
    /// let builder = || Telemetry::builder("my-bot").environment(fleet.into_iter().collect());
    /// assert!(builder().start::<()>().is_err());
    /// let (telemetry, ()) = builder().on_bad_setting(OnBadSetting::Warn).start::<()>()?;
    /// # telemetry.end();
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    pub fn on_bad_setting(mut self, on_bad: OnBadSetting) -> Self {
        self.asked.on_bad = on_bad;
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
    /// that this build does not have or that cannot start (both unless
    /// [`on_bad_setting`](Self::on_bad_setting) says otherwise), a domain is
    /// there twice or configured without being started, a limit cannot be, two
    /// instruments would be one series, or a subscriber or a recorder of
    /// `metrics` should be installed where there is one.
    pub fn start<D: Domains>(self) -> Result<(Telemetry, D), Error> {
        let Self { asked, environment, backends, falls_back, configs, limits, .. } = self;
        let Self { macros, boards, mut wiring, .. } = self;
        let environment = environment.unwrap_or_else(Environment::of_process);
        wiring.install(&environment)?;
        let settings = Settings::resolve(&asked, &environment, compiled::compiled(&wiring))?;
        let mut registered = vec![Registered::of::<SelfObservation>()];
        D::note(&mut registered, &configs);
        instruments(&registered)?;
        configs.check(&registered)?;
        let limits = limits?;
        let Some(mut settings) = settings else {
            problem!(warn, "telemetry is off: OTEL_SDK_DISABLED is true");
            wiring.close();
            let meter = Meter::within(&[], limits);
            let telemetry = Telemetry {
                settings: None,
                running: Vec::new(),
                live: None,
                meter: meter.clone(),
                pulse: None,
                recorded: Recorded::new(&meter, registered),
                identity: Mutex::default(),
                ended: OnceLock::new(),
            };
            return Ok((telemetry, D::make(&meter, &configs)));
        };
        // A scraper names what it scrapes by itself, each address apart.
        let is_of_code = asked.instance_id.is_some();
        let identity =
            settings.otlp.is_some().then(|| Identity::take(&mut settings.resource, is_of_code));
        let on_bad = asked.on_bad;
        let mut lost = Vec::new();
        let spans = traces::prepare(&settings, &wiring);
        let spans = on_bad.or_without(Route::Spans, spans, &mut lost)?.flatten();
        if !lost.is_empty() {
            wiring.close();
            settings.traces = None;
            settings.lost.extend(lost);
        }
        let live = page::open(&settings, boards);
        let mut running = compiled::start(&mut settings, live.as_ref(), falls_back, on_bad)?;
        let live = live.filter(|_| settings.live.is_some());
        // What is not pushed takes no name from others.
        let identity = identity.filter(|_| settings.otlp.is_some());
        running.extend(backends.into_iter().map(|backend| Running {
            name: "custom",
            backend,
            exports: None,
            address: None,
            page: None,
        }));
        compiled::say_what_is_not_exported(&settings, running.is_empty());
        let all: Vec<_> = running.iter().map(|running| Arc::clone(&running.backend)).collect();
        let meter = Meter::within(&all, limits);
        let own = Arc::new(<SelfObservation as Domain>::register(&meter));
        own.started(&settings.resource.version, pulse::unix_time());
        for exports in running.iter().filter_map(|running| running.exports.as_ref()) {
            exports.report_to(Box::new(own.exports_of(exports.backend())));
        }
        let domains = D::make(&meter, &configs);
        // They take no measurements, so they were not opened on the store.
        running.extend(spans.map(|spans| spans.open(&meter, &own)).transpose()?);
        let reads = live.as_ref().map(|live| live.read(&running)).transpose()?;
        running.extend(reads.flatten());
        let pulse = Some(Pulse::start(own)?);
        // It cannot be taken back, so nothing may fail after it.
        compiled::install_macros(&meter, macros)?;
        for first in running.iter().filter(|running| running.probes()) {
            first.probe(&settings);
        }
        let telemetry = Telemetry {
            settings: Some(settings),
            running,
            live,
            meter: meter.clone(),
            pulse,
            recorded: Recorded::new(&meter, registered),
            identity: Mutex::new(identity),
            ended: OnceLock::new(),
        };
        Ok((telemetry, domains))
    }
}

/// [`Telemetry::builder`](crate::Telemetry::builder) with the version of the
/// package in which it stands, which `build_info` then shows.
///
/// ```
/// use botmeter_telemetry::Memory;
/// # use botmeter_telemetry::Environment;
///
/// let memory = Memory::new();
/// let builder = botmeter_telemetry::builder!("my-bot").backend(memory.clone());
/// # let builder = builder.environment(Environment::default());
/// let (telemetry, ()) = builder.start::<()>()?;
/// assert!(memory.text().contains(concat!("version=\"", env!("CARGO_PKG_VERSION"), "\"")));
/// # telemetry.end();
/// # Ok::<(), botmeter_telemetry::Error>(())
/// ```
#[macro_export]
macro_rules! builder {
    ($service:expr $(,)?) => {
        $crate::Telemetry::builder($service).version(::core::env!("CARGO_PKG_VERSION"))
    };
}
