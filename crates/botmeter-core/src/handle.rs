//! Handles: an instrument bound to one set of label values.

mod recorded;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use crate::{
    Bridge, Kind, Meter, Sink,
    guards::{DropReason, Guards},
    store::{
        self, Amount, Cell, Count, ENDED, Family, HIDDEN, LASTING, Labels, Level, MOST, Reading,
        Series, Spread,
    },
};

use self::{recorded::Recorded, sealed::How};

/// Bridges want to hear of it.
const TAPPED: u8 = 16;
/// The span in which something is recorded is noted.
const TRACED: u8 = 32;
/// A limit changed a label of what is recorded.
const SURPLUS: u8 = 64;

/// What every handle is: a series, and whose it is.
struct Handle<C: Cell> {
    series: Series<C>,
    family: Arc<Family>,
    guards: Guards,
    taps: Option<Arc<Taps<C::Number>>>,
    flags: u8,
}

/// Who else hears of the measurements.
struct Taps<T> {
    bridges: Arc<[Arc<dyn Bridge>]>,
    sinks: OnceLock<Box<[Arc<dyn Sink<T>>]>>,
}

impl<C: Recorded> Handle<C> {
    fn bind(meter: &Meter, family: Arc<Family>, labels: &Labels, how: How) -> Self {
        let mut of_series = if meter.is_lasting() { LASTING } else { 0 };
        if how.is_late {
            of_series |= HIDDEN;
        }
        let (series, count) = C::bind(&family, labels, of_series);
        // A store that ends meanwhile has seen the series, or it is seen here.
        if meter.store().has_ended() && !meter.is_lasting() {
            series.flag(ENDED);
        }
        let guards = meter.guards().clone();
        if let Some(count) = count {
            guards.series(&family, count);
        }
        let taps = meter.bridges().map(|bridges| {
            let taps = Taps { bridges, sinks: OnceLock::new() };
            if !series.is_hidden() {
                taps.sinks::<C>(&family, series.labels());
            }
            taps
        });
        // Nobody listens where every bridge reads the store itself.
        let is_heard = |taps: &Taps<_>| taps.sinks.get().is_none_or(|sinks| !sinks.is_empty());
        let taps = taps.filter(is_heard).map(Arc::new);
        let mut flags = 0;
        if taps.is_some() {
            flags |= TAPPED;
        }
        if store::has_source() && C::HAS_EXEMPLARS {
            flags |= TRACED;
        }
        if how.is_surplus {
            flags |= SURPLUS;
        }
        Self { series, family, guards, taps, flags }
    }

    /// Records, and only then asks whether that was too late: a measurement
    /// that races with a shutdown is counted as lost even if the last export
    /// still had it.
    #[inline]
    fn record(&self, n: C::Number) {
        self.series.cell().record(n);
        let flags = self.series.flags() | self.flags;
        if flags & !LASTING != 0 {
            self.rarely(n, flags);
        }
    }

    /// What there is to do beside recording, out of the usual way.
    #[inline(never)]
    fn rarely(&self, n: C::Number, flags: u8) {
        if flags & HIDDEN != 0 && self.series.show() {
            self.guards.series(&self.family, self.family.shown());
        }
        if let Some(taps) = &self.taps {
            let sinks = taps.sinks::<C>(&self.family, self.series.labels());
            self.series.cell().tell(n, &|n| sinks.iter().for_each(|sink| sink.record(n)));
        }
        if flags & TRACED != 0
            && let Some((bucket, value)) = self.series.cell().exemplar(n)
        {
            self.family.note(self.series.labels(), bucket, value);
        }
        if flags & SURPLUS != 0 {
            self.guards.overflowed(&self.family);
        }
        if flags & ENDED != 0 {
            self.guards.late(&self.family);
        }
    }

    fn dropped(&self, reason: DropReason) {
        self.guards.dropped(reason);
    }
}

impl<T: Copy + Send + Sync + 'static> Taps<T> {
    fn sinks<C: Recorded<Number = T>>(
        &self,
        family: &Family,
        labels: &Labels,
    ) -> &[Arc<dyn Sink<T>>] {
        self.sinks.get_or_init(|| {
            let bind = |bridge: &Arc<dyn Bridge>| C::tap(bridge.as_ref(), family, labels).sink();
            self.bridges.iter().filter_map(bind).collect()
        })
    }
}

impl<C: Cell> Clone for Handle<C> {
    fn clone(&self) -> Self {
        Self {
            series: self.series.clone(),
            family: Arc::clone(&self.family),
            guards: self.guards.clone(),
            taps: self.taps.as_ref().map(Arc::clone),
            flags: self.flags,
        }
    }
}

impl<C: Cell> fmt::Debug for Handle<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("name", &self.family.identity().prometheus_name())
            .field("labels", &self.series.labels())
            .finish_non_exhaustive()
    }
}

/// A handle that an instrument gives when it is bound.
///
/// Sealed: the handles are [`Counter`], [`FloatCounter`], [`UpDownCounter`],
/// [`Gauge`] and [`Histogram`].
pub trait Recorder: Clone + Send + Sync + 'static + sealed::Bind {}

