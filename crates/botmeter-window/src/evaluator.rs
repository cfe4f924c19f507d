//! Answers to typed queries.

mod kept;
mod plan;
mod tallied;
#[cfg(test)]
mod tests;

use std::{cell::Cell, ops::Range, ptr, rc::Rc, sync::Arc, time::Duration};

use botmeter_board::{Comparison, Expr, Fold, Function, Sample, Selection};
use botmeter_core::label::LabelInfo;

use crate::{
    History, Labels, Place, Row,
    over_time::{self, Span, Stretch},
    quantile::{self, Bucket},
    rings::Roots,
    rows::{Pairing, Value},
    selected::{Asked, BOUND, Selected},
    series::{LOOKBACK, Timeline},
};
use plan::{Plan, Plans};

impl History {
    /// What the query gives at a time in milliseconds: a row for each group,
    /// with the labels and the very bits that Prometheus would answer to the
    /// query as the generator spells it, if it had these samples.
    ///
    /// The order of rows, and which of equal groups are the largest, mean
    /// nothing. Of a NaN, only that it is one means something. On machines
    /// whose Prometheus multiplies and adds in one step, such as arm64, the
    /// last bits may differ.
    ///
    /// ```
    /// use botmeter_board::{Panel, Show, rate};
    /// use botmeter_core::{Counter, Instrument, Unit};
    /// use botmeter_window::{Bounds, History, Labels, Place};
    ///
    /// static RUNS: Instrument<Counter, ()> =
    ///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs.");
    ///
    /// let mut history = History::new(Bounds::default());
    /// let bot = history.add_target();
    /// for minute in 0..=5 {
    ///     let runs = Labels::of("bot_runs_total", [("job", "mail")]);
    ///     history.append(bot, minute * 60_000, [(runs, 30.0 * minute as f64)])?;
    /// }
    /// let panel = Panel::stat("Runs", "Runs per second.", Show::PerSecond).draw(rate(&RUNS).all());
    /// let rows = history.ask(&panel.lines[0].expr, 5 * 60_000, &Place::Rule);
    /// assert_eq!(rows.len(), 1);
    /// assert_eq!(rows[0].labels, Labels::from_pairs([("job", "mail")]));
    /// assert_eq!(rows[0].value, 0.5);
    /// # Ok::<(), botmeter_window::OutOfOrder>(())
    /// ```
    pub fn ask(&self, expr: &Expr, at: i64, place: &Place<'_>) -> Vec<Row> {
        let plans = Plans::default();
        Evaluator::new(self, at, place, &plans).value(expr).into_rows()
    }

    /// The same at each of these times; which series are looked at, and by
    /// what they are grouped, is found once.
    pub fn ask_over(&self, expr: &Expr, moments: &[i64], place: &Place<'_>) -> Vec<Vec<Row>> {
        let plans = Plans::default();
        let answers = moments
            .iter()
            .map(|at| Evaluator::new(self, *at, place, &plans).value(expr).into_rows());
        answers.collect()
    }
}

/// What names an alert, for people.
const OF_ALERTS: &[&str] = &["alertname", "severity"];

fn is_firing(labels: &Labels) -> bool {
    labels.get("alertstate") == Some("firing")
}

/// One query at one time.
struct Evaluator<'a> {
    history: &'a History,
    at: i64,
    place: &'a Place<'a>,
    plans: &'a Plans<'a>,
    /// How far back it has looked so far.
    roots: Cell<Roots>,
}

impl<'a> Evaluator<'a> {
    fn new(history: &'a History, at: i64, place: &'a Place<'a>, plans: &'a Plans<'a>) -> Self {
        Self { history, at, place, plans, roots: Cell::default() }
    }

