//! What was chosen: every setting, resolved.

mod compiled;
mod live;
mod push;
mod traces;

use std::time::Duration;

use botmeter_core::Error;
use botmeter_export::{OtlpSettings, Resource, ScrapeSettings, signal::Signal};

use crate::{
    endpoint::{self, InCode},
    environment::{Environment, Variable},
    on_bad::{OnBadSetting, Route},
    variables::variables,
};
pub use botmeter_export::DEFAULT_TIMEOUT;
pub(crate) use compiled::Compiled;
pub use live::LiveSettings;
use push::push;
pub use traces::{Batching, Sampler, TracesExporter, TracesSettings};

/// How often metrics are pushed or printed, unless told otherwise: the usual
/// interval of scrapes, because dashboards assume that both are alike.
pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(15);
/// Every choice, with the environment and the defaults applied.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Who sends the metrics.
    pub resource: Resource,
    /// Push, if chosen.
    pub otlp: Option<OtlpSettings>,
    /// Scrape, if chosen.
    pub scrape: Option<ScrapeSettings>,
    /// The live page, if chosen; it is served where scrapes are answered.
    pub live: Option<LiveSettings>,
    /// Whether metrics are printed to standard output.
    pub stdout: bool,
    /// How often metrics are pushed or printed.
    pub interval: Duration,
    /// Where spans go, if anywhere.
    pub traces: Option<TracesSettings>,
    /// Why metrics do not go where somebody may look for them.
    pub(crate) silence: Option<Silence>,
    /// Who chose each route.
    pub(crate) chosen_by: ChosenBy,
    /// Routes that were chosen and cannot be used, which was said.
    pub(crate) lost: Vec<Route>,
}

/// Why metrics do not go where somebody may look for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// `OTEL_METRICS_EXPORTER` is none.
    Chosen,
    /// This variable names an endpoint, and this build cannot push to it.
    CannotPush(&'static str),
}

/// Who chose each route, and so where it is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChosenBy {
    pub(crate) push: Chooser,
    pub(crate) page: Chooser,
    pub(crate) print: Chooser,
    pub(crate) spans: Chooser,
}

/// Who chose something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chooser {
    /// The program, in its code.
    Code,
    /// The environment, or the default where it is silent.
    Environment,
}

impl Chooser {
    fn code_if(is_asked: bool) -> Self {
        if is_asked { Self::Code } else { Self::Environment }
    }
}

/// What the program itself asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) default_name: String,
    pub(crate) service_name: Option<String>,
    pub(crate) instance_id: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) interval: Option<Duration>,
    pub(crate) endpoint: Option<InCode>,
    pub(crate) scrape: Option<ScrapeSettings>,
    pub(crate) live: Option<LiveSettings>,
    pub(crate) stdout: bool,
    /// Whether it brought a backend of its own.
    pub(crate) has_own: bool,
    pub(crate) traces: traces::Asked,
    pub(crate) on_bad: OnBadSetting,
}

/// What the environment chooses of the backends.
#[derive(Clone, Copy, Default)]
struct Chosen {
    otlp: bool,
    scrape: bool,
    stdout: bool,
    silence: Option<Silence>,
}

impl Settings {
    /// Applies the environment and the defaults to what the program asked for;
    /// nothing if the environment turns telemetry off.
    pub(crate) fn resolve(
        asked: &Asked,
        environment: &Environment,
        compiled: Compiled,
    ) -> Result<Option<Self>, Error> {
        let on_bad = asked.on_bad;
        if let Some(disabled) = environment.first(&["OTEL_SDK_DISABLED"]) {
            let is_off = disabled.one_of(&[("true", true), ("false", false)]);
            if on_bad.or(is_off, false, || "with telemetry".to_owned())? {
                return Ok(None);
            }
        }
        environment.check(on_bad)?;
        let mut lost = Vec::new();
        let chosen = choose(asked, environment, compiled)?;
        let otlp = if chosen.otlp || asked.endpoint.is_some() {
            on_bad.or_without(Route::Push, otlp(asked, environment), &mut lost)?
        } else {
            None
        };
        let live = live::resolve(asked.live.as_ref(), environment, compiled);
        let live = on_bad.or_without(Route::Live, live, &mut lost)?.flatten();
        let scrape = match asked.scrape {
            Some(scrape) => Some(scrape),
            // It is served there.
            None if chosen.scrape || live.is_some() => {
                let address = endpoint::scrape_address(environment, on_bad);
                let listens = address.map(ScrapeSettings::Listen);
                on_bad.or_without(Route::Page, listens, &mut lost)?
            }
            None => None,
        };
        let live = match (live, scrape) {
            (Some(live), Some(scrape)) => {
                let may = live.check(scrape).map(|()| live);
                on_bad.or_without(Route::Live, may, &mut lost)?
            }
            (Some(_), None) => {
                lost.push(Route::Live);
                None
            }
            (None, _) => None,
        };
        // Nobody else asked for a page that listens for the live one alone.
        let is_wanted = asked.scrape.is_some() || chosen.scrape || live.is_some();
        let scrape = scrape.filter(|_| is_wanted);
        let interval = match asked.interval {
            Some(interval) => interval,
            None => {
                environment.millis(&["OTEL_METRIC_EXPORT_INTERVAL"], DEFAULT_INTERVAL, on_bad)?
            }
        };
        let resource = resource(asked, environment)?;
        let stdout = chosen.stdout || asked.stdout;
        let traces = traces::resolve(&asked.traces, environment, compiled, on_bad);
        let traces = on_bad.or_without(Route::Spans, traces, &mut lost)?.flatten();
        let chosen_by = ChosenBy {
            push: Chooser::code_if(asked.endpoint.is_some()),
            page: Chooser::code_if(asked.scrape.is_some()),
            print: Chooser::code_if(asked.stdout),
            spans: Chooser::code_if(asked.traces.endpoint.is_some() || asked.traces.prints),
        };
        let silence = chosen.silence;
        Ok(Some(Self {
            resource,
            otlp,
            scrape,
            live,
            stdout,
            interval,
            traces,
            silence,
            chosen_by,
            lost,
        }))
    }
}