pub(crate) mod sealed {
    use std::sync::Arc;

    use crate::{
        Kind, Meter,
        store::{Family, Labels},
    };

    /// How a series is bound.
    #[derive(Clone, Copy, Debug, Default)]
    #[expect(unnameable_types, reason = "sealed: no one else makes handles")]
    pub struct How {
        /// No route shows it before something was recorded.
        pub is_late: bool,
        /// A limit changed a label of what is recorded.
        pub is_surplus: bool,
    }

    #[expect(unnameable_types, reason = "sealed: no one else makes handles")]
    pub trait Bind: Sized {
        /// What it records.
        fn fits(kind: Kind) -> bool;
        fn bind(meter: &Meter, family: Arc<Family>, labels: &Labels, how: How) -> Self;
    }
}

/// A whole number that only grows.
#[derive(Clone, Debug)]
pub struct Counter(Handle<Count>);

impl Counter {
    /// Adds to the number. More than `i64::MAX` is a difference that went
    /// below zero: it is dropped as implausible, and counted in
    /// `telemetry_dropped_total`.
    #[inline]
    pub fn add(&self, n: u64) {
        if n <= MOST {
            self.0.record(n);
        } else {
            self.0.dropped(DropReason::Implausible);
        }
    }

    /// Lets the number grow to this one, if it is not there yet: for totals that
    /// somebody else counts.
    pub fn at_least(&self, n: u64) {
        let grown = self.0.series.cell().at_least(n);
        let flags = self.0.series.flags() | self.0.flags;
        if grown > 0 || flags & HIDDEN != 0 {
            self.0.rarely(grown, flags);
        }
    }
}

/// A whole number that grows and shrinks by steps.
#[derive(Clone, Debug)]
pub struct UpDownCounter(Handle<Level>);

impl UpDownCounter {
    /// Adds to the number; a negative `n` takes away.
    #[inline]
    pub fn add(&self, n: i64) {
        self.0.record(n);
    }
}

/// A number with fractions that only grows.
#[derive(Clone, Debug)]
pub struct FloatCounter(Handle<Amount>);

impl FloatCounter {
    /// Adds to the number. NaN, infinity and negative numbers are dropped and
    /// counted in `telemetry_dropped_total`.
    #[inline]
    pub fn add(&self, x: f64) {
        match reason_against(x) {
            None => self.0.record(x),
            Some(reason) => self.0.dropped(reason),
        }
    }
}

/// A number that is set.
#[derive(Clone, Debug)]
pub struct Gauge(Handle<Reading>);

impl Gauge {
    /// Sets the number. NaN and infinity are dropped and counted in
    /// `telemetry_dropped_total`.
    #[inline]
    pub fn set(&self, x: f64) {
        if x.is_finite() {
            self.0.record(x);
        } else {
            self.0.dropped(DropReason::NotFinite);
        }
    }

    /// Sets the number if it is higher than what stands there, as for a peak.
    /// NaN, infinity and negative numbers are dropped and counted in
    /// `telemetry_dropped_total`.
    pub fn raise(&self, x: f64) {
        match reason_against(x) {
            None => {
                if self.0.series.cell().raise(x) {
                    self.0.rarely(x, self.0.series.flags() | self.0.flags);
                }
            }
            Some(reason) => self.0.dropped(reason),
        }
    }

    /// Moves the number by a step, as those do who count with a gauge. NaN and
    /// infinity are dropped and counted in `telemetry_dropped_total`.
    pub fn step(&self, by: f64) {
        if by.is_finite() {
            let now = self.0.series.cell().step(by);
            self.0.rarely(now, self.0.series.flags() | self.0.flags);
        } else {
            self.0.dropped(DropReason::NotFinite);
        }
    }
}

/// A distribution over fixed buckets.
#[derive(Clone, Debug)]
pub struct Histogram(Handle<Spread>);

impl Histogram {
    /// Puts the number into its bucket. NaN, infinity and negative numbers,
    /// with which the sum would shrink, are dropped and counted in
    /// `telemetry_dropped_total`.
    #[inline]
    pub fn record(&self, x: f64) {
        match reason_against(x) {
            None => self.0.record(x),
            Some(reason) => self.0.dropped(reason),
        }
    }

    /// Records how long something took, in seconds.
    #[inline]
    pub fn took(&self, duration: Duration) {
        self.record(duration.as_secs_f64());
    }
}

/// Why a number that only adds up cannot be taken.
#[inline]
fn reason_against(x: f64) -> Option<DropReason> {
    if !x.is_finite() {
        Some(DropReason::NotFinite)
    } else if x < 0.0 {
        Some(DropReason::Negative)
    } else {
        None
    }
}

macro_rules! recorder {
    ($($handle:ident)+) => {$(
        impl Recorder for $handle {}

        impl sealed::Bind for $handle {
            fn fits(kind: Kind) -> bool {
                kind == Kind::$handle
            }

            fn bind(meter: &Meter, family: Arc<Family>, labels: &Labels, how: How) -> Self {
                Self(Handle::bind(meter, family, labels, how))
            }
        }
    )+};
}

recorder!(Counter UpDownCounter FloatCounter Gauge Histogram);