    /// The history that goes back to this time.
    fn back_to(&self, since: i64) -> &'a History {
        let history = self.history.back_to(since);
        let mut roots = self.roots.get();
        let root = if ptr::eq(history, self.history) { &mut roots.own } else { &mut roots.past };
        *root = since.min(*root);
        self.roots.set(roots);
        history
    }

    fn value(&self, expr: &Expr) -> Value {
        let both = |a: &Expr, b: &Expr| (self.value(a), self.value(b));
        match expr {
            Expr::Fold { fold, by, of } => {
                let (plan, values) = self.sampled(*fold, None, by, of);
                plan.rows(values)
            }
            // A gap is what no observation looks like.
            Expr::Quantile { .. } => {
                self.quantile(expr).compare(Comparison::AtLeast, Value::Number(0.0))
            }
            Expr::Heat { of } => {
                let (plan, values) = self.sampled(Fold::Sum, Some(BOUND), &[], of);
                plan.rows(values)
            }
            Expr::Since(of) => self.now().compute(|a, b| a - b, self.value(of)),
            Expr::Vanished { by, of, remembered, silent } => {
                let seen = |within: &Duration| self.count(by, of, *within, None);
                seen(remembered).among(Pairing::Labels, seen(silent), false)
            }
            Expr::Recent { by, of, within } => {
                let since = over_time::seconds(self.at) - within.as_secs() as f64;
                self.count(by, of, *within, Some(since))
            }
            Expr::Recorded { name, offset, .. } => self.recorded(name, *offset),
            Expr::Tallied { name, by, over, step } => self.tallied(name, by, *over, *step),
            // PromQL is for Prometheus; who draws says so instead of asking.
            Expr::Raw { .. } => Value::Rows(Vec::new()),
            Expr::Firing { severity } => {
                let is_it = |labels: &Labels| labels.get("severity") == Some(severity.as_str());
                self.alerts("ALERTS", Fold::Sum, &[], |of| is_firing(of) && is_it(of))
            }
            Expr::Alerts => self.alerts("ALERTS", Fold::Max, OF_ALERTS, is_firing),
            Expr::AlertAges => {
                let since = self.alerts("ALERTS_FOR_STATE", Fold::Min, OF_ALERTS, |_| true);
                self.now().compute(|a, b| a - b, since)
            }
            Expr::Number(number) => Value::Number(*number),
            Expr::Add(a, b) => self.value(a).compute(|a, b| a + b, self.value(b)),
            Expr::Subtract(a, b) => self.value(a).compute(|a, b| a - b, self.value(b)),
            Expr::Multiply(a, b) => self.value(a).compute(|a, b| a * b, self.value(b)),
            Expr::Divide(a, b) => self.value(a).compute(|a, b| a / b, self.divisor(b)),
            Expr::OrZero(a, b) => {
                let (part, like) = both(a, b);
                part.or(Value::Number(0.0).compute(|a, b| a * b, like))
            }
            Expr::Top { count, of } => self.value(of).top(*count),
            Expr::Compare(a, comparison, b) => {
                let left = match **a {
                    // The comparison drops NaN by itself.
                    Expr::Quantile { .. } => self.quantile(a),
                    _ => self.value(a),
                };
                left.compare(*comparison, self.value(b))
            }
            Expr::And(a, b) => self.value(a).among(Pairing::Labels, self.value(b), true),
            Expr::AndJob(a, b) => self.value(a).among(Pairing::Job, self.value(b), true),
            Expr::Unless(a, b) => self.value(a).among(Pairing::Labels, self.value(b), false),
        }
    }

    fn now(&self) -> Value {
        Value::Number(over_time::seconds(self.at))
    }

    /// Nothing is divided by what is not above zero.
    fn divisor(&self, expr: &Expr) -> Value {
        match expr {
            Expr::Number(number) => Value::Number(*number),
            _ => self.value(expr).compare(Comparison::Above, Value::Number(0.0)),
        }
    }

    /// How many series of each group have a last value, above this if it is
    /// given.
    fn count(
        &self,
        by: &[LabelInfo],
        of: &Selection,
        within: Duration,
        above: Option<f64>,
    ) -> Value {
        let start = self.at - milliseconds(within);
        let history = self.back_to(start);
        let plan = self.plan(history, None, by, of);
        let values = plan.fold(Fold::Sum, |series, timeline| {
            let numbers = timeline.numbers(start, self.at);
            let (_, value) = series.within(timeline, &numbers).next_back()?;
            above.is_none_or(|above| value > above).then_some(1.0)
        });
        plan.rows(values)
    }

    fn recorded(&self, name: &str, offset: Option<Duration>) -> Value {
        let at = self.at - milliseconds(offset.unwrap_or_default());
        let history = self.back_to(at - LOOKBACK);
        let rows = history.named(name).filter_map(|(series, timeline)| {
            Some(Row::new(series.labels.clone(), series.at(timeline, at)?))
        });
        Value::Rows(rows.collect())
    }

    /// The series that tell of alerts, of those that are admitted.
    fn alerts(
        &self,
        name: &str,
        fold: Fold,
        by: &[&'static str],
        is_admitted: impl Fn(&Labels) -> bool,
    ) -> Value {
        let history = self.back_to(self.at - LOOKBACK);
        let is_admitted = |labels: &Labels| is_admitted(labels) && self.place.admits_job(labels);
        let keys = [self.place.scope(), by].concat();
        let series = history.numbers(name).filter(|(_, labels)| is_admitted(labels));
        let plan = Plan::of(history, Arc::new(Selected::of(&keys, series)));
        let values = plan.fold(fold, |series, timeline| series.at(timeline, self.at));
        plan.rows(values)
    }

    fn quantile(&self, expr: &Expr) -> Value {
        let Expr::Quantile { quantile, by, of } = expr else { return self.value(expr) };
        let (plan, counts) = self.sampled(Fold::Sum, Some(BOUND), by, of);
        let Selected { buckets, distributions, .. } = &*plan.selected;
        let mut groups: Vec<Vec<Bucket>> = vec![Vec::new(); distributions.len()];
        for (count, place) in counts.into_iter().zip(buckets) {
            if let (Some(count), Some((group, bound))) = (count, *place) {
                groups[group].push(Bucket { bound, count });
            }
        }
        let groups = distributions.iter().zip(groups);
        let rows = groups.filter(|(_, buckets)| !buckets.is_empty()).map(|(labels, buckets)| {
            Row::new(labels.clone(), quantile::quantile(*quantile, buckets))
        });
        Value::Rows(rows.collect())
    }

    /// What becomes of the samples of each group; nothing where it has none.
    fn sampled(
        &self,
        fold: Fold,
        bound: Option<&'static str>,
        by: &[LabelInfo],
        of: &Sample,
    ) -> (Rc<Plan<'a>>, Vec<Option<f64>>) {
        let end = self.at - milliseconds(of.offset.unwrap_or_default());
        let window = self.place.window(of.window);
        let back = if of.function == Function::Value { None } else { window };
        let history = self.back_to(end - back.map_or(LOOKBACK, milliseconds));
        let plan = self.plan(history, bound, by, &of.selection);
        let mut last: Option<(&Timeline, Range<u64>)> = None;
        let values = plan.fold(fold, |series, timeline| {
            if of.function == Function::Value {
                return series.at(timeline, end);
            }
            let span = Span { start: end - milliseconds(window?), end };
            // Most series are of one target, and share its times.
            let numbers = match &last {
                Some((known, numbers)) if ptr::eq(*known, timeline) => numbers.clone(),
                _ => timeline.numbers(span.start, span.end),
            };
            let stretch = Stretch { series, timeline, numbers: &numbers };
            let value = over_time::value(of.function, stretch, span, self.at);
            last = Some((timeline, numbers));
            value
        });
        (plan, values)
    }

    /// Which series of a history are selected, and what they are grouped by.
    fn plan(
        &self,
        history: &'a History,
        bound: Option<&'static str>,
        by: &[LabelInfo],
        of: &Selection,
    ) -> Rc<Plan<'a>> {
        self.plans.find(history, of, || {
            let (selection, keys) = (of.clone(), self.keys(bound, by));
            let asked = Asked { selection, keys, choice: self.place.choice(of) };
            Plan::of(history, history.selected(&of.series_name(), asked))
        })
    }

    /// What groups are told apart by.
    fn keys(&self, bound: Option<&'static str>, by: &[LabelInfo]) -> Vec<&'static str> {
        let mut keys: Vec<_> = bound.into_iter().collect();
        keys.extend(self.place.scope());
        keys.extend(by.iter().map(LabelInfo::key));
        keys
    }
}

/// Whole seconds, because queries are spelt with these.
fn milliseconds(of: Duration) -> i64 {
    i64::try_from(of.as_secs()).unwrap_or(i64::MAX / 1000).saturating_mul(1000)
}
