//! The entrance: what can be asked of an instrument.

use std::{marker::PhantomData, time::Duration};

use botmeter_core::{
    ClosedLabel, Counter, FloatCounter, Gauge, Histogram, Instrument, LabelSet, UpDownCounter,
};

use crate::{
    Query,
    expr::{Expr, Fold, Function, Labels, Matcher, Part, Sample, Selection, Window},
    labels::has_all,
};

mod sealed {
    #[expect(unnameable_types, reason = "nobody else is to implement it")]
    pub trait Sealed {}
}

/// Handles of instruments that only grow, so that growth can be asked for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not only grow, so it has no rate",
    note = "ask a gauge or an up-down counter for `last`, a histogram for `observations`"
)]
pub trait Cumulative: sealed::Sealed {}

/// Handles of instruments whose value means something by itself.
#[diagnostic::on_unimplemented(
    message = "the value of a `{Self}` means nothing by itself",
    note = "ask a counter for `rate` or `increase`, a histogram for `quantile` or `average`"
)]
pub trait Level: sealed::Sealed {}

impl sealed::Sealed for Counter {}
impl sealed::Sealed for FloatCounter {}
impl sealed::Sealed for UpDownCounter {}
impl sealed::Sealed for Gauge {}
impl Cumulative for Counter {}
impl Cumulative for FloatCounter {}
impl Level for UpDownCounter {}
impl Level for Gauge {}

/// Something asked of the series of an instrument with the labels `L`, before
/// it is said how they are grouped.
///
/// [`by`](Self::by) groups them and [`all`](Self::all) makes one of all.
#[derive(Debug)]
#[must_use = "say how the series are grouped: `by` or `all`"]
pub struct Series<L> {
    sample: Sample,
    measure: Measure,
    labels: PhantomData<fn() -> L>,
}

/// What is made of the samples once the groups are known.
#[derive(Clone, Copy, Debug)]
enum Measure {
    Fold(Fold),
    Quantile(f64),
    Average,
    Within,
    Age(Fold),
    Vanished { remembered: Duration, silent: Duration },
    Recent(Duration),
}

/// Growth per second of a counter.
///
/// ```compile_fail
/// # use botmeter_core::{Gauge, Instrument, Unit};
/// static DEPTH: Instrument<Gauge, ()> =
///     Instrument::gauge("queue.depth", Unit::of("{item}"), "What waits.");
/// // A gauge also falls, so it has no rate.
/// let wrong = botmeter_board::rate(&DEPTH);
/// ```
pub fn rate<H: Cumulative, L: LabelSet>(instrument: &'static Instrument<H, L>) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Rate, Measure::Fold(Fold::Sum))
}

/// Growth of a counter over the time that the dashboard shows, or over a
/// [window](Series::over).
pub fn increase<H: Cumulative, L: LabelSet>(instrument: &'static Instrument<H, L>) -> Series<L> {
    rate(instrument).shown()
}

/// How many observations per second a histogram gets.
pub fn observations<L: LabelSet>(instrument: &'static Instrument<Histogram, L>) -> Series<L> {
    Series::new(instrument, Part::Count, Function::Rate, Measure::Fold(Fold::Sum))
}

/// How many observations a histogram got over the time that the dashboard
/// shows, or over a [window](Series::over).
pub fn observed<L: LabelSet>(instrument: &'static Instrument<Histogram, L>) -> Series<L> {
    observations(instrument).shown()
}

/// How much the observations of a histogram add up to per second.
pub fn volume<L: LabelSet>(instrument: &'static Instrument<Histogram, L>) -> Series<L> {
    Series::new(instrument, Part::Sum, Function::Rate, Measure::Fold(Fold::Sum))
}

/// The mean of what a histogram observed; nothing if it observed nothing.
pub fn average<L: LabelSet>(instrument: &'static Instrument<Histogram, L>) -> Series<L> {
    Series::new(instrument, Part::Sum, Function::Rate, Measure::Average)
}

/// What a share of a histogram's observations does not exceed, 0.95 for the
/// p95; nothing if it observed nothing.
///
/// ```compile_fail
/// # use botmeter_core::{Counter, Instrument, Unit};
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs.");
/// // A counter has no distribution.
/// let wrong = botmeter_board::quantile(0.95, &RUNS);
/// ```
pub fn quantile<L: LabelSet>(
    quantile: f64,
    instrument: &'static Instrument<Histogram, L>,
) -> Series<L> {
    Series::new(instrument, Part::Buckets, Function::Rate, Measure::Quantile(quantile))
}

