//! Something asked of an instrument, before it is grouped.

use std::{marker::PhantomData, time::Duration};

use botmeter_core::{
    ClosedLabel, Counter, FloatCounter, Gauge, Histogram, Instrument, Label, LabelSet,
    UpDownCounter,
    label::{Clean, Values},
};

use crate::{
    Query, Text,
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

/// Handles of instruments that count events.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not count events, so there is no share of them",
    note = "a counter of whole numbers counts, and so does a histogram"
)]
pub trait Counted: sealed::Sealed {
    /// Where the number of events stands.
    const PART: Part;
}

impl Counted for Counter {
    const PART: Part = Part::Value;
}

impl Counted for Histogram {
    const PART: Part = Part::Count;
}

impl sealed::Sealed for Counter {}
impl sealed::Sealed for Histogram {}
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
pub(crate) enum Measure {
    Fold(Fold),
    Quantile(f64),
    Average,
    Within,
    Age(Fold),
    Vanished { remembered: Duration, silent: Duration },
    Recent(Duration),
}

impl<L: LabelSet> Series<L> {
    pub(crate) fn new<H>(
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
        self.among(true, values)
    }

    /// Only the series without this value of a closed label.
    pub fn except<K: ClosedLabel>(self, value: K) -> Self {
        self.among(false, &[value])
    }

    /// Only the series with this text of an open label, which may come from
    /// data: `rate(&SENT).with::<Queue>(queue)`. It is cleaned as it was when
    /// it was recorded.
    ///
    /// ```compile_fail
    /// # use botmeter_core::{Counter, Instrument, Status, Unit};
    /// static RUNS: Instrument<Counter, (Status,)> =
    ///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs.");
    /// // A closed label has values and no text: `only(Status::Success)`.
    /// let wrong = botmeter_board::rate(&RUNS).with::<Status>("success");
    /// ```
    pub fn with<K: Label>(self, text: impl AsRef<str>) -> Self {
        const {
            assert!(matches!(K::INFO.values(), Values::Open { .. }), "choose texts of open labels");
        }
        let text = Clean::of(text.as_ref()).as_str().to_owned();
        self.matching::<K>(true, vec![text.into()])
    }

    fn among<K: ClosedLabel>(self, is_wanted: bool, values: &[K]) -> Self {
        self.matching::<K>(is_wanted, values.iter().map(|value| value.as_str().into()).collect())
    }

    fn matching<K: Label>(mut self, is_wanted: bool, values: Vec<Text>) -> Self {
        const {
            assert!(has_all(L::LABELS, &[K::INFO]), "choose among labels that the instrument has");
        }
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
        self.growth()
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

    /// Growth instead of growth per second.
    pub(crate) fn growth(mut self) -> Self {
        if self.sample.function == Function::Rate {
            self.sample.function = Function::Increase;
        }
        self
    }

    pub(crate) fn into_sample(self) -> Sample {
        self.sample
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
