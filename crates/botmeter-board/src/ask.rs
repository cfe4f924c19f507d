//! The entrance: what can be asked of an instrument.

use std::time::Duration;

use botmeter_core::{Gauge, Histogram, Instrument, LabelSet, open_label, process::BUILD};

use crate::{
    Query, Severity,
    expr::{Expr, Fold, Function, Part},
    series::{Cumulative, Level, Measure, Series},
};

open_label! {
    /// The name of an alert, as Prometheus tells it.
    pub struct AlertName: "alertname", limit 1_000;
}

open_label! {
    /// The severity of an alert, as Prometheus tells it.
    pub struct AlertSeverity: "severity", limit 8;
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
    Query::new(Expr::Heat { of: series.into_sample() })
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

/// How many alerts of this severity fire now for the jobs that a dashboard
/// shows, for panels; 0 while a program reports, or another alert fires, and
/// none of these does.
///
/// Alerts watch jobs as a whole, so a choice of instances does not narrow it.
pub fn firing(severity: Severity) -> Query<()> {
    // Prometheus has no series of alerts that do not fire, and a gap would not
    // tell that from a Prometheus that does not answer. The alert about a
    // program that is gone fires when nothing reports any more.
    let or_zero =
        |severity, like| Expr::OrZero(Box::new(Expr::Firing { severity }), Box::new(like));
    let others = Severity::ALL.into_iter().filter(|other| *other != severity);
    let programs = last(&BUILD).all().into_expr();
    let answered = others.fold(programs, |like, other| or_zero(other, like));
    Query::new(or_zero(severity, answered))
}

/// For how many seconds each alert that fires now has asked for attention, for
/// tables: by its name and severity, and by job where the panel is.
///
/// Nothing where none fires; whether Prometheus answers at all is told by
/// [`firing`].
///
/// ```
/// use botmeter_board::{Panel, Show, firing_for};
///
/// let panel = Panel::table("Firing alerts", "What fires, the most severe first.")
///     .draw(firing_for().named("For").show(Show::Seconds))
///     .per_job();
/// assert_eq!(panel.naming_labels(&panel.lines[0]), ["alertname", "severity", "job"]);
/// ```
pub fn firing_for() -> Query<(AlertName, AlertSeverity)> {
    Query::new(Expr::And(Box::new(Expr::AlertAges), Box::new(Expr::Alerts)))
}