/// The share of a histogram's observations that do not exceed a bound, which
/// is one of its buckets'.
pub fn within<L: LabelSet>(bound: f64, instrument: &'static Instrument<Histogram, L>) -> Series<L> {
    Series::new(instrument, Part::Bucket(bound), Function::Rate, Measure::Within)
}

/// A histogram bucket by bucket, for a heat map.
pub fn heat<L: LabelSet>(instrument: &'static Instrument<Histogram, L>) -> Query<()> {
    let series =
        Series::<L>::new(instrument, Part::Buckets, Function::Increase, Measure::Fold(Fold::Sum));
    Query::new(Expr::Heat { of: series.sample })
}

/// The value of a gauge or an up-down counter, those of one group added up.
///
/// ```compile_fail
/// # use botmeter_core::{Counter, Instrument, Unit};
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs.");
/// // The value of a counter depends on when the process started.
/// let wrong = botmeter_board::last(&RUNS);
/// ```
pub fn last<H: Level, L: LabelSet>(instrument: &'static Instrument<H, L>) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Value, Measure::Fold(Fold::Sum))
}

/// The highest value of a gauge or an up-down counter in a group, and in a
/// [window](Series::over) if there is one.
pub fn highest<H: Level, L: LabelSet>(instrument: &'static Instrument<H, L>) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Value, Measure::Fold(Fold::Max))
}

/// The lowest value of a gauge or an up-down counter in a group, and in a
/// [window](Series::over) if there is one.
pub fn lowest<H: Level, L: LabelSet>(instrument: &'static Instrument<H, L>) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Value, Measure::Fold(Fold::Min))
}

/// What a gauge or an up-down counter comes to after this time, if it goes on
/// as in the [window](Series::over).
pub fn forecast<H: Level, L: LabelSet>(
    ahead: Duration,
    instrument: &'static Instrument<H, L>,
) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Forecast(ahead), Measure::Fold(Fold::Sum))
}

/// How often the value of a gauge changed in the [window](Series::over).
pub fn changes<L: LabelSet>(instrument: &'static Instrument<Gauge, L>) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Changes, Measure::Fold(Fold::Sum))
}

/// The seconds since the time that a gauge holds, the latest of each group.
///
/// With a [window](Series::over), series that have ended since count, too: the
/// last sign of life of a process that died.
pub fn age<L: LabelSet>(instrument: &'static Instrument<Gauge, L>) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Value, Measure::Age(Fold::Max))
}

/// The seconds since the time that a gauge holds, the earliest of each group.
pub fn oldest<L: LabelSet>(instrument: &'static Instrument<Gauge, L>) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Value, Measure::Age(Fold::Min))
}

/// How many series of a gauge were there and have been silent since.
///
/// A pushed series leaves no mark when its process dies; it is just not there
/// any more. So what is asked is which groups somebody has seen lately.
pub fn vanished<L: LabelSet>(
    instrument: &'static Instrument<Gauge, L>,
    remembered: Duration,
    silent: Duration,
) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Last, Measure::Vanished { remembered, silent })
}

/// How many series of a gauge hold a time that is not longer ago than this:
/// starts of processes, if the gauge holds the time of the start. Those that
/// have ended since count, too.
pub fn recent<L: LabelSet>(
    instrument: &'static Instrument<Gauge, L>,
    within: Duration,
) -> Series<L> {
    Series::new(instrument, Part::Value, Function::Last, Measure::Recent(within))
}

impl<L: LabelSet> Series<L> {
    fn new<H>(
        instrument: &'static Instrument<H, L>,
        part: Part,
        function: Function,
        measure: Measure,
    ) -> Self {
        let selection =
            Selection { instrument: instrument.descriptor(), part, matchers: Vec::new() };
        let sample = Sample { selection, function, window: Window::Auto, offset: None };
        Self { sample, measure, labels: PhantomData }
    }

