//! The rules of which a wrong form is easily taken for right, told a second
//! time, so that each can be broken by itself.
//!
//! Samples that do not tell the wrong forms from Prometheus would prove
//! nothing about the evaluator either.

use std::collections::BTreeMap;

use integration_tests::{Labels, Stored};

use super::data::ENDED;

const LOOKBACK: i64 = 5 * 60_000;

/// The window of all questions that have one.
pub(super) const WINDOW: i64 = 10 * 60_000;

/// What is asked, of series by name.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Value(String),
    Increase(String),
    SumOfRates(String),
    Quantile(String),
}

/// Series by name, those of one name in the order in which they came.
pub(super) type ByName<'a> = BTreeMap<&'a str, Vec<&'a Stored>>;

/// A rule that is easily misread, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misread {
    /// The edge counts as far from 1.2 average gaps on.
    FartherReach,
    /// The window takes in its left edge.
    ClosedOnTheLeft,
    /// The way to zero limits before far is told from near.
    ZeroFirst,
    /// What rounding takes from sums is gone.
    PlainSums,
    /// Marks of ends are left out as if they were not there.
    NoMarks,
    /// Buckets that fall are left as they are.
    FallingBuckets,
    /// Buckets that differ by rounding alone are told apart.
    ExactBuckets,
}

/// All of them.
pub(super) const MISREAD: [Misread; 7] = [
    Misread::FartherReach,
    Misread::ClosedOnTheLeft,
    Misread::ZeroFirst,
    Misread::PlainSums,
    Misread::NoMarks,
    Misread::FallingBuckets,
    Misread::ExactBuckets,
];

/// Prometheus' rules, or one of them misread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Model(pub(super) Option<Misread>);

impl Form {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Value(name) => name.clone(),
            Self::Increase(name) => format!("increase({name}[10m])"),
            Self::SumOfRates(name) => format!("sum by (job) (rate({name}[10m]))"),
            Self::Quantile(name) => {
                format!("histogram_quantile(0.9, sum by (le, job) (rate({name}_bucket[10m])))")
            }
        }
    }
}

impl Model {
    fn misreads(self, rule: Misread) -> bool {
        self.0 == Some(rule)
    }

    pub(super) fn answer(self, form: &Form, all: &ByName<'_>, at: i64) -> Vec<(Labels, u64)> {
        let named = |name: &str| all.get(name).into_iter().flatten().copied();
        let rates = |name: &str| named(name).filter_map(|of| Some((of, self.grown(of, at)?)));
        let row = |labels: Labels, value: f64| (labels, value.to_bits());
        let rate = |(grown, factor): (f64, f64)| grown * (factor / (WINDOW as f64 / 1000.0));
        match form {
            Form::Value(name) => named(name)
                .filter_map(|of| Some((of.labels.clone(), self.value(of, at)?.to_bits())))
                .collect(),
            Form::Increase(name) => rates(name)
                .map(|(of, (grown, factor))| {
                    let mut labels = of.labels.clone();
                    labels.remove("__name__");
                    row(labels, grown * factor)
                })
                .collect(),
            Form::SumOfRates(name) => {
                let rates: Vec<_> = rates(name).map(|(of, grown)| (of, rate(grown))).collect();
                let groups = grouped(&rates, "").into_iter();
                groups.map(|((job, _), rates)| row(job, self.sum(&rates))).collect()
            }
            Form::Quantile(name) => {
                let name = format!("{name}_bucket");
                let rates: Vec<_> = rates(&name).map(|(of, grown)| (of, rate(grown))).collect();
                let mut jobs: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
                for ((job, le), rates) in grouped(&rates, "le") {
                    let bound = le.parse().unwrap_or(f64::NAN);
                    jobs.entry(job).or_default().push((bound, self.sum(&rates)));
                }
                jobs.into_iter().map(|(job, buckets)| row(job, self.quantile(buckets))).collect()
            }
        }
    }

