//! Which series a question is about, found once for as long as it stays so.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    ptr,
};

use botmeter_board::{Part, Selection};

use crate::{Labels, place::Choice};

/// The label that holds the bound of a bucket.
pub(crate) const BOUND: &str = "le";

/// A question for series in groups.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) selection: Selection,
    /// What groups are told apart by.
    pub(crate) keys: Vec<&'static str>,
    /// What the page leaves in; a rule leaves in all.
    pub(crate) choice: Option<Choice>,
}

/// Series by their numbers, and to which group each belongs.
#[derive(Debug)]
pub(crate) struct Selected {
    pub(crate) series: Vec<(u32, u32)>,
    pub(crate) groups: Vec<Labels>,
    /// Which distribution each group is a bucket of, and its bound.
    pub(crate) buckets: Vec<Option<(usize, f64)>>,
    /// The labels of the distributions.
    pub(crate) distributions: Vec<Labels>,
}

impl Asked {
    /// Those of the series that are asked for, in groups.
    pub(crate) fn among<'a>(&'a self, of: impl Iterator<Item = (usize, &'a Labels)>) -> Selected {
        let bound = match self.selection.part {
            Part::Bucket(bound) => Some(bound.to_string()),
            _ => None,
        };
        let bound = bound.as_deref();
        Selected::of(&self.keys, of.filter(|(_, labels)| self.selects(bound, labels)))
    }

    /// How many bytes it takes to remember, about: each choice on a page is
    /// another question.
    pub(crate) fn weight(&self) -> usize {
        let matchers = self.selection.matchers.iter();
        let matchers = matchers.map(|matcher| {
            let texts = matcher.values.iter().map(|text| size_of_val(text) + text.len());
            size_of_val(matcher) + texts.sum::<usize>()
        });
        let choice = self.choice.as_ref().map_or(0, Choice::weight);
        2 * size_of::<Self>() + 16 * self.keys.len() + matchers.sum::<usize>() + choice
    }

    /// Whether a series is selected; of buckets, the one with this bound.
    fn selects(&self, bound: Option<&str>, labels: &Labels) -> bool {
        let matches = self.selection.matchers.iter().all(|matcher| {
            let value = labels.get(matcher.key).unwrap_or_default();
            matcher.values.iter().any(|text| text == value) == matcher.is_wanted
        });
        let is_bucket = bound.is_none() || labels.get(BOUND) == bound;
        let is_left = || self.choice.as_ref().is_none_or(|choice| choice.admits(labels));
        matches && is_bucket && is_left()
    }
}

/// Instruments are statics: another one is at another place.
impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        let (own, others) = (&self.selection, &other.selection);
        ptr::eq(own.instrument, others.instrument)
            && own.part == others.part
            && own.matchers == others.matchers
            && self.keys == other.keys
            && self.choice == other.choice
    }
}

/// Bounds of buckets are numbers.
impl Eq for Asked {}

impl Hash for Asked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        ptr::hash(self.selection.instrument, state);
        self.keys.hash(state);
        self.choice.hash(state);
    }
}

impl Selected {
    /// These series in groups that these labels tell apart.
    pub(crate) fn of<'a>(
        keys: &'a [&'static str],
        of: impl Iterator<Item = (usize, &'a Labels)>,
    ) -> Self {
        let mut places: HashMap<Vec<&str>, usize> = HashMap::new();
        let mut groups = Vec::new();
        let mut last: Option<(&Labels, usize)> = None;
        let series = of.map(|(number, own)| {
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
            // There are fewer of both than this has room for.
            Some((number.try_into().ok()?, place.try_into().ok()?))
        });
        let series = series.flatten().collect();
        let mut selected = Self { series, groups, buckets: Vec::new(), distributions: Vec::new() };
        if keys.contains(&BOUND) {
            selected.find_buckets();
        }
        selected
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

    /// How many bytes it takes with its question, about.
    pub(crate) fn weight(&self) -> usize {
        let labels = self.groups.iter().chain(&self.distributions);
        let labels: usize = labels.map(Labels::weight).sum();
        size_of::<Self>() + self.series.capacity() * 8 + self.buckets.len() * 24 + labels
    }
}