    /// Only the series with this value of a closed label.
    ///
    /// ```compile_fail
    /// # use botmeter_core::{Counter, Instrument, Unit, closed_label};
    /// closed_label! {
    ///     /// How it ended.
    ///     pub enum Status: "status" {
    ///         /// Well.
    ///         Success => "success",
    ///     }
    /// }
    /// static RUNS: Instrument<Counter, ()> =
    ///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs.");
    /// // The instrument has no such label.
    /// let wrong = botmeter_board::rate(&RUNS).only(Status::Success);
    /// ```
    pub fn only<K: ClosedLabel>(self, value: K) -> Self {
        self.any_of(&[value])
    }

    /// Only the series with one of these values of a closed label.
    pub fn any_of<K: ClosedLabel>(self, values: &[K]) -> Self {
        self.matching(true, values)
    }

    /// Only the series without this value of a closed label.
    pub fn except<K: ClosedLabel>(self, value: K) -> Self {
        self.matching(false, &[value])
    }

    fn matching<K: ClosedLabel>(mut self, is_wanted: bool, values: &[K]) -> Self {
        const {
            assert!(has_all(L::LABELS, &[K::INFO]), "choose among labels that the instrument has");
        }
        let values = values.iter().map(|value| value.as_str()).collect();
        self.sample.selection.matchers.push(Matcher { key: K::INFO.key(), is_wanted, values });
        self
    }

    /// Over this time instead of the shortest that gives a reliable line.
    pub fn over(mut self, window: Duration) -> Self {
        self.sample.window = Window::Of(window);
        if self.sample.function == Function::Value {
            self.sample.function = match self.measure {
                Measure::Fold(Fold::Max) => Function::Highest,
                Measure::Fold(Fold::Min) => Function::Lowest,
                _ => Function::Last,
            };
        }
        self
    }

    /// Over all of the time that the dashboard shows: growth instead of growth
    /// per second. For panels that show one number.
    pub fn shown(mut self) -> Self {
        self.sample.window = Window::Shown;
        if self.sample.function == Function::Rate {
            self.sample.function = Function::Increase;
        }
        self
    }

    /// As it was this long ago.
    pub fn ago(mut self, offset: Duration) -> Self {
        self.sample.offset = Some(offset);
        self
    }

    /// Grouped by these labels, a tuple of label types.
    ///
    /// ```compile_fail
    /// # use botmeter_core::{Counter, Instrument, Unit, open_label};
    /// open_label! {
    ///     /// The name of a model.
    ///     pub struct Model: "model", limit 100;
    /// }
    /// static RUNS: Instrument<Counter, ()> =
    ///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs.");
    /// // The instrument has no such label.
    /// let wrong = botmeter_board::rate(&RUNS).by::<(Model,)>();
    /// ```
    pub fn by<G: LabelSet>(self) -> Query<G> {
        const {
            assert!(has_all(L::LABELS, G::LABELS), "group by labels that the instrument has");
        }
        Query::new(self.grouped(G::LABELS))
    }

    /// All series as one.
    pub fn all(self) -> Query<()> {
        self.by()
    }

    pub(crate) fn into_selection(self) -> Selection {
        self.sample.selection
    }

    fn grouped(self, by: Labels) -> Expr {
        let Self { sample, measure, .. } = self;
        match measure {
            Measure::Fold(fold) => Expr::Fold { fold, by, of: sample },
            Measure::Quantile(quantile) => Expr::Quantile { quantile, by, of: sample },
            Measure::Average | Measure::Within => {
                let mut all = sample.clone();
                all.selection.part = Part::Count;
                Expr::Divide(
                    Box::new(Expr::Fold { fold: Fold::Sum, by, of: sample }),
                    Box::new(Expr::Fold { fold: Fold::Sum, by, of: all }),
                )
            }
            Measure::Age(fold) => Expr::Since(Box::new(Expr::Fold { fold, by, of: sample })),
            Measure::Vanished { remembered, silent } => {
                Expr::Vanished { by, of: sample.selection, remembered, silent }
            }
            Measure::Recent(within) => Expr::Recent { by, of: sample.selection, within },
        }
    }
}

/// Written out, because a label set need not be `Clone` for it.
impl<L> Clone for Series<L> {
    fn clone(&self) -> Self {
        Self { sample: self.sample.clone(), measure: self.measure, labels: PhantomData }
    }
}
