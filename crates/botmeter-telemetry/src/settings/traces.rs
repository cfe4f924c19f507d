//! Where spans go, which of them, and in which batches.

use std::{fmt, time::Duration};

use botmeter_core::{Error, problem};
use botmeter_export::{OtlpSettings, signal::Signal};

use super::{compiled::Compiled, push::push};
use crate::{
    endpoint::{self, InCode},
    environment::{Environment, Variable},
    on_bad::OnBadSetting,
    variables::BASE,
};

/// What happens to spans.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TracesSettings {
    /// Where they go.
    pub exporter: TracesExporter,
    /// Which of them go there.
    pub sampler: Sampler,
    /// How many at a time.
    pub batching: Batching,
}

/// Where spans go.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TracesExporter {
    /// To an OTLP receiver, such as Jaeger or a Collector.
    Otlp(OtlpSettings),
    /// To standard output, one line each.
    Console,
}

/// Which traces are kept. Metrics count everything, whatever is kept here.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Sampler {
    /// All.
    AlwaysOn,
    /// None.
    AlwaysOff,
    /// This share of all, from 0 to 1.
    Ratio(f64),
    /// Those that came in as kept; of those that begin here, all.
    ParentOrAlwaysOn,
    /// Those that came in as kept; of those that begin here, none.
    ParentOrAlwaysOff,
    /// Those that came in as kept; of those that begin here, this share.
    ParentOrRatio(f64),
}

/// How spans are gathered before they are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Batching {
    /// How long the first span of a batch waits for others.
    pub delay: Duration,
    /// How many spans wait at most; what comes when the queue is full is
    /// dropped and counted.
    pub queue_size: usize,
    /// How many spans one export carries at most.
    pub batch_size: usize,
}

/// What the program itself asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) endpoint: Option<InCode>,
    pub(crate) prints: bool,
    pub(crate) sampler: Option<Sampler>,
}

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const SAMPLER_ARG: &str = "OTEL_TRACES_SAMPLER_ARG";
const QUEUE_SIZE: &str = "OTEL_BSP_MAX_QUEUE_SIZE";
const BATCH_SIZE: &str = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";

/// What OpenTelemetry's SDKs have by default.
const DEFAULT_BATCHING: Batching =
    Batching { delay: Duration::from_secs(5), queue_size: 2048, batch_size: 512 };
/// More spans than this are gigabytes.
const MOST_SPANS: usize = 1_000_000;

/// Applies the environment and the defaults to what the program asked for;
/// nothing if no spans are exported.
pub(super) fn resolve(
    asked: &Asked,
    environment: &Environment,
    compiled: Compiled,
    on_bad: OnBadSetting,
) -> Result<Option<TracesSettings>, Error> {
    let given = asked.endpoint.as_ref();
    let pushes = || push(Signal::Spans, given, environment, on_bad).map(TracesExporter::Otlp);
    let exporters = [("otlp", Some(true)), ("console", Some(false)), ("none", None)];
    // What the code chooses is not asked of the environment.
    let is_asked = given.is_some() || asked.prints;
    let named = if is_asked { Ok(None) } else { environment.one_of(&[EXPORTER], &exporters) };
    let named = on_bad.or(named, None, || "as if it were not set".to_owned())?;
    let exporter = if given.is_some() {
        pushes()?
    } else if asked.prints {
        TracesExporter::Console
    } else if let Some(named) = named {
        match named {
            Some(true) => pushes()?,
            Some(false) => TracesExporter::Console,
            None => return Ok(none(compiled, "OTEL_TRACES_EXPORTER is none")),
        }
    } else if environment.get(ENDPOINT).is_some() {
        if !compiled.traces {
            problem!(
                warn,
                "{ENDPOINT} is set, but this program exports no spans: it was built without the \
                 feature `traces`, or gives its spans to no layer of telemetry"
            );
            return Ok(None);
        }
        pushes()?
    } else {
        // The endpoint of all signals counts if there are spans at all.
        match environment.get(BASE) {
            None => return Ok(none(compiled, "OTEL_TRACES_EXPORTER chooses where to")),
            Some(base) if endpoint::takes_metrics_alone(base) => {
                return Ok(none(
                    compiled,
                    "OTEL_EXPORTER_OTLP_ENDPOINT names a receiver of metrics alone; \
                     OTEL_EXPORTER_OTLP_TRACES_ENDPOINT names one for spans",
                ));
            }
            Some(_) if compiled.traces => pushes()?,
            Some(_) => return Ok(None),
        }
    };
    let sampler = match asked.sampler {
        Some(sampler) => sampler.checked(),
        None => sampler(environment, on_bad),
    };
    let default = Sampler::ParentOrAlwaysOn;
    let sampler = on_bad.or(sampler, default, || format!("with {default}"))?;
    Ok(Some(TracesSettings { exporter, sampler, batching: batching(environment, on_bad)? }))
}

