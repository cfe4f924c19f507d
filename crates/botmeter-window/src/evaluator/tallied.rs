//! What rules kept at each whole step of a long time, added up.

use std::time::Duration;

use botmeter_core::label::LabelInfo;

use super::{Evaluator, milliseconds};
use crate::{
    Labels, Row,
    rows::Value,
    selected::Selected,
    series::{LOOKBACK, Series, Timeline},
    sum::Sum,
};

impl Evaluator<'_> {
    /// The steps are multiples of their length, as Prometheus takes them, so
    /// that each counts once and the same ones are asked for all the time.
    pub(super) fn tallied(
        &self,
        name: &str,
        by: &[LabelInfo],
        over: Duration,
        step: Duration,
    ) -> Value {
        let step = milliseconds(step).max(1);
        let first = (self.at - milliseconds(over)).div_euclid(step) + 1;
        let mut tallies: Vec<(&Labels, Sum)> = Vec::new();
        for moment in first..=self.at.div_euclid(step) {
            let at = moment * step;
            let history = self.back_to(at - LOOKBACK);
            let is_admitted =
                |(series, _): &(&Series, &Timeline)| self.place.admits_job(&series.labels);
            for (series, timeline) in history.named(name).filter(is_admitted) {
                let Some(value) = series.at(timeline, at) else { continue };
                let known = tallies.iter().position(|(labels, _)| labels.is(&series.labels));
                let place = known.unwrap_or_else(|| {
                    tallies.push((&series.labels, Sum::default()));
                    tallies.len() - 1
                });
                tallies[place].1.add(value);
            }
        }
        let keys = self.keys(None, by);
        let labels = tallies.iter().enumerate().map(|(number, (labels, _))| (number, *labels));
        let selected = Selected::of(&keys, labels);
        let mut groups: Vec<Sum> = vec![Sum::default(); selected.groups.len()];
        for (group, (_, tally)) in selected.series.iter().map(|(_, group)| *group).zip(&tallies) {
            if let Some(sum) = usize::try_from(group).ok().and_then(|group| groups.get_mut(group)) {
                sum.add(tally.value());
            }
        }
        let rows = selected.groups.into_iter().zip(groups);
        Value::Rows(rows.map(|(labels, sum)| Row::new(labels, sum.value())).collect())
    }
}
