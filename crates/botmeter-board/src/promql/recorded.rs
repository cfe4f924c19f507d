//! Panels that read what rules keep, instead of adding up all instances anew.

use std::time::Duration;

use botmeter_core::label::LabelInfo;

use super::{Fleet, Place, RULE_WINDOW, Speller, ago, duration, word};
use crate::{Expr, Fold, Function, Part, Sample, Scope, Selection, Window};

/// A series that a rule keeps, so that a panel finds its sums ready.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// Level, metric and operation: `job_status:llm_requests:rate5m`.
    pub name: String,
    /// What is kept, in PromQL.
    pub query: String,
    /// The keys of the result.
    pub keys: Vec<String>,
    /// How much time it looks back over.
    pub window: Duration,
}

/// What rules have to keep for a query at [`Place::Recorded`]; nothing for one
/// elsewhere.
///
/// Kept are values, growth over a time that the query itself says, and rates
/// over five minutes where it leaves the time to the dashboard. A name depends
/// on the query alone, so two queries that need the same share it.
///
/// Shares and quantiles of all of the time that is shown are made of the rates
/// within it. Everything else is not kept, and asked of the instances: lines
/// for each instance, and counts of what happened in the time that is shown,
/// which rates tell only roughly.
///
/// ```
/// use botmeter_board::{
///     Panel, Scope, Show,
///     promql::{Fleet, Place, kept, render},
///     quantile,
/// };
/// use botmeter_core::{Histogram, Instrument, Unit, buckets};
///
/// static TOOK: Instrument<Histogram, ()> =
///     Instrument::histogram("mail.duration", Unit::SECONDS, "How long it took.", buckets::FAST);
///
/// let panel = Panel::stat("Time", "Time.", Show::Seconds).draw(quantile(0.9, &TOOK).all());
/// let place = Place::Recorded { scope: Scope::Fleet, variables: &[] };
/// let expr = &panel.lines[0].expr;
/// let kept = kept(expr, place, &Fleet::default());
/// assert_eq!(kept[0].name, "job_le:mail_duration_seconds_bucket:rate5m");
/// assert_eq!(kept[0].query, "sum by (job, le) (rate(mail_duration_seconds_bucket[5m]))");
/// assert_eq!(
///     render(expr, place, &Fleet::default()),
///     "histogram_quantile(0.9, sum by (le) \
///      (job_le:mail_duration_seconds_bucket:rate5m{job=~\"$job\"})) >= 0",
/// );
/// ```
pub fn kept(expr: &Expr, place: Place<'_>, fleet: &Fleet) -> Vec<Kept> {
    Speller::new(place, fleet).kept(expr)
}

/// What is taken of a series before it is kept, and what a panel takes of that.
struct Taken {
    function: Function,
    window: Duration,
    /// The time over which a panel adds up what was kept.
    summed: Option<Window>,
}

impl Speller<'_> {
    /// The speller of what is within the expression.
    pub(super) fn within(self, expr: &Expr) -> Self {
        let is_share = match expr {
            Expr::Quantile { .. } => true,
            Expr::Divide(a, b) => growth(a).is_some_and(|of_a| growth(b) == Some(of_a)),
            _ => self.is_share,
        };
        Self { is_share, ..self }
    }

    /// What is kept of the sample, if anything is.
    pub(super) fn recorded(self, fold: Fold, by: &[LabelInfo], of: &Sample) -> Option<String> {
        let taken = self.taken(fold, of)?;
        let name = self.kept_as(fold, by, of, &taken).name;
        let (series, ago) = (name + &self.matchers(&of.selection), ago(of.offset));
        Some(match taken.summed {
            Some(window) => format!("sum_over_time({series}[{}]{ago})", self.window(window)),
            None => series + &ago,
        })
    }

    fn kept(self, expr: &Expr) -> Vec<Kept> {
        let within = self.within(expr);
        let own = match expr {
            Expr::Fold { fold, by, of } => Some((*fold, *by, of)),
            Expr::Quantile { by, of, .. } => Some((Fold::Sum, *by, of)),
            Expr::Heat { of } => Some((Fold::Sum, &[][..], of)),
            _ => None,
        };
        let own = own.and_then(|(fold, by, of)| {
            within.taken(fold, of).map(|taken| within.kept_as(fold, by, of, &taken))
        });
        own.into_iter().chain(expr.parts().flat_map(|part| within.kept(part))).collect()
    }

    fn taken(self, fold: Fold, of: &Sample) -> Option<Taken> {
        let Place::Recorded { scope: Scope::Fleet | Scope::Job, .. } = self.place else {
            return None;
        };
        let kept = |function, window| Some(Taken { function, window, summed: None });
        let is_growth = matches!(of.function, Function::Rate | Function::Increase);
        // Of a share, growth is as good as growth per second.
        let function = if self.is_share { Function::Rate } else { of.function };
        match of.window {
            _ if of.function == Function::Value => kept(Function::Value, Duration::ZERO),
            _ if !is_growth || fold != Fold::Sum => None,
            Window::Of(window) => kept(function, window),
            Window::Auto if function == Function::Rate => kept(function, RULE_WINDOW),
            Window::Shown if self.is_share => {
                Some(Taken { function, window: RULE_WINDOW, summed: Some(Window::Shown) })
            }
            Window::Auto | Window::Shown => None,
        }
    }

    fn kept_as(self, fold: Fold, by: &[LabelInfo], of: &Sample, taken: &Taken) -> Kept {
        let Sample { selection, .. } = of;
        let chosen: Vec<_> = self.choosable(selection).collect();
        let is_needed = |key: &&str| {
            by.iter().any(|label| label.key() == *key)
                || selection.matchers.iter().any(|matcher| matcher.key == *key)
                || chosen.contains(key)
        };
        let labels = selection.instrument.labels().iter().map(LabelInfo::key).filter(is_needed);
        let bound = matches!(selection.part, Part::Buckets | Part::Bucket(_)).then_some("le");
        let level: Vec<_> = ["job"].into_iter().chain(labels).chain(bound).collect();
        let part = if bound.is_some() { Part::Buckets } else { selection.part };
        let all = Selection { part, matchers: Vec::new(), ..selection.clone() };
        let series = all.series_name();
        let (metric, operation) = match taken.function {
            Function::Value => (series.as_str(), word(fold).to_owned()),
            function => {
                let metric = series.strip_suffix("_total").unwrap_or(&series);
                let of = if function == Function::Rate { "rate" } else { "increase" };
                (metric, of.to_owned() + &duration(taken.window))
            }
        };
        let name = format!("{}:{metric}:{operation}", level.join("_"));
        let sample = Sample {
            selection: all,
            function: taken.function,
            window: Window::Of(taken.window),
            offset: None,
        };
        let keys: Vec<_> = self.fleet.keys().chain(level).map(str::to_owned).collect();
        let sample = Speller::new(Place::Rule, self.fleet).raw(&sample);
        let query = format!("{} by ({}) ({sample})", word(fold), keys.join(", "));
        Kept { name, query, keys, window: taken.window }
    }
}

/// What all of an expression is: sums of growth, taken so and over this time.
fn growth(expr: &Expr) -> Option<(Function, Window)> {
    match expr {
        Expr::Fold { fold: Fold::Sum, of, .. } => {
            let is_growth = matches!(of.function, Function::Rate | Function::Increase);
            is_growth.then_some((of.function, of.window))
        }
        Expr::OrZero(a, b) | Expr::Add(a, b) | Expr::Subtract(a, b) => {
            growth(a).filter(|of_a| growth(b) == Some(*of_a))
        }
        _ => None,
    }
}
