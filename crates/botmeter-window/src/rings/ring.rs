//! The answers to one question.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
};

use crate::{Labels, Row, Track, series::ABSENT};

/// How many answers there are at least, if they were asked for: pages of
/// several lengths share them.
const LEAST: usize = 360;

/// The answers at times that follow each other, known by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    first: i64,
    /// What the answer of each time came from; nothing, where there is none.
    roots: VecDeque<Option<Roots>>,
    /// A value for each time, or its absence, whose bits no value has: what is
    /// computed is quiet where it is no number.
    tracks: BTreeMap<Labels, VecDeque<f64>>,
}

/// How far back an answer looked: times in milliseconds behind which nothing
/// has to be known any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Roots {
    /// In the history itself.
    pub(crate) own: i64,
    /// In what it remembers for longer.
    pub(crate) past: i64,
}

impl Default for Roots {
    /// Nowhere.
    fn default() -> Self {
        Self { own: i64::MAX, past: i64::MAX }
    }
}

impl Ring {
    fn end(&self) -> i64 {
        self.first.saturating_add(signed(self.roots.len()))
    }

    fn place(&self, number: i64) -> Option<usize> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        (place < self.roots.len()).then_some(place)
    }

    /// Makes room for these, and lets others go that are far away.
    pub(crate) fn cover(&mut self, wanted: &Range<i64>) {
        if self.roots.is_empty() || wanted.start > self.end() || wanted.end < self.first {
            *self = Self { first: wanted.start, ..Self::default() };
        }
        let absent = f64::from_bits(ABSENT);
        while self.first > wanted.start {
            self.first -= 1;
            self.roots.push_front(None);
            self.tracks.values_mut().for_each(|values| values.push_front(absent));
        }
        while self.end() < wanted.end {
            self.roots.push_back(None);
            self.tracks.values_mut().for_each(|values| values.push_back(absent));
        }
        let most = usize::try_from(wanted.end - wanted.start).unwrap_or(usize::MAX).max(LEAST);
        if self.roots.len() > most {
            while self.roots.len() > most && self.first < wanted.start {
                self.first += 1;
                self.roots.pop_front();
                for values in self.tracks.values_mut() {
                    values.pop_front();
                }
            }
            self.cut(self.first.saturating_add(signed(most)));
        }
    }

    /// Those that have no answer, or one that stands no more.
    pub(crate) fn missing(&self, wanted: Range<i64>, stands: impl Fn(Roots) -> bool) -> Vec<i64> {
        let is_known = |number: i64| {
            let roots = self.place(number).and_then(|place| *self.roots.get(place)?);
            roots.is_some_and(&stands)
        };
        wanted.filter(|number| !is_known(*number)).collect()
    }

    /// The answer of a time that there is room for.
    pub(crate) fn put(&mut self, number: i64, roots: Roots, rows: Vec<Row>) {
        let Some(place) = self.place(number) else { return };
        let absent = f64::from_bits(ABSENT);
        if self.roots[place].replace(roots).is_some() {
            self.tracks.values_mut().for_each(|values| values[place] = absent);
        }
        let count = self.roots.len();
        for Row { labels, value } in rows {
            let values = self.tracks.entry(labels);
            values.or_insert_with(|| vec![absent; count].into())[place] = value;
        }
    }

    /// The groups that have a value at some of these times.
    pub(crate) fn tracks(&self, wanted: Range<i64>) -> Vec<Track> {
        let (Some(first), Some(last)) = (self.place(wanted.start), self.place(wanted.end - 1))
        else {
            return Vec::new();
        };
        let tracks = self.tracks.iter().map(|(labels, values)| {
            let values = values.range(first..=last);
            let values = values.map(|it| (it.to_bits() != ABSENT).then_some(*it)).collect();
            Track { labels: labels.clone(), values }
        });
        tracks.filter(|track| track.values.iter().any(Option::is_some)).collect()
    }

    /// How many bytes it takes, about.
    pub(crate) fn weight(&self) -> usize {
        let tracks = self.tracks.iter();
        let tracks = tracks.map(|(labels, values)| labels.weight() + 8 * values.capacity() + 64);
        tracks.sum::<usize>() + self.roots.capacity() * size_of::<Option<Roots>>() + 1024
    }

    /// Forgets the answers from this time on.
    pub(crate) fn cut(&mut self, from: i64) {
        let left = usize::try_from(from.saturating_sub(self.first)).unwrap_or(0);
        self.roots.truncate(left);
        self.tracks.values_mut().for_each(|values| values.truncate(left));
        self.drop_empty();
    }

    fn drop_empty(&mut self) {
        self.tracks.retain(|_, values| values.iter().any(|value| value.to_bits() != ABSENT));
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
