//! What others record through the macros of `metrics`, in our store.
//!
//! A crate that counts with `metrics::counter!` and its like is heard by every
//! route: its series are on the page, in pushes and on standard output, beside
//! ours and under the same guards. [`install`] makes that so for the process.
//!
//! # Names
//!
//! A name is spelt as Prometheus spells what is pushed, so that both routes have
//! the same series: `db.queries` is `db_queries`, and a counter ends in `_total`.
//! The unit of a description adds nothing, because it may come after the first
//! measurement. Its help is shown, the first one if there are several; it takes
//! the name for its kind.
//!
//! | What is recorded | What becomes of it |
//! | --- | --- |
//! | a name of ours, in either spelling | it is recorded into ours, a gauge's steps into an up-down counter, too |
//! | a name that begins with a digit | it gets a `_` in front |
//! | a name without a letter, digit or colon | dropped |
//! | a name under another kind than before | dropped |
//! | a name that would share a series with a histogram, such as `x_count` beside `x` | dropped |
//! | a name after [`MAX_FOREIGN_NAMES`] others | dropped |
//! | a gauge that is set to NaN or infinity, a histogram of such or of negative numbers | dropped |
//!
//! Dropped is each measurement, counted in `telemetry_dropped_total`; a name is
//! warned of once.
//!
//! # Labels
//!
//! Labels are sorted by key, so their order makes no other series.
//!
//! | Label | What becomes of it |
//! | --- | --- |
//! | an empty value | it is left out, which is what Prometheus takes it for |
//! | a value that is long or has control characters | it is [cleaned](botmeter_core::label::Clean) |
//! | a key with other characters | they become `_`; `key_` or `key` stands before a digit or an underscore |
//! | `le`, `quantile`, `job`, `instance`, and what begins with `__` | `exported_` stands before it, as Prometheus does it |
//! | a key of which nothing but underscores is left | it becomes `key` |
//! | a key twice, as it is spelt then | the values are joined by `;` |
//! | more than [`MAX_FOREIGN_SERIES`] of one name | the values become `other`, counted in `telemetry_overflow_total` and warned of once |
//!
//! [`MAX_FOREIGN_NAMES`]: botmeter_core::MAX_FOREIGN_NAMES
//! [`MAX_FOREIGN_SERIES`]: botmeter_core::MAX_FOREIGN_SERIES

mod buckets;
mod known;
mod labels;
mod series;

use std::{fmt, sync::Arc};

use botmeter_core::{Error, Kind, Meter, name, problem, store::Identity};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use self::{
    known::{Known, Once},
    series::{Foreign, Series},
};
use crate::circle;

pub use buckets::{Buckets, DEFAULT_BUCKETS};

/// Makes this meter what the macros of `metrics` record with, in the whole
/// process and for good.
///
/// ```
/// use botmeter_core::{Memory, Meter};
/// use botmeter_export::macros::{self, Buckets};
///
/// let memory = Memory::new();
/// macros::install(&Meter::new(memory.clone()), Buckets::new())?;
/// metrics::counter!("db.queries", "table" => "users").increment(2);
/// assert_eq!(memory.value("db_queries_total", &[("table", "users")]), Some(2.0));
/// # Ok::<(), botmeter_core::Error>(())
/// ```
///
/// # Errors
///
/// When the process has a recorder already, or the buckets cannot be.
pub fn install(meter: &Meter, buckets: Buckets) -> Result<(), Error> {
    metrics::set_global_recorder(Macros::new(meter, buckets)?).map_err(|error| {
        Error::new(
            "become the recorder of the `metrics` crate: this process has one already; leave it \
             its place by leaving the macros out, or start telemetry before it",
        )
        .because(error.to_string())
    })
}

/// A recorder of `metrics` that records with a meter.
///
/// For the whole process there is [`install`]; this one is for
/// `metrics::with_local_recorder`, or to be one of several in a fan-out.
pub struct Macros {
    meter: Meter,
    buckets: Buckets,
    counters: Known<Foreign>,
    gauges: Known<Foreign>,
    histograms: Known<Foreign>,
    once: Arc<Once>,
}

impl Macros {
    /// A recorder with these buckets for histograms that are not ours.
    ///
    /// # Errors
    ///
    /// When the bounds of buckets are none, do not grow, or are not finite.
    pub fn new(meter: &Meter, buckets: Buckets) -> Result<Self, Error> {
        buckets.check()?;
        Ok(Self {
            meter: meter.clone(),
            buckets,
            counters: Known::default(),
            gauges: Known::default(),
            histograms: Known::default(),
            once: Arc::default(),
        })
    }

    fn describe(&self, key: &KeyName, kind: Kind, help: SharedString) {
        if circle::is_closed() {
            return;
        }
        let identity = self.identity(key.as_str(), kind);
        let family = identity.and_then(|identity| self.meter.store().admit_within_limits(identity));
        // What is wrong with the name is said when something is recorded.
        if let Ok(family) = family
            && family.identity().descriptor().is_none()
            && !help.is_empty()
        {
            family.explain(help.into_owned());
        }
    }

    fn bind(&self, key: &Key, kind: Kind) -> Arc<Foreign> {
        let series = self.series(key, kind).unwrap_or_else(|error| {
            self.once.tell(key.name(), || {
                problem!(
                    warn,
                    name = key.name(),
                    "what is recorded through `metrics` is dropped: failed to {}",
                    error.chain()
                );
            });
            Series::Lost
        });
        Arc::new(Foreign::new(key.name(), series, &self.meter, &self.once))
    }

    fn series(&self, key: &Key, kind: Kind) -> Result<Series, Error> {
        let identity = self.identity(key.name(), kind)?;
        let order = identity.descriptor().map_or(&[][..], |descriptor| descriptor.labels());
        let labels = labels::spelt(key.labels().map(|label| (label.key(), label.value())), order);
        let labels = labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        Series::bind(&self.meter, identity, labels, kind)
    }

    /// That of the family that has the name, whatever its kind is, or a new one.
    fn identity(&self, given: &str, kind: Kind) -> Result<Identity, Error> {
        // A counter's suffix alone is no name.
        name::prometheus(given, "", Kind::Gauge)?;
        let spelt = name::prometheus(given, "", kind)?;
        Ok(match self.meter.store().family(&spelt) {
            Some(family) => family.identity().clone(),
            None => Identity::foreign(given, kind, "", "", self.buckets.of_kind(kind, &spelt)),
        })
    }
}

impl Recorder for Macros {
    fn describe_counter(&self, key: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&key, Kind::Counter, help);
    }

    fn describe_gauge(&self, key: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&key, Kind::Gauge, help);
    }

    fn describe_histogram(&self, key: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&key, Kind::Histogram, help);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        if circle::is_closed() {
            return Counter::noop();
        }
        Counter::from_arc(self.counters.of(key, || self.bind(key, Kind::Counter)))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        if circle::is_closed() {
            return Gauge::noop();
        }
        Gauge::from_arc(self.gauges.of(key, || self.bind(key, Kind::Gauge)))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        if circle::is_closed() {
            return Histogram::noop();
        }
        Histogram::from_arc(self.histograms.of(key, || self.bind(key, Kind::Histogram)))
    }
}

impl fmt::Debug for Macros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Macros").field("buckets", &self.buckets).finish_non_exhaustive()
    }
}
