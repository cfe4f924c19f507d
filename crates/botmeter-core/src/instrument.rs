//! Instruments: typed statics that everything else is read from.

use std::{fmt, marker::PhantomData};

use crate::{
    Counter, Descriptor, FloatCounter, Gauge, Histogram, Kind, LabelSet, Meter, Recorder, Unit,
    UpDownCounter, handle::sealed::How,
};

/// An instrument that records with handles of type `H` under labels `L`.
///
/// Declared as a static, once. A wrong name, help text, label or bucket does
/// not compile.
///
/// ```
/// use botmeter_core::{Counter, Histogram, Instrument, Unit, buckets, closed_label};
///
/// closed_label! {
///     /// How it ended.
///     pub enum Status: "status" {
///         /// Well.
///         Success => "success",
///         /// Badly.
///         Error => "error",
///     }
/// }
///
/// static RUNS: Instrument<Counter, (Status,)> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots, counted at their end.");
/// static DURATION: Instrument<Histogram, ()> =
///     Instrument::histogram("bot.duration", Unit::SECONDS, "How long a run took.", buckets::WORK);
///
/// assert_eq!(RUNS.descriptor().prometheus_name(), "bot_runs_total");
/// assert_eq!(DURATION.descriptor().prometheus_name(), "bot_duration_seconds");
/// ```
///
/// The word `total` is added by the kind, so it is refused in a name:
///
/// ```compile_fail
/// use botmeter_core::{Counter, Instrument, Unit};
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs.total", Unit::of("{run}"), "Runs of bots.");
/// ```
///
/// Buckets have to grow:
///
/// ```compile_fail
/// use botmeter_core::{Histogram, Instrument, Unit};
/// static DURATION: Instrument<Histogram, ()> =
///     Instrument::histogram("bot.duration", Unit::SECONDS, "How long.", &[1.5, 0.5]);
/// ```
pub struct Instrument<H, L> {
    descriptor: Descriptor,
    kind: PhantomData<fn() -> (H, L)>,
}

impl<L: LabelSet> Instrument<Counter, L> {
    /// An instrument that counts whole things.
    ///
    /// # Panics
    ///
    /// While compiling, if a part breaks a rule of the [`Descriptor`].
    pub const fn counter(name: &'static str, unit: Unit, help: &'static str) -> Self {
        Self::new(Kind::Counter, name, unit, help, &[])
    }
}

impl<L: LabelSet> Instrument<FloatCounter, L> {
    /// An instrument that adds up fractions, such as money.
    ///
    /// # Panics
    ///
    /// While compiling, if a part breaks a rule of the [`Descriptor`].
    pub const fn float_counter(name: &'static str, unit: Unit, help: &'static str) -> Self {
        Self::new(Kind::FloatCounter, name, unit, help, &[])
    }
}

impl<L: LabelSet> Instrument<UpDownCounter, L> {
    /// An instrument that counts what is there now, by steps up and down.
    ///
    /// # Panics
    ///
    /// While compiling, if a part breaks a rule of the [`Descriptor`].
    pub const fn up_down_counter(name: &'static str, unit: Unit, help: &'static str) -> Self {
        Self::new(Kind::UpDownCounter, name, unit, help, &[])
    }
}

impl<L: LabelSet> Instrument<Gauge, L> {
    /// An instrument that is set to what was measured last.
    ///
    /// # Panics
    ///
    /// While compiling, if a part breaks a rule of the [`Descriptor`].
    pub const fn gauge(name: &'static str, unit: Unit, help: &'static str) -> Self {
        Self::new(Kind::Gauge, name, unit, help, &[])
    }
}

impl<L: LabelSet> Instrument<Histogram, L> {
    /// An instrument that sorts numbers into buckets.
    ///
    /// # Panics
    ///
    /// While compiling, if a part breaks a rule of the [`Descriptor`].
    pub const fn histogram(
        name: &'static str,
        unit: Unit,
        help: &'static str,
        buckets: &'static [f64],
    ) -> Self {
        Self::new(Kind::Histogram, name, unit, help, buckets)
    }
}

impl<H, L: LabelSet> Instrument<H, L> {
    const fn new(
        kind: Kind,
        name: &'static str,
        unit: Unit,
        help: &'static str,
        buckets: &'static [f64],
    ) -> Self {
        let descriptor = Descriptor::new(kind, name, unit, help, L::LABELS, buckets);
        Self { descriptor, kind: PhantomData }
    }
}

impl<H, L> Instrument<H, L> {
    /// What is known about the instrument.
    pub const fn descriptor(&'static self) -> &'static Descriptor {
        &self.descriptor
    }
}

impl<H: Recorder, L: LabelSet> Instrument<H, L> {
    /// A handle for one set of label values, whose series exists from now on.
    ///
    /// A counter starts at zero. A text that is past its label's limit becomes
    /// `other`, and each measurement with the handle then counts in
    /// `telemetry_overflow_total`.
    pub fn bind(&'static self, meter: &Meter, values: L::Values<'_>) -> H {
        self.handle(meter, values, false)
    }

    /// A handle whose series exists only once something was recorded.
    ///
    /// For gauges that mean nothing at zero, such as the time of the last
    /// success, and for histograms that many label sets never feed.
    pub fn bind_late(&'static self, meter: &Meter, values: L::Values<'_>) -> H {
        self.handle(meter, values, true)
    }

    fn handle(&'static self, meter: &Meter, values: L::Values<'_>, is_late: bool) -> H {
        let family = meter.describe(&self.descriptor);
        L::admit(&L::limits(meter.admissions()), values, |values, is_changed| {
            let is_surplus = is_changed || meter.has_surplus_of(&self.descriptor);
            let labels = L::pairs(values, |pairs| meter.store().labels(pairs.iter().copied()));
            H::bind(meter, family, &labels, How { is_late, is_surplus })
        })
    }
}

impl<H, L> fmt::Debug for Instrument<H, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.descriptor.fmt(f)
    }
}
