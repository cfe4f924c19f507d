//! One series, and the times that the series of one target share.

use std::collections::VecDeque;

use crate::Labels;

/// The bits that mark the end of a series; Prometheus' own.
const ENDED: u64 = 0x7ff0_0000_0000_0002;

/// The bits that stand where a series has no sample at a time of its target.
const ABSENT: u64 = 0x7ff0_0000_0000_0003;

/// Any other number that is none.
const NOT_A_NUMBER: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

/// How long a series is believed without a new sample, in milliseconds.
pub(crate) const LOOKBACK: i64 = 5 * 60 * 1000;

/// A sample: its time in milliseconds and its value.
pub(crate) type Sample = (i64, f64);

/// The times at which a target was read, oldest first.
///
/// Each has a number that stays the same when older ones go, and the series of
/// the target know their samples by it: a sample costs eight bytes instead of
/// sixteen.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    newest: Option<i64>,
    first: u64,
    times: VecDeque<i64>,
}

/// The values of one series, one for each time of its target from the first
/// on.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) labels: Labels,
    pub(crate) target: usize,
    first: u64,
    values: VecDeque<f64>,
}

impl Timeline {
    pub(crate) fn oldest(&self) -> Option<i64> {
        self.times.front().copied()
    }

    /// The newest time that was ever added.
    pub(crate) fn newest(&self) -> Option<i64> {
        self.newest
    }

    /// Adds a time and returns its number.
    pub(crate) fn push(&mut self, at: i64) -> u64 {
        self.newest = Some(at);
        self.times.push_back(at);
        self.end() - 1
    }

    /// Gives back the time that was added last, because nothing is known of
    /// it: rules that find nothing would fill the memory with their times.
    pub(crate) fn withdraw(&mut self) {
        self.times.pop_back();
    }

    /// Times that are sorted, oldest first.
    pub(crate) fn of(times: Vec<i64>) -> Self {
        Self { newest: times.last().copied(), first: 0, times: times.into() }
    }

    pub(crate) fn times(&self) -> impl Iterator<Item = i64> {
        self.times.iter().copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    /// Forgets the oldest time.
    pub(crate) fn shorten(&mut self) {
        if self.times.pop_front().is_some() {
            self.first += 1;
        }
    }

    /// The number of the oldest time.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The number behind the newest time.
    fn end(&self) -> u64 {
        self.first + self.times.len() as u64
    }

    /// The number of the first time that is later than this.
    fn after(&self, at: i64) -> u64 {
        self.first + self.times.partition_point(|time| *time <= at) as u64
    }

    fn time(&self, number: u64) -> Option<i64> {
        self.times.get(index(number, self.first)?).copied()
    }
}

impl Series {
    pub(crate) fn new(labels: Labels, target: usize, first: u64) -> Self {
        Self { labels, target, first, values: VecDeque::new() }
    }

    /// Values, marks included, from the time of this number on.
    pub(crate) fn of(labels: Labels, target: usize, first: u64, values: Vec<f64>) -> Self {
        Self { labels, target, first, values: values.into() }
    }

    /// The values, and the place of the first among the times that there are.
    pub(crate) fn stretch(&self, timeline: &Timeline) -> Option<(usize, Vec<f64>)> {
        Some((index(self.first, timeline.first)?, self.values.iter().copied().collect()))
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The number behind the newest sample.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.values.len() as u64
    }

    /// Whether a mark, and not a value, is what it has last.
    pub(crate) fn has_ended(&self) -> bool {
        self.values.back().is_some_and(|value| value.to_bits() == ENDED)
    }

    /// Adds a value at the time of this number, and returns how many places
    /// that took. NaN is written as Prometheus does, so that no value from
    /// outside is taken for a mark.
    pub(crate) fn push(&mut self, number: u64, value: f64) -> usize {
        self.put(number, if value.is_nan() { NOT_A_NUMBER } else { value })
    }

    /// Marks the end at the time of this number.
    pub(crate) fn finish(&mut self, number: u64) -> usize {
        self.put(number, f64::from_bits(ENDED))
    }

    fn put(&mut self, number: u64, value: f64) -> usize {
        let before = self.values.len();
        while self.end() < number {
            self.values.push_back(f64::from_bits(ABSENT));
        }
        self.values.push_back(value);
        self.values.len() - before
    }

    /// Forgets what lies before the time of this number, and returns how many
    /// places that freed.
    pub(crate) fn shorten(&mut self, first: u64) -> usize {
        let before = self.values.len();
        while let Some(value) = self.values.front()
            && (self.first < first || value.to_bits() == ABSENT)
        {
            self.values.pop_front();
            self.first += 1;
        }
        before - self.values.len()
    }

    /// The value that is believed at this time.
    pub(crate) fn at(&self, timeline: &Timeline, at: i64) -> Option<f64> {
        let (_, value) = self.samples(timeline, at - LOOKBACK, at).next_back()?;
        (value.to_bits() != ENDED).then_some(value)
    }

    /// The values that are later than the first time and not later than the
    /// second; marks are none.
    pub(crate) fn within(
        &self,
        timeline: &Timeline,
        after: i64,
        until: i64,
    ) -> impl DoubleEndedIterator<Item = Sample> {
        self.samples(timeline, after, until).filter(|(_, value)| value.to_bits() != ENDED)
    }

    /// Values and marks.
    fn samples(
        &self,
        timeline: &Timeline,
        after: i64,
        until: i64,
    ) -> impl DoubleEndedIterator<Item = Sample> {
        let from = timeline.after(after).max(self.first);
        let to = timeline.after(until).min(self.end()).max(from);
        let places = (from..to).filter_map(move |number| {
            let value = *self.values.get(index(number, self.first)?)?;
            Some((timeline.time(number)?, value))
        });
        places.filter(|(_, value)| value.to_bits() != ABSENT)
    }
}

fn index(number: u64, first: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(first)?).ok()
}
