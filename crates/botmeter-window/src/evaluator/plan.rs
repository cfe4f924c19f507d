//! What stays the same of a question at all of its moments.

use std::{cell::RefCell, collections::HashMap, ptr, rc::Rc};

use botmeter_board::{Fold, Selection};

use super::BOUND;
use crate::{
    History, Labels, Row,
    rows::Value,
    series::{Series, Timeline},
    sum::Sum,
};

/// The plans of one question, by the place where it selects and by the history
/// that answers there.
#[derive(Debug, Default)]
pub(super) struct Plans<'a>(RefCell<HashMap<(*const Selection, *const History), Rc<Plan<'a>>>>);

/// Which series are looked at, and to which group each belongs.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    series: Vec<(&'a Series, &'a Timeline, usize)>,
    groups: Vec<Labels>,
    /// Which distribution each group is a bucket of, and its bound.
    pub(super) buckets: Vec<Option<(usize, f64)>>,
    /// The labels of the distributions.
    pub(super) distributions: Vec<Labels>,
}

impl<'a> Plans<'a> {
    /// The plan of this place of the question, which does not move meanwhile.
    pub(super) fn find(
        &self,
        history: &History,
        of: &Selection,
        make: impl FnOnce() -> Plan<'a>,
    ) -> Rc<Plan<'a>> {
        let key = (ptr::from_ref(of), ptr::from_ref(history));
        let mut plans = self.0.borrow_mut();
        Rc::clone(plans.entry(key).or_insert_with(|| Rc::new(make())))
    }
}

impl<'a> Plan<'a> {
    /// These series in groups that these labels tell apart.
    pub(super) fn of(
        keys: &[&'static str],
        of: impl Iterator<Item = (&'a Series, &'a Timeline)>,
    ) -> Self {
        let mut places: HashMap<Vec<&str>, usize> = HashMap::new();
        let mut groups = Vec::new();
        let mut last: Option<(&Labels, usize)> = None;
        let series = of.map(|(series, timeline)| {
            let own = &series.labels;
            // Most series are in the group of the one before.
            let is_same = |other: &Labels| keys.iter().all(|key| other.get(key) == own.get(key));
            let known = last.filter(|(other, _)| is_same(other)).map(|(_, place)| place);
            let place = known.unwrap_or_else(|| {
                let values = keys.iter().map(|key| own.get(key).unwrap_or_default()).collect();
                *places.entry(values).or_insert_with_key(|values| {
                    let group = keys.iter().copied().zip(values.iter().copied());
                    groups.push(Labels::from_pairs(group));
                    groups.len() - 1
                })
            });
            last = Some((own, place));
            (series, timeline, place)
        });
        let series = series.collect();
        let mut plan = Self { series, groups, buckets: Vec::new(), distributions: Vec::new() };
        if keys.contains(&BOUND) {
            plan.find_buckets();
        }
        plan
    }

    fn find_buckets(&mut self) {
        let mut places = HashMap::new();
        let Self { groups, buckets, distributions, .. } = self;
        buckets.extend(groups.iter().map(|labels| {
            let bound = labels.get(BOUND)?.parse().ok()?;
            let rest = Labels::from_pairs(labels.pairs().filter(|(key, _)| *key != BOUND));
            let place = *places.entry(rest.clone()).or_insert_with(|| {
                distributions.push(rest);
                distributions.len() - 1
            });
            Some((place, bound))
        }));
    }

    /// The values of each group as one; nothing where it has none.
    pub(super) fn fold(
        &self,
        fold: Fold,
        mut value: impl FnMut(&'a Series, &'a Timeline) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        let mut groups: Vec<Option<Folded>> = vec![None; self.groups.len()];
        for (series, timeline, group) in &self.series {
            if let Some(value) = value(series, timeline) {
                groups[*group].get_or_insert_with(|| Folded::new(fold)).add(value);
            }
        }
        groups.into_iter().map(|group| group.map(Folded::value)).collect()
    }

    /// A row for each group that has a value.
    pub(super) fn rows(&self, values: Vec<Option<f64>>) -> Value {
        let rows = self.groups.iter().zip(values);
        Value::Rows(rows.filter_map(|(labels, it)| Some(Row::new(labels.clone(), it?))).collect())
    }
}

/// The values of one group as one.
#[derive(Clone, Copy, Debug)]
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

    fn value(self) -> f64 {
        match self {
            Self::Sum(sum) => sum.value(),
            Self::Max(value) | Self::Min(value) => value,
        }
    }
}
