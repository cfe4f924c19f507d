//! What stays the same of a question at all of its moments.

use std::{cell::RefCell, collections::HashMap, ptr, rc::Rc, sync::Arc};

use botmeter_board::{Fold, Selection};

use crate::{
    History, Row,
    rows::Value,
    selected::Selected,
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
    pub(super) selected: Arc<Selected>,
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
    /// These series of a history.
    pub(super) fn of(history: &'a History, selected: Arc<Selected>) -> Self {
        let series = selected.series.iter().filter_map(|(number, group)| {
            let (series, timeline) = history.numbered(usize::try_from(*number).ok()?)?;
            Some((series, timeline, usize::try_from(*group).ok()?))
        });
        Self { series: series.collect(), selected }
    }

    /// The values of each group as one; nothing where it has none.
    pub(super) fn fold(
        &self,
        fold: Fold,
        mut value: impl FnMut(&'a Series, &'a Timeline) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        let mut groups: Vec<Option<Folded>> = vec![None; self.selected.groups.len()];
        for (series, timeline, group) in &self.series {
            if let Some(value) = value(series, timeline) {
                groups[*group].get_or_insert_with(|| Folded::new(fold)).add(value);
            }
        }
        groups.into_iter().map(|group| group.map(Folded::value)).collect()
    }

    /// A row for each group that has a value.
    pub(super) fn rows(&self, values: Vec<Option<f64>>) -> Value {
        let rows = self.selected.groups.iter().zip(values);
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
