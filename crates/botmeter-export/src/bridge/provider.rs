//! Into a `MeterProvider` of OpenTelemetry.

mod given;

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use botmeter_core::{
    Backend, Bound, Bridge, Error, Kind, Sink, problem,
    store::{Family, Identity, Labels, Point, Store},
};
use opentelemetry::{
    KeyValue,
    metrics::{Histogram, Meter, MeterProvider},
};

use self::given::{attributes_of, is_taken, observe_all, spelt};

/// The scope of all instruments, as in our pushes.
const SCOPE: &str = "botmeter";

/// Gives everything to a `MeterProvider` that the program has, in the scope
/// `botmeter`, under the names and units of our pushes.
///
/// Counters and gauges are read from the store when the provider collects, and
/// cost recording nothing. Histograms cannot be read so: each measurement is
/// told to an instrument of the provider, with our buckets.
///
/// Telemetries that run at the same time on one provider have clones of one
/// bridge, and share its series. One that starts when the last has ended has a
/// bridge of its own, and its counts begin again.
///
/// ```
/// use std::sync::Arc;
///
/// use botmeter_core::{Counter, Instrument, Meter, Unit};
/// use botmeter_export::bridge::OpenTelemetry;
/// use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
///
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
///
/// let exporter = InMemoryMetricExporter::default();
/// let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
///
/// let meter = Meter::new(OpenTelemetry::new(Arc::new(provider.clone())));
/// RUNS.bind(&meter, ()).add(2);
/// provider.force_flush()?;
/// let collected = exporter.get_finished_metrics()?;
/// let scope = collected[0].scope_metrics().next().ok_or("nothing was collected")?;
/// assert!(scope.metrics().any(|metric| metric.name() == "bot.runs"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The provider stays the program's, who flushes it, and shuts it down when the
/// telemetry has ended. If it is shut down before, the end of the telemetry is
/// an error that says so.
#[derive(Clone)]
pub struct OpenTelemetry(Arc<State>);

struct State {
    /// Not in what handles keep alive: they may outlive all that could end it.
    provider: Arc<dyn MeterProvider + Send + Sync>,
    feeder: Arc<Feeder>,
    is_gone: AtomicBool,
}

impl OpenTelemetry {
    /// Gives everything to this provider; that of the process is
    /// `opentelemetry::global::meter_provider()`.
    pub fn new(provider: Arc<dyn MeterProvider + Send + Sync>) -> Self {
        let feeder = Arc::new(Feeder {
            meter: provider.meter(SCOPE),
            store: OnceLock::new(),
            known: Mutex::default(),
            is_deaf_known: AtomicBool::new(false),
        });
        Self(Arc::new(State { provider, feeder, is_gone: AtomicBool::new(false) }))
    }
}

impl Backend for OpenTelemetry {
    fn open(&self, store: &Store) -> Store {
        self.0.feeder.store.get_or_init(|| store.clone()).clone()
    }

    fn bridge(&self) -> Option<Arc<dyn Bridge>> {
        Some(Arc::clone(&self.0.feeder) as _)
    }

    /// Finds out whether anybody could collect the last metrics.
    fn shutdown(&self, _: Duration) -> Result<(), Error> {
        let probe = |kept: Arc<()>| {
            let meter = self.0.provider.meter(SCOPE);
            let probe = meter.u64_observable_counter("botmeter.end");
            let _nothing = probe.with_callback(move |_| drop(Arc::clone(&kept))).build();
        };
        if is_taken(probe) {
            return Ok(());
        }
        self.0.is_gone.store(true, Ordering::Relaxed);
        Err(Error::not_delivered(
            "hand the last metrics to the MeterProvider: it was shut down before, and what was \
             recorded since is lost; end the telemetry first",
        ))
    }

    fn undelivered(&self) -> u64 {
        let is_gone = self.0.is_gone.load(Ordering::Relaxed);
        let store = self.0.feeder.store.get().filter(|_| is_gone);
        store.map_or(0, |store| store.len() as u64)
    }
}

impl fmt::Debug for OpenTelemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenTelemetry").finish_non_exhaustive()
    }
}