/// No spans are exported, which is said once to a program that has some.
fn none(compiled: Compiled, why: &str) -> Option<TracesSettings> {
    if compiled.traces {
        tracing::info!("no spans are exported: {why}");
    }
    None
}

fn sampler(environment: &Environment, on_bad: OnBadSetting) -> Result<Sampler, Error> {
    let Some(variable) = environment.first(&[SAMPLER]) else {
        return Ok(Sampler::ParentOrAlwaysOn);
    };
    // The share is read only by the samplers that have one.
    let unread = f64::NAN;
    let sampler = variable.one_of(&[
        ("always_on", Sampler::AlwaysOn),
        ("always_off", Sampler::AlwaysOff),
        ("traceidratio", Sampler::Ratio(unread)),
        ("parentbased_always_on", Sampler::ParentOrAlwaysOn),
        ("parentbased_always_off", Sampler::ParentOrAlwaysOff),
        ("parentbased_traceidratio", Sampler::ParentOrRatio(unread)),
    ])?;
    Ok(match sampler {
        Sampler::Ratio(_) => Sampler::Ratio(ratio(environment, on_bad)?),
        Sampler::ParentOrRatio(_) => Sampler::ParentOrRatio(ratio(environment, on_bad)?),
        other => other,
    })
}

fn ratio(environment: &Environment, on_bad: OnBadSetting) -> Result<f64, Error> {
    let Some(variable) = environment.first(&[SAMPLER_ARG]) else { return Ok(1.0) };
    let ratio = match variable.value.parse() {
        Ok(ratio) if is_ratio(ratio) => Ok(ratio),
        _ => Err(variable.wrong("give the share of traces to keep, from 0.0 to 1.0")),
    };
    on_bad.or(ratio, 1.0, || "with all traces".to_owned())
}

fn batching(environment: &Environment, on_bad: OnBadSetting) -> Result<Batching, Error> {
    let default = DEFAULT_BATCHING;
    let delay = environment.millis(&["OTEL_BSP_SCHEDULE_DELAY"], default.delay, on_bad)?;
    let in_all = |spans: usize| format!("with {spans} spans");
    let queue_size = match environment.first(&[QUEUE_SIZE]) {
        Some(variable) => {
            on_bad.or(spans(variable), default.queue_size, || in_all(default.queue_size))?
        }
        None => default.queue_size,
    };
    let most = default.batch_size.min(queue_size);
    let batch_size = match environment.first(&[BATCH_SIZE]) {
        Some(variable) => on_bad.or(batch(variable, queue_size), most, || in_all(most))?,
        None => most,
    };
    Ok(Batching { delay, queue_size, batch_size })
}

fn batch(variable: Variable<'_>, queue_size: usize) -> Result<usize, Error> {
    match spans(variable)? {
        size if size <= queue_size => Ok(size),
        _ => Err(variable.wrong(&format!(
            "a batch cannot be larger than the queue, which holds {queue_size} spans; \
             {QUEUE_SIZE} makes it larger"
        ))),
    }
}

fn spans(variable: Variable<'_>) -> Result<usize, Error> {
    match variable.value.parse() {
        Ok(spans) if (1..=MOST_SPANS).contains(&spans) => Ok(spans),
        _ => Err(variable.wrong(&format!("give a number of spans, from 1 to {MOST_SPANS}"))),
    }
}

fn is_ratio(ratio: f64) -> bool {
    (0.0..=1.0).contains(&ratio)
}

impl Sampler {
    /// The same, if its share can be one.
    fn checked(self) -> Result<Self, Error> {
        match self {
            Self::Ratio(ratio) | Self::ParentOrRatio(ratio) if !is_ratio(ratio) => {
                Err(Error::bad_setting(format!(
                    "sample {ratio:?} of all traces: give a share from 0.0 to 1.0"
                )))
            }
            _ => Ok(self),
        }
    }
}

/// As in `OTEL_TRACES_SAMPLER`, with the share behind.
impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlwaysOn => f.write_str("always_on"),
            Self::AlwaysOff => f.write_str("always_off"),
            Self::Ratio(ratio) => write!(f, "traceidratio {ratio}"),
            Self::ParentOrAlwaysOn => f.write_str("parentbased_always_on"),
            Self::ParentOrAlwaysOff => f.write_str("parentbased_always_off"),
            Self::ParentOrRatio(ratio) => write!(f, "parentbased_traceidratio {ratio}"),
        }
    }
}