    fn value(self, of: &Stored, at: i64) -> Option<f64> {
        let samples = of.times.iter().zip(&of.bits).rev();
        let mut samples =
            samples.filter(|(_, bits)| !self.misreads(Misread::NoMarks) || **bits != ENDED);
        let (time, bits) = samples.find(|(time, _)| **time <= at)?;
        (*time > at - LOOKBACK && *bits != ENDED).then_some(f64::from_bits(*bits))
    }

    /// The growth, and by what it is extrapolated.
    fn grown(self, of: &Stored, at: i64) -> Option<(f64, f64)> {
        let start = at - WINDOW;
        let first = if self.misreads(Misread::ClosedOnTheLeft) { start } else { start + 1 };
        let samples: Vec<_> = of
            .times
            .iter()
            .zip(&of.bits)
            .filter(|(time, bits)| (first..=at).contains(*time) && **bits != ENDED)
            .map(|(time, bits)| (*time, f64::from_bits(*bits)))
            .collect();
        let [(first_at, first), .., (last_at, last)] = samples[..] else { return None };
        let falls = samples.windows(2).filter(|pair| pair[1].1 < pair[0].1);
        let grown = falls.fold(last - first, |grown, pair| grown + pair[0].1);
        let seconds = |milliseconds: i64| milliseconds as f64 / 1000.0;
        let sampled = seconds(last_at - first_at);
        let gap = sampled / (samples.len() - 1) as f64;
        let reach = if self.misreads(Misread::FartherReach) { 1.2 } else { 1.1 };
        let near = |way: f64| if way >= gap * reach { gap / 2.0 } else { way };
        let limit = |way: f64| {
            let has_limit = grown > 0.0 && first >= 0.0;
            if has_limit { way.min(sampled * (first / grown)) } else { way }
        };
        let to_start = seconds(first_at - start);
        let to_start = if self.misreads(Misread::ZeroFirst) {
            near(limit(to_start))
        } else {
            limit(near(to_start))
        };
        let factor = (sampled + to_start + near(seconds(at - last_at))) / sampled;
        Some((grown, factor))
    }

    fn sum(self, values: &[f64]) -> f64 {
        let (mut sum, mut lost) = (0.0_f64, 0.0);
        for value in values {
            let next = sum + value;
            let (large, small) =
                if sum.abs() >= value.abs() { (sum, *value) } else { (*value, sum) };
            lost += (large - next) + small;
            sum = next;
        }
        if self.misreads(Misread::PlainSums) { sum } else { sum + lost }
    }

    fn quantile(self, mut buckets: Vec<(f64, f64)>) -> f64 {
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        for at in 1..buckets.len() {
            let (before, count) = (buckets[at - 1].1, buckets[at].1);
            let has_fallen = count < before && !self.misreads(Misread::FallingBuckets);
            let is_close = (count - before).abs() / (count + before) < 1e-12;
            if has_fallen || is_close && !self.misreads(Misread::ExactBuckets) {
                buckets[at].1 = before;
            }
        }
        let Some(((_, all), inner)) = buckets.split_last() else { return f64::NAN };
        if *all == 0.0 {
            return f64::NAN;
        }
        let rank = 0.9 * all;
        let (mut bound_below, mut below) = (0.0, 0.0);
        for (bound, count) in inner {
            if *count >= rank {
                return bound_below + (bound - bound_below) * ((rank - below) / (count - below));
            }
            (bound_below, below) = (*bound, *count);
        }
        bound_below
    }
}

/// Values by job and another label, in the order of the series.
fn grouped(values: &[(&Stored, f64)], key: &str) -> BTreeMap<(Labels, String), Vec<f64>> {
    let mut groups: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for (of, value) in values {
        let job = Labels::from([("job".to_owned(), of.labels["job"].clone())]);
        let other = of.labels.get(key).cloned().unwrap_or_default();
        groups.entry((job, other)).or_default().push(*value);
    }
    groups
}