/// What is bound by handles.
struct Feeder {
    meter: Meter,
    store: OnceLock<Store>,
    /// The instruments that the provider has, by names on the page.
    known: Mutex<HashMap<Arc<str>, Option<Histogram<f64>>>>,
    is_deaf_known: AtomicBool,
}

impl Feeder {
    /// Lets the provider read this family.
    fn observed<T: Copy + 'static>(&self, family: &Family) -> Bound<T> {
        let identity = family.identity();
        // One that two threads make at once must be observed once.
        if self.lock().insert(Arc::clone(identity.shared_name()), None).is_none() {
            self.observe(identity);
        }
        Bound::discard()
    }

    /// The instrument that has to be told of this family, if there can be one.
    fn told(&self, identity: &Identity) -> Option<Histogram<f64>> {
        if let Some(known) = self.lock().get(identity.shared_name()) {
            return known.clone();
        }
        // Without the lock, because it is foreign code.
        let histogram = self.histogram(identity);
        self.lock().insert(Arc::clone(identity.shared_name()), histogram.clone());
        histogram
    }

    fn histogram(&self, identity: &Identity) -> Option<Histogram<f64>> {
        let histogram = self.meter.f64_histogram(spelt(identity)?);
        let histogram = histogram
            .with_description(identity.help().to_owned())
            .with_unit(identity.unit().to_owned())
            .with_boundaries(identity.bounds().to_vec());
        Some(histogram.build())
    }

    fn observe(&self, identity: &Identity) {
        let (Some(name), Some(store)) = (spelt(identity), self.store.get()) else { return };
        macro_rules! observe {
            ($instrument:ident, $kind:ident) => {
                is_taken(|kept| {
                    let (store, name_here) = (store.clone(), Arc::clone(identity.shared_name()));
                    let number = |point: Point<'_>| match point {
                        Point::$kind(number) => Some(number),
                        _ => None,
                    };
                    let _nothing = self
                        .meter
                        .$instrument(name)
                        .with_description(identity.help().to_owned())
                        .with_unit(identity.unit().to_owned())
                        .with_callback(move |observer| {
                            let _here_to_be_dropped = &kept;
                            observe_all(&store, &name_here, number, observer);
                        })
                        .build();
                })
            };
        }
        let is_taken = match identity.kind() {
            Kind::Counter => observe!(u64_observable_counter, Counter),
            Kind::FloatCounter => observe!(f64_observable_counter, FloatCounter),
            Kind::UpDownCounter => observe!(i64_observable_up_down_counter, UpDownCounter),
            Kind::Gauge => observe!(f64_observable_gauge, Gauge),
            Kind::Histogram => return,
        };
        if !is_taken && !self.is_deaf_known.swap(true, Ordering::Relaxed) {
            problem!(
                warn,
                name = identity.name(),
                "the MeterProvider does not take what it is given: it was shut down, has no \
                     reader, or drops the instrument"
            );
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Arc<str>, Option<Histogram<f64>>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bridge for Feeder {
    fn counter(&self, family: &Family, _: &Labels) -> Bound<u64> {
        self.observed(family)
    }

    fn float_counter(&self, family: &Family, _: &Labels) -> Bound<f64> {
        self.observed(family)
    }

    fn up_down_counter(&self, family: &Family, _: &Labels) -> Bound<i64> {
        self.observed(family)
    }

    fn gauge(&self, family: &Family, _: &Labels) -> Bound<f64> {
        self.observed(family)
    }

    fn histogram(&self, family: &Family, labels: &Labels) -> Bound<f64> {
        self.told(family.identity()).map_or_else(Bound::discard, |histogram| {
            Bound::to(Told { histogram, attributes: attributes_of(labels).into() })
        })
    }
}

impl fmt::Debug for Feeder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feeder").finish_non_exhaustive()
    }
}

/// A histogram of the provider, which is told.
#[derive(Debug)]
struct Told {
    histogram: Histogram<f64>,
    attributes: Box<[KeyValue]>,
}

impl Sink<f64> for Told {
    fn record(&self, x: f64) {
        self.histogram.record(x, &self.attributes);
    }
}
