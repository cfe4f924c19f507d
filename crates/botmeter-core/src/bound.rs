//! Handles: an instrument bound to one set of label values.

use std::{fmt, sync::Arc};

use crate::{
    Descriptor, Meter,
    losses::{self, DropReason, Losses},
};

/// Where the measurements of one series go: one per series and backend.
///
/// Written by backends. Must not fail, panic, block on I/O or allocate.
pub trait Sink<T>: fmt::Debug + Send + Sync {
    /// Adds to, sets or records the series, as its kind has it.
    fn record(&self, value: T);
}

/// A sink that may be shared, or none: what a [`Backend`](crate::Backend)
/// answers when it is asked to bind a series.
pub struct Bound<T>(Option<Arc<dyn Sink<T>>>);

impl<T: Copy + 'static> Bound<T> {
    /// Measurements end in this sink.
    pub fn to(sink: impl Sink<T> + 'static) -> Self {
        Self::shared(Arc::new(sink))
    }

    /// Measurements end in this sink, which the backend keeps as well.
    pub fn shared(sink: Arc<impl Sink<T> + 'static>) -> Self {
        Self(Some(sink))
    }

    /// Measurements are thrown away.
    pub const fn discard() -> Self {
        Self(None)
    }

    /// Measurements end in all of these.
    pub fn tee(all: impl IntoIterator<Item = Self>) -> Self {
        let mut sinks: Vec<_> = all.into_iter().filter_map(|bound| bound.0).collect();
        match sinks.len() {
            0 | 1 => Self(sinks.pop()),
            _ => Self::to(Tee(sinks.into())),
        }
    }

    #[inline]
    fn record(&self, value: T) {
        if let Some(sink) = &self.0 {
            sink.record(value);
        }
    }
}

impl<T: Copy + 'static> Sink<T> for Bound<T> {
    fn record(&self, value: T) {
        Self::record(self, value);
    }
}

struct Tee<T>(Box<[Arc<dyn Sink<T>>]>);

impl<T: Copy + 'static> Sink<T> for Tee<T> {
    fn record(&self, value: T) {
        for sink in &self.0 {
            sink.record(value);
        }
    }
}

impl<T> fmt::Debug for Tee<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl<T> Clone for Bound<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Bound<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bound").field(&self.0).finish()
    }
}

/// What every handle is: a series, and whose it is.
#[derive(Clone, Debug)]
struct Handle<T> {
    bound: Bound<T>,
    descriptor: &'static Descriptor,
    losses: Losses,
}

impl<T: Copy + 'static> Handle<T> {
    /// Records, and only then asks whether that was too late: a measurement
    /// that races with a shutdown is counted as lost even if the last export
    /// still had it. On processors that read ahead of their own writes, one
    /// within nanoseconds of the shutdown may be neither: a fence here would
    /// cost more than all the rest.
    #[inline]
    fn record(&self, value: T) {
        if let Some(sink) = &self.bound.0 {
            sink.record(value);
            if losses::has_any_ended() {
                self.losses.check_late(self.descriptor);
            }
        }
    }
}

impl Handle<f64> {
    /// Records what a sum that only grows can take, and counts what it cannot.
    #[inline]
    fn record_amount(&self, x: f64) {
        if x.is_finite() && x >= 0.0 {
            self.record(x);
        } else {
            let is_negative = x < 0.0 && x.is_finite();
            let reason = if is_negative { DropReason::Negative } else { DropReason::NotFinite };
            self.losses.dropped(reason);
        }
    }
}

/// A handle that an instrument gives when it is bound.
///
/// Sealed: the handles are [`Counter`], [`FloatCounter`], [`UpDownCounter`],
/// [`Gauge`] and [`Histogram`].
pub trait Recorder: Clone + Send + Sync + 'static + sealed::FromBound {}

pub(crate) mod sealed {
    use super::Bound;
    use crate::{Backend, Descriptor, Meter, backend::Labels};

    #[expect(unnameable_types, reason = "sealed: no one else makes handles")]
    pub trait FromBound: Sized {
        type Number: Copy + Send + Sync + 'static;
        fn ask(
            backend: &dyn Backend,
            descriptor: &'static Descriptor,
            labels: Labels<'_>,
        ) -> Bound<Self::Number>;
        fn guarded(
            bound: Bound<Self::Number>,
            descriptor: &'static Descriptor,
            meter: &Meter,
        ) -> Self;
    }
}

/// A whole number that only grows.
#[derive(Clone, Debug)]
pub struct Counter(Handle<u64>);

impl Counter {
    /// Adds to the number. More than `i64::MAX` is a difference that went
    /// below zero: it is dropped as implausible, and counted in
    /// `telemetry_dropped_total`.
    #[inline]
    pub fn add(&self, n: u64) {
        if i64::try_from(n).is_ok() {
            self.0.record(n);
        } else {
            self.0.losses.dropped(DropReason::Implausible);
        }
    }
}

/// A whole number that grows and shrinks by steps.
#[derive(Clone, Debug)]
pub struct UpDownCounter(Handle<i64>);

impl UpDownCounter {
    /// Adds to the number; a negative `n` takes away.
    #[inline]
    pub fn add(&self, n: i64) {
        self.0.record(n);
    }
}

/// A number with fractions that only grows.
#[derive(Clone, Debug)]
pub struct FloatCounter(Handle<f64>);

impl FloatCounter {
    /// Adds to the number. NaN, infinity and negative numbers are dropped and
    /// counted in `telemetry_dropped_total`.
    #[inline]
    pub fn add(&self, x: f64) {
        self.0.record_amount(x);
    }
}

/// A number that is set.
#[derive(Clone, Debug)]
pub struct Gauge(Handle<f64>);

impl Gauge {
    /// Sets the number. NaN and infinity are dropped and counted in
    /// `telemetry_dropped_total`.
    #[inline]
    pub fn set(&self, x: f64) {
        if x.is_finite() {
            self.0.record(x);
        } else {
            self.0.losses.dropped(DropReason::NotFinite);
        }
    }
}

/// A distribution over fixed buckets.
#[derive(Clone, Debug)]
pub struct Histogram(Handle<f64>);

impl Histogram {
    /// Puts the number into its bucket. NaN, infinity and negative numbers,
    /// with which the sum would shrink, are dropped and counted in
    /// `telemetry_dropped_total`.
    #[inline]
    pub fn record(&self, x: f64) {
        self.0.record_amount(x);
    }
}

macro_rules! recorder {
    ($handle:ident, $number:ty, $method:ident) => {
        impl Recorder for $handle {}

        impl sealed::FromBound for $handle {
            type Number = $number;

            fn ask(
                backend: &dyn crate::Backend,
                descriptor: &'static Descriptor,
                labels: crate::backend::Labels<'_>,
            ) -> Bound<$number> {
                backend.$method(descriptor, labels)
            }

            fn guarded(
                bound: Bound<$number>,
                descriptor: &'static Descriptor,
                meter: &Meter,
            ) -> Self {
                Self(Handle { bound, descriptor, losses: meter.losses() })
            }
        }
    };
}

recorder!(Counter, u64, counter);
recorder!(UpDownCounter, i64, up_down_counter);
recorder!(FloatCounter, f64, float_counter);
recorder!(Gauge, f64, gauge);
recorder!(Histogram, f64, histogram);
