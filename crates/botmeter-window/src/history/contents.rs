//! What a history holds, taken out of it and put into another.

use super::{History, Source};
use crate::{
    Labels, Target,
    rings::Rings,
    series::{Series, Timeline},
};

/// What a history holds; targets are numbers from 0 on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Contents {
    /// The times of each target.
    pub(crate) times: Vec<Vec<i64>>,
    /// The series, those of one name in the order in which they came.
    pub(crate) series: Vec<Stretch>,
    pub(crate) has_forgotten: bool,
}

/// The values of a series, marks included.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) labels: Labels,
    pub(crate) target: usize,
    /// The place of its first value among the times of its target.
    pub(crate) first: usize,
    pub(crate) values: Vec<f64>,
}

impl History {
    /// How many targets there are.
    pub(crate) fn targets(&self) -> usize {
        self.targets.len()
    }

    /// What there is now, and what is remembered for longer.
    pub(crate) fn contents(&self) -> (Contents, Option<Contents>) {
        (self.own_contents(), self.past.as_ref().map(|past| past.history.own_contents()))
    }

    fn own_contents(&self) -> Contents {
        let times = self.targets.iter().map(|source| source.timeline.times().collect());
        let numbers = self.names.values().flat_map(|named| &named.series);
        let series = numbers.filter_map(|own| {
            let (series, timeline) = self.numbered(*own)?;
            let (first, values) = series.stretch(timeline)?;
            let labels = series.labels.clone();
            Some(Stretch { labels, target: series.target, first, values })
        });
        let series = series.collect();
        Contents { times: times.collect(), series, has_forgotten: self.has_forgotten }
    }

    /// Puts contents into this history, which is empty; the numbers of their
    /// targets stand for these. Nothing if the contents contradict themselves.
    pub(crate) fn restore(
        &mut self,
        targets: &[Target],
        own: Contents,
        past: Option<Contents>,
    ) -> Option<()> {
        self.rings = self.rings.take().map(Rings::emptied);
        self.put(targets, own)?;
        match (&mut self.past, past) {
            (Some(own), Some(past)) => own.put(targets, past),
            _ => Some(()),
        }
    }

    /// Whether the newest moment of a target is forgotten, for want of room.
    pub(crate) fn is_forgetful(&self) -> bool {
        let newest = self.newest();
        let of_now = self.targets.iter().filter(|it| it.timeline.newest() == newest);
        newest.is_some() && of_now.into_iter().any(|it| it.timeline.oldest().is_none())
    }

    pub(super) fn put(&mut self, targets: &[Target], contents: Contents) -> Option<()> {
        let Contents { times, series, has_forgotten } = contents;
        for (number, times) in times.into_iter().enumerate() {
            let source: &mut Source = self.targets.get_mut(targets.get(number)?.0)?;
            if times.is_empty() {
                continue;
            }
            // Each has one who writes into it.
            if !times.is_sorted_by(|a, b| a < b) || source.timeline.newest().is_some() {
                return None;
            }
            source.timeline = Timeline::of(times);
        }
        for Stretch { labels, target, first, values } in series {
            let target = targets.get(target)?.0;
            let Source { timeline, is_uncounted, .. } = self.targets.get(target)?;
            let (times, is_uncounted) = (timeline.len(), *is_uncounted);
            if first.checked_add(values.len())? > times || values.is_empty() {
                return None;
            }
            if self.numbers.contains_key(&labels) {
                return None;
            }
            self.samples += values.len();
            let series = Series::of(labels, target, first as u64, values);
            self.open += usize::from(!is_uncounted && series.is_open());
            self.add(series)?;
        }
        self.has_forgotten = has_forgotten;
        self.keep_within();
        Some(())
    }
}