fn choose(asked: &Asked, environment: &Environment, compiled: Compiled) -> Result<Chosen, Error> {
    let not_set = || "as if it were not set".to_owned();
    if let Some(variable) = environment.first(&["OTEL_METRICS_EXPORTER"])
        && let Some(chosen) = asked.on_bad.or(listed(variable).map(Some), None, not_set)?
    {
        return Ok(chosen);
    }
    if let Some(variable) = environment.first(&["OTEL_EXPORTER"]) {
        let otlp = variable.one_of(&[("otlp", Some(true)), ("stdout", Some(false))]);
        if let Some(otlp) = asked.on_bad.or(otlp, None, not_set)? {
            return Ok(Chosen { otlp, stdout: !otlp, ..Chosen::default() });
        }
    }
    let endpoint = environment.first(variables(Signal::Metrics).endpoint);
    let is_asked =
        asked.endpoint.is_some() || asked.scrape.is_some() || asked.stdout || asked.has_own;
    let otlp = compiled.otlp && (endpoint.is_some() || !(is_asked || compiled.scrape));
    let scrape = compiled.scrape && !is_asked;
    let silence =
        endpoint.filter(|_| !compiled.otlp).map(|variable| Silence::CannotPush(variable.name));
    Ok(Chosen { otlp, scrape, stdout: false, silence })
}

/// What a list of exporters chooses.
fn listed(variable: Variable<'_>) -> Result<Chosen, Error> {
    let mut chosen = Chosen::default();
    let mut is_none = false;
    let words: Vec<&str> = variable.value.split(',').map(str::trim).collect();
    for word in &words {
        match word.to_ascii_lowercase().as_str() {
            "otlp" => chosen.otlp = true,
            "prometheus" => chosen.scrape = true,
            "console" => chosen.stdout = true,
            "none" => is_none = true,
            _ => {
                return Err(
                    variable.wrong("use a comma-separated list of otlp, prometheus, console, none")
                );
            }
        }
    }
    if is_none && words.len() > 1 {
        return Err(variable.wrong("none stands alone"));
    }
    chosen.silence = is_none.then_some(Silence::Chosen);
    Ok(chosen)
}

/// How metrics are pushed.
pub(crate) fn otlp(asked: &Asked, environment: &Environment) -> Result<OtlpSettings, Error> {
    push(Signal::Metrics, asked.endpoint.as_ref(), environment, asked.on_bad)
}

fn resource(asked: &Asked, environment: &Environment) -> Result<Resource, Error> {
    let variable = environment.first(&["OTEL_RESOURCE_ATTRIBUTES"]);
    let pairs = variable.map(Variable::pairs).transpose();
    let pairs = asked.on_bad.or(pairs, None, || "without these attributes".to_owned())?;
    let pairs = pairs.unwrap_or_default();
    // The last of a key counts, and the code speaks after the environment.
    let mut attributes: Vec<(String, String)> = Vec::new();
    for (key, value) in pairs.into_iter().chain(asked.attributes.iter().cloned()) {
        attributes.retain(|(known, _)| *known != key);
        attributes.push((key, value));
    }
    let mut take = |key: &str| {
        let at = attributes.iter().position(|(known, _)| known == key)?;
        Some(attributes.remove(at).1).filter(|value| !value.trim().is_empty())
    };
    let (name, instance, version) =
        (take("service.name"), take("service.instance.id"), take("service.version"));
    let from_variable = environment.get("OTEL_SERVICE_NAME").map(str::to_owned);
    let name = asked.service_name.clone().or(from_variable).or(name);
    let name = name.unwrap_or_else(|| asked.default_name.clone());
    let instance = asked.instance_id.clone().or(instance);
    let instance = instance.unwrap_or_else(|| own_instance_id(environment));
    let version = asked.version.clone().or(version).unwrap_or_else(|| "unknown".to_owned());
    Ok(Resource::new(name, instance).version(version).attributes(attributes))
}

/// Host and process: unique among the processes that run, and the same for a
/// container that starts again, so that a restart makes no new series.
fn own_instance_id(environment: &Environment) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| environment.get("HOSTNAME").map(str::to_owned))
        .or_else(|| environment.get("COMPUTERNAME").map(str::to_owned))
        .map_or_else(random_host, |name| name.trim().to_owned());
    format!("{host}:{}", std::process::id())
}

/// A host whose name nobody tells still has to differ from others.
fn random_host() -> String {
    use std::hash::BuildHasher;
    format!("host-{:016x}", std::hash::RandomState::new().hash_one(0))
}
