//! One series, and the times that the series of one target share.

use std::{collections::VecDeque, ops::Range};

use crate::Labels;

/// The bits that mark the end of a series; Prometheus' own.
const ENDED: u64 = 0x7ff0_0000_0000_0002;

/// The bits that stand where a series has no sample at a time of its target.
pub(crate) const ABSENT: u64 = 0x7ff0_0000_0000_0003;

/// Any other number that is none.
const NOT_A_NUMBER: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

/// How long a series is believed without a new sample, in milliseconds.
pub(crate) const LOOKBACK: i64 = 5 * 60 * 1000;

/// By which part of itself the room for values grows.
const GROWTH: usize = 16;

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
    /// Where it fell, and the value before, so that the growth over a long
    /// time is found without looking at each of its samples.
    falls: VecDeque<(u64, f64)>,
    /// Where it has no value.
    holes: VecDeque<u64>,
    /// The newest value.
    latest: f64,
}

/// What of a counter's samples tells how much it grew.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Growth {
    pub(crate) first: Sample,
    pub(crate) last: Sample,
    /// How many samples there are.
    pub(crate) count: u64,
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

    /// The numbers of the times that are later than the first and not later
    /// than the second.
    pub(crate) fn numbers(&self, after: i64, until: i64) -> Range<u64> {
        self.after(after)..self.after(until)
    }
}

impl Series {
    pub(crate) fn new(labels: Labels, target: usize, first: u64) -> Self {
        let (values, falls, holes) = (VecDeque::new(), VecDeque::new(), VecDeque::new());
        Self { labels, target, first, values, falls, holes, latest: f64::NAN }
    }

    /// Values, marks included, from the time of this number on.
    pub(crate) fn of(labels: Labels, target: usize, first: u64, values: Vec<f64>) -> Self {
        let mut series = Self::new(labels, target, first);
        for value in values {
            series.add(value);
        }
        series
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

    /// Whether a value, and not a mark, is what it has last.
    pub(crate) fn is_open(&self) -> bool {
        self.values.back().is_some_and(|value| value.to_bits() != ENDED)
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
            self.add(f64::from_bits(ABSENT));
        }
        self.add(value);
        self.values.len() - before
    }

    fn add(&mut self, value: f64) {
        let number = self.end();
        if matches!(value.to_bits(), ABSENT | ENDED) {
            self.holes.push_back(number);
        } else {
            if value < self.latest {
                self.falls.push_back((number, self.latest));
            }
            self.latest = value;
        }
        if self.values.len() == self.values.capacity() {
            // Twice as much room, as otherwise, would be half empty.
            self.values.reserve_exact(self.values.len() / GROWTH + 8);
        }
        self.values.push_back(value);
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
        while self.falls.front().is_some_and(|(number, _)| *number < self.first) {
            self.falls.pop_front();
        }
        while self.holes.front().is_some_and(|number| *number < self.first) {
            self.holes.pop_front();
        }
        before - self.values.len()
    }

    /// The value that is believed at this time.
    pub(crate) fn at(&self, timeline: &Timeline, at: i64) -> Option<f64> {
        let (_, value) =
            self.samples(timeline, &timeline.numbers(at - LOOKBACK, at)).next_back()?;
        (value.to_bits() != ENDED).then_some(value)
    }

    /// The values at these times; marks are none.
    pub(crate) fn within(
        &self,
        timeline: &Timeline,
        numbers: &Range<u64>,
    ) -> impl DoubleEndedIterator<Item = Sample> {
        self.samples(timeline, numbers).filter(|(_, value)| value.to_bits() != ENDED)
    }

    /// Between which samples at these times it grew, and each value from which
    /// it fell there; nothing if there are not two.
    pub(crate) fn growth(
        &self,
        timeline: &Timeline,
        numbers: &Range<u64>,
    ) -> Option<(Growth, impl Iterator<Item = f64>)> {
        let Range { start: from, end: to } = self.known(timeline, numbers);
        let holes = |until: u64| self.holes.partition_point(|hole| *hole < until) as u64;
        let count = (to - from).checked_sub(holes(to) - holes(from)).filter(|count| *count > 1)?;
        let is_there = |number: &u64| self.holes.binary_search(number).is_err();
        let (first, last) = ((from..to).find(is_there)?, (from..to).rev().find(is_there)?);
        let sample = |number| {
            let time = timeline.times.get(index(number, timeline.first)?)?;
            Some((*time, *self.values.get(index(number, self.first)?)?))
        };
        let after = |number: u64| self.falls.partition_point(|(fall, _)| *fall <= number);
        let falls = self.falls.range(after(first)..after(last)).map(|(_, before)| *before);
        Some((Growth { first: sample(first)?, last: sample(last)?, count }, falls))
    }

    /// Those of the numbers that stand for a place here and a time there.
    fn known(&self, timeline: &Timeline, numbers: &Range<u64>) -> Range<u64> {
        let from = numbers.start.max(self.first).max(timeline.first);
        let to = numbers.end.min(self.end()).min(timeline.end());
        if from < to { from..to } else { self.first..self.first }
    }

    /// Values and marks.
    fn samples(
        &self,
        timeline: &Timeline,
        numbers: &Range<u64>,
    ) -> impl DoubleEndedIterator<Item = Sample> {
        let Range { start, end } = self.known(timeline, numbers);
        // Before the first there is nothing.
        let place = |number, first| index(number, first).unwrap_or(0);
        let values = self.values.range(place(start, self.first)..place(end, self.first));
        let times = timeline.times.range(place(start, timeline.first)..place(end, timeline.first));
        let pairs = times.copied().zip(values.copied());
        pairs.filter(|(_, value)| value.to_bits() != ABSENT)
    }
}

fn index(number: u64, first: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(first)?).ok()
}
