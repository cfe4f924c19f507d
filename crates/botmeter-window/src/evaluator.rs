//! Answers to typed queries.

use std::{collections::HashMap, time::Duration};

use botmeter_board::{Comparison, Expr, Fold, Function, Part, Sample, Selection, Severity, Window};
use botmeter_core::label::LabelInfo;

use crate::{
    History, Labels, Place, Row,
    over_time::{self, Span},
    quantile::{self, Bucket},
    rows::{Pairing, Value},
    series::LOOKBACK,
    sum::Sum,
};

/// The label that holds the bound of a bucket.
const BOUND: &str = "le";

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
        Evaluator { history: self, at, place }.value(expr).into_rows()
    }
}

/// One query at one time.
struct Evaluator<'a> {
    history: &'a History,
    at: i64,
    place: &'a Place<'a>,
}

impl<'a> Evaluator<'a> {
    fn value(&self, expr: &Expr) -> Value {
        let both = |a: &Expr, b: &Expr| (self.value(a), self.value(b));
        match expr {
            Expr::Fold { fold, by, of } => self.fold(*fold, None, by, |found| self.each(of, found)),
            // A gap is what no observation looks like.
            Expr::Quantile { .. } => {
                self.quantile(expr).compare(Comparison::AtLeast, Value::Number(0.0))
            }
            Expr::Heat { of } => {
                self.fold(Fold::Sum, Some(BOUND), &[], |found| self.each(of, found))
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
            Expr::Firing { severity } => self.firing(*severity),
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
        let last = Sample {
            selection: of.clone(),
            function: Function::Last,
            window: Window::Of(within),
            offset: None,
        };
        self.fold(Fold::Sum, None, by, |found| {
            self.each(&last, &mut |labels, value| {
                if above.is_none_or(|above| value > above) {
                    found(labels, 1.0);
                }
            });
        })
    }

    fn recorded(&self, name: &str, offset: Option<Duration>) -> Value {
        let at = self.at - milliseconds(offset.unwrap_or_default());
        let history = self.history.back_to(at - LOOKBACK);
        let rows = history.named(name).filter_map(|(series, timeline)| {
            Some(Row::new(series.labels.clone(), series.at(timeline, at)?))
        });
        Value::Rows(rows.collect())
    }

    fn firing(&self, severity: Severity) -> Value {
        self.fold(Fold::Sum, None, &[], |found| {
            let history = self.history.back_to(self.at - LOOKBACK);
            for (series, timeline) in history.named("ALERTS") {
                let labels = &series.labels;
                if labels.get("alertstate") == Some("firing")
                    && labels.get("severity") == Some(severity.as_str())
                    && self.place.admits_job(labels)
                    && series.at(timeline, self.at).is_some()
                {
                    found(labels, 1.0);
                }
            }
        })
    }

    fn quantile(&self, expr: &Expr) -> Value {
        let Expr::Quantile { quantile, by, of } = expr else { return self.value(expr) };
        let buckets = self.fold(Fold::Sum, Some(BOUND), by, |found| self.each(of, found));
        let mut groups: Vec<(Labels, Vec<Bucket>)> = Vec::new();
        let mut places = HashMap::new();
        for row in buckets.into_rows() {
            let bound = row.labels.get(BOUND).and_then(|bound| bound.parse().ok());
            let Some(bound) = bound else { continue };
            let rest = Labels::from_pairs(row.labels.pairs().filter(|(key, _)| *key != BOUND));
            let place = *places.entry(rest.clone()).or_insert_with(|| {
                groups.push((rest, Vec::new()));
                groups.len() - 1
            });
            groups[place].1.push(Bucket { bound, count: row.value });
        }
        let rows = groups.into_iter();
        let rows = rows.map(|(of, buckets)| Row::new(of, quantile::quantile(*quantile, buckets)));
        Value::Rows(rows.collect())
    }

    /// Gives the sample of each series that has one.
    fn each(&self, of: &Sample, found: &mut dyn FnMut(&'a Labels, f64)) {
        let end = self.at - milliseconds(of.offset.unwrap_or_default());
        let window = self.place.window(of.window);
        let back = if of.function == Function::Value { None } else { window };
        let history = self.history.back_to(end - back.map_or(LOOKBACK, milliseconds));
        let mut samples = Vec::new();
        for (series, timeline) in history.named(&of.selection.series_name()) {
            if !self.selects(&of.selection, &series.labels) {
                continue;
            }
            let value = if of.function == Function::Value {
                series.at(timeline, end)
            } else if let Some(window) = window {
                let span = Span { start: end - milliseconds(window), end };
                samples.clear();
                samples.extend(series.within(timeline, span.start, span.end));
                over_time::value(of.function, &samples, span, self.at)
            } else {
                None
            };
            if let Some(value) = value {
                found(&series.labels, value);
            }
        }
    }

    fn selects(&self, selection: &Selection, labels: &Labels) -> bool {
        let matches = selection.matchers.iter().all(|matcher| {
            let value = labels.get(matcher.key).unwrap_or_default();
            matcher.values.contains(&value) == matcher.is_wanted
        });
        let is_bucket = match selection.part {
            Part::Bucket(bound) => labels.get(BOUND) == Some(&*bound.to_string()),
            _ => true,
        };
        matches && is_bucket && self.place.admits(selection, labels)
    }

    /// One row for each group, in the order in which groups are found.
    fn fold(
        &self,
        fold: Fold,
        bound: Option<&'static str>,
        by: &[LabelInfo],
        each: impl FnOnce(&mut dyn FnMut(&'a Labels, f64)),
    ) -> Value {
        let mut keys: Vec<&str> = bound.into_iter().collect();
        keys.extend(self.place.scope());
        keys.extend(by.iter().map(LabelInfo::key));
        let mut places: HashMap<Vec<&str>, usize> = HashMap::new();
        let mut groups: Vec<(Labels, Folded)> = Vec::new();
        each(&mut |labels, value| {
            let values: Vec<_> =
                keys.iter().map(|key| labels.get(key).unwrap_or_default()).collect();
            let place = *places.entry(values).or_insert_with_key(|values| {
                let group = keys.iter().copied().zip(values.iter().copied());
                groups.push((Labels::from_pairs(group), Folded::new(fold)));
                groups.len() - 1
            });
            groups[place].1.add(value);
        });
        let rows = groups.into_iter().map(|(labels, folded)| Row::new(labels, folded.value()));
        Value::Rows(rows.collect())
    }
}

/// The values of one group as one.
enum Folded {
    Sum(Sum),
    Max(f64),
    Min(f64),
}

impl Folded {
    fn new(fold: Fold) -> Self {
        match fold {
            Fold::Sum => Self::Sum(Sum::default()),
            Fold::Max => Self::Max(f64::NAN),
            Fold::Min => Self::Min(f64::NAN),
        }
    }

    fn add(&mut self, value: f64) {
        match self {
            Self::Sum(sum) => sum.add(value),
            // Any number is taken before NaN.
            Self::Max(most) if value > *most || most.is_nan() => *most = value,
            Self::Min(least) if value < *least || least.is_nan() => *least = value,
            Self::Max(_) | Self::Min(_) => {}
        }
    }

    fn value(&self) -> f64 {
        match self {
            Self::Sum(sum) => sum.value(),
            Self::Max(value) | Self::Min(value) => *value,
        }
    }
}

/// Whole seconds, because queries are spelt with these.
fn milliseconds(of: Duration) -> i64 {
    i64::try_from(of.as_secs()).unwrap_or(i64::MAX / 1000).saturating_mul(1000)
}
