//! What targets told, as far back as there is room.

mod contents;
mod past;

use std::{
    collections::{BTreeMap, HashMap},
    error, fmt, mem,
    sync::{Arc, Mutex, PoisonError},
};

pub(crate) use contents::{Contents, Stretch};
use past::Past;

use crate::{
    Labels,
    lately::Lately,
    rings::Rings,
    selected::{Asked, Selected},
    series::{Series, Timeline},
};

/// How much a history holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many samples, which take eight bytes each; beyond it, the oldest go.
    pub samples: usize,
    /// How many series may go on at the same time; beyond it, new ones are
    /// refused. Those that have ended stay as long as their samples.
    pub series: usize,
}

/// Where samples come from: a scraped page, or a rule.
///
/// Series of one target share its times, and end when it does not tell of them
/// any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target(usize);

impl Target {
    pub(crate) fn number(self) -> usize {
        self.0
    }
}

/// Samples of the last while, by series.
///
/// Times are milliseconds since 1970, as Prometheus counts them, and come from
/// the caller: nothing here reads a clock. Beyond its [bounds](Bounds), a
/// history forgets the oldest time of any target with all its samples.
///
/// ```
/// use botmeter_window::{Bounds, History, Labels};
///
/// let mut history = History::new(Bounds::default());
/// let bot = history.add_target();
/// let up = Labels::of("up", [("job", "mail"), ("instance", "a:9464")]);
/// assert_eq!(history.append(bot, 15_000, [(up.clone(), 1.0)])?.stored, 1);
/// // The page has lost its only series, which ends here.
/// assert_eq!(history.append(bot, 30_000, [])?.ended, 1);
/// assert!(history.append(bot, 30_000, [(up, 1.0)]).is_err());
/// # Ok::<(), botmeter_window::OutOfOrder>(())
/// ```
#[derive(Debug)]
pub struct History {
    bounds: Bounds,
    targets: Vec<Source>,
    /// By their numbers; a number that is free is given to the next one.
    series: Vec<Option<Series>>,
    free: Vec<usize>,
    numbers: HashMap<Labels, usize>,
    names: BTreeMap<Box<str>, Named>,
    /// How often a series came or went.
    changes: u64,
    samples: usize,
    /// How many series of bots go on.
    open: usize,
    /// For how many samples each series counts.
    weight: usize,
    has_forgotten: bool,
    past: Option<Past>,
    selected: Mutex<Lately<Asked, (u64, Arc<Selected>)>>,
    rings: Option<Rings>,
}

/// The series of one name.
#[derive(Debug, Default)]
struct Named {
    /// In the order in which they came, because sums add up in it, as in
    /// Prometheus, and the last bits depend on it.
    series: Vec<usize>,
    /// When one of them came or went last.
    changed: u64,
}

/// What was made of one reading of a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// How many samples are new.
    pub stored: usize,
    /// How many series ended, because the target told of them no more.
    pub ended: usize,
    /// How many samples were refused: there is no room for their series,
    /// another target tells of it, it has no name, or it was there twice.
    pub refused: usize,
}

/// A target was read at a time that is not later than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfOrder {
    at: i64,
    newest: i64,
}

#[derive(Debug, Default)]
struct Source {
    timeline: Timeline,
    series: Vec<usize>,
    /// The series of the last reading in its order, which is mostly that of
    /// the next one.
    order: Vec<usize>,
    /// Whether its series take none of the room for those that go on.
    is_uncounted: bool,
}

impl Default for Bounds {
    /// 256 MiB of samples, and 100 000 series.
    fn default() -> Self {
        Self { samples: 32 << 20, series: 100_000 }
    }
}

impl History {
    /// Nothing yet.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            targets: Vec::new(),
            series: Vec::new(),
            free: Vec::new(),
            numbers: HashMap::new(),
            names: BTreeMap::new(),
            changes: 0,
            samples: 0,
            open: 0,
            weight: 0,
            has_forgotten: false,
            past: None,
            // A sixteenth of what the samples take.
            selected: Mutex::new(Lately::new(bounds.samples / 2)),
            rings: None,
        }
    }

    /// Lets each series count for so many samples beside its own, because of
    /// its labels: where there are many that last for a short time, they take
    /// more room than the samples.
    #[must_use]
    pub fn weighing_series(mut self, samples: usize) -> Self {
        self.weight = samples;
        if let Some(past) = &mut self.past {
            past.history.weight = samples;
        }
        self
    }

    /// Keeps answers of [`tracks`](Self::tracks) for the next one who asks, in
    /// so many bytes at most, those that were asked for last.
    ///
    /// Answers are the same with and without.
    #[must_use]
    pub fn with_answers(mut self, bytes: usize) -> Self {
        self.rings = Some(Rings::new(bytes));
        self
    }

    pub(crate) fn rings(&self) -> Option<&Rings> {
        self.rings.as_ref()
    }

    /// One more place that samples come from.
    pub fn add_target(&mut self) -> Target {
        self.add_source(false)
    }

    /// The same for what a rule records: its series are few and always have
    /// room, because an alert must not depend on how much the bots tell.
    pub(crate) fn add_rule(&mut self) -> Target {
        self.add_source(true)
    }

    /// The same for what somebody told who is no more: nobody says that its
    /// series have ended, and they would take the room of others for good.
    pub(crate) fn add_bygone(&mut self) -> Target {
        self.add_source(true)
    }

    fn add_source(&mut self, is_uncounted: bool) -> Target {
        self.targets.push(Source { is_uncounted, ..Source::default() });
        if let Some(past) = &mut self.past {
            past.add_target();
        }
        Target(self.targets.len() - 1)
    }

    /// How many samples there are, marks of ends included.
    pub fn samples(&self) -> usize {
        self.samples + self.past.as_ref().map_or(0, |past| past.history.samples())
    }

    /// How many series there are, those that have ended included.
    pub fn series(&self) -> usize {
        self.numbers.len()
    }

    #[cfg(test)]
    fn times(&self) -> usize {
        self.targets.iter().map(|source| source.timeline.len()).sum()
    }

    /// The oldest time that something is known of.
    pub fn oldest(&self) -> Option<i64> {
        self.longer().unwrap_or(self).own_oldest()
    }

    /// The newest time that something is known of.
    pub fn newest(&self) -> Option<i64> {
        self.targets.iter().filter_map(|source| source.timeline.newest()).max()
    }

    fn own_oldest(&self) -> Option<i64> {
        self.targets.iter().filter_map(|source| source.timeline.oldest()).min()
    }

    /// What a target told at a time. Series that it told of before and does
    /// not now have ended; where nothing could be read, all of them, so pass
    /// no samples then.
    ///
    /// # Errors
    ///
    /// If the time is not later than the one before; nothing is changed then.
    pub fn append(
        &mut self,
        target: Target,
        at: i64,
        samples: impl IntoIterator<Item = (Labels, f64)>,
    ) -> Result<Appended, OutOfOrder> {
        let Some(source) = self.targets.get_mut(target.0) else {
            // A target of another history has nothing to say in this one.
            let refused = samples.into_iter().count();
            return Ok(Appended { refused, ..Appended::default() });
        };
        if let Some(newest) = source.timeline.newest().filter(|newest| at <= *newest) {
            return Err(OutOfOrder { at, newest });
        }
        let number = source.timeline.push(at);
        if let Some(rings) = &mut self.rings {
            rings.cut(at);
        }
        let is_due = self.past.as_ref().is_some_and(|past| past.is_due(target, at));
        let mut remembered = Vec::new();
        let mut appended = Appended::default();
        let order = mem::take(&mut source.order);
        let mut expected = order.into_iter();
        let mut order = Vec::with_capacity(expected.len());
        for (labels, value) in samples {
            let own_labels = is_due.then(|| labels.clone());
            let expected = expected.next().filter(|own| self.is_of(*own, &labels));
            let own = expected.or_else(|| self.number(target, number, labels));
            match own.and_then(|own| self.open(target, number, own)) {
                Some(series) => {
                    let places = series.push(number, value);
                    self.samples += places;
                    appended.stored += 1;
                    remembered.extend(own_labels.map(|labels| (labels, value)));
                }
                None => appended.refused += 1,
            }
            order.push(own.unwrap_or(usize::MAX));
        }
        if let Some(source) = self.targets.get_mut(target.0) {
            source.order = order;
        }
        appended.ended = self.finish(target, number);
        if appended.stored + appended.ended == 0
            && let Some(source) = self.targets.get_mut(target.0)
        {
            source.timeline.withdraw();
        }
        self.keep_within();
        if let Some(past) = self.past.as_mut().filter(|_| is_due) {
            past.append(target, at, &remembered);
        }
        Ok(appended)
    }

    /// Whether the series of this number has these very labels.
    fn is_of(&self, own: usize, labels: &Labels) -> bool {
        matches!(self.series.get(own), Some(Some(series)) if series.labels.is(labels))
    }

    /// The number of the series of these labels, which may be new, if there is
    /// room for it.
    fn number(&mut self, target: Target, number: u64, labels: Labels) -> Option<usize> {
        if let Some(known) = self.numbers.get(&labels) {
            return Some(*known);
        }
        if self.is_full(target) {
            return None;
        }
        self.add(Series::new(labels, target.0, number))
    }

    /// The series, if it can take a sample of this number.
    fn open(&mut self, target: Target, number: u64, own: usize) -> Option<&mut Series> {
        let is_full = self.is_full(target);
        let series = self.series.get_mut(own)?.as_mut()?;
        if series.target != target.0 || series.end() > number || (is_full && !series.is_open()) {
            return None;
        }
        let is_uncounted = self.targets.get(target.0)?.is_uncounted;
        self.open += usize::from(!is_uncounted && !series.is_open());
        Some(series)
    }

    /// Whether no further series of the target may begin.
    fn is_full(&self, target: Target) -> bool {
        let is_uncounted = self.targets.get(target.0).is_some_and(|source| source.is_uncounted);
        !is_uncounted && self.open >= self.bounds.series
    }

    /// Labels as a series here has them, so that they are in memory once.
    pub(crate) fn shared(&self, labels: Labels) -> Labels {
        self.numbers.get_key_value(&labels).map_or(labels, |(known, _)| known.clone())
    }

    /// Gives a new series a number, unless it has no name.
    fn add(&mut self, series: Series) -> Option<usize> {
        let name = series.labels.name()?.into();
        let own = self.free.pop().unwrap_or(self.series.len());
        self.targets.get_mut(series.target)?.series.push(own);
        self.changes += 1;
        let named = self.names.entry(name).or_default();
        named.series.push(own);
        named.changed = self.changes;
        self.numbers.insert(series.labels.clone(), own);
        match self.series.get_mut(own) {
            Some(place) => *place = Some(series),
            None => self.series.push(Some(series)),
        }
        Some(own)
    }

    /// Marks the end of all series of the target that have no sample of this
    /// number.
    fn finish(&mut self, target: Target, number: u64) -> usize {
        let mut ended = 0;
        let Some(source) = self.targets.get(target.0) else { return ended };
        for own in &source.series {
            let Some(Some(series)) = self.series.get_mut(*own) else { continue };
            if series.end() <= number && series.is_open() {
                self.samples += series.finish(number);
                ended += 1;
            }
        }
        self.open -= if source.is_uncounted { 0 } else { ended };
        ended
    }

    /// Forgets what there is no room for.
    fn keep_within(&mut self) {
        while self.samples + self.weight * self.series() > self.bounds.samples
            && self.forget_oldest()
        {
            self.has_forgotten = true;
        }
    }

    /// Whether there was something to forget.
    fn forget_oldest(&mut self) -> bool {
        let known = self.targets.iter_mut().filter(|source| source.timeline.oldest().is_some());
        let Some(source) = known.min_by_key(|source| source.timeline.oldest()) else {
            return false;
        };
        source.timeline.shorten();
        let first = source.timeline.first();
        let Self { series: all, free, numbers, names, changes, samples, open, .. } = self;
        source.series.retain(|own| {
            let Some(place) = all.get_mut(*own) else { return false };
            let Some(series) = place else { return false };
            let was_open = series.is_open();
            *samples -= series.shorten(first);
            if series.len() > 0 {
                return true;
            }
            *open -= usize::from(was_open && !source.is_uncounted);
            numbers.remove(&series.labels);
            if let Some(name) = series.labels.name()
                && let Some(named) = names.get_mut(name)
            {
                *changes += 1;
                named.changed = *changes;
                named.series.retain(|other| other != own);
                if named.series.is_empty() {
                    names.remove(name);
                }
            }
            *place = None;
            free.push(*own);
            false
        });
        true
    }

    /// The series of a name, in the order in which they came.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = (&Series, &Timeline)> {
        self.numbers(name).filter_map(|(own, _)| self.numbered(own))
    }

    /// The numbers of the series of a name, with their labels, in the same
    /// order.
    pub(crate) fn numbers(&self, name: &str) -> impl Iterator<Item = (usize, &Labels)> {
        let numbers = self.names.get(name).map_or(&[][..], |named| &named.series);
        numbers.iter().filter_map(|own| Some((*own, &self.numbered(*own)?.0.labels)))
    }

    /// The series of this number, with its times.
    pub(crate) fn numbered(&self, number: usize) -> Option<(&Series, &Timeline)> {
        let series = self.series.get(number)?.as_ref()?;
        Some((series, &self.targets.get(series.target)?.timeline))
    }

    /// The series of a name that are asked for, in groups. It stays the same
    /// until one of that name comes or goes.
    pub(crate) fn selected(&self, name: &str, asked: Asked) -> Arc<Selected> {
        let changed = self.names.get(name).map_or(0, |named| named.changed);
        let lately = || self.selected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((as_of, known)) = lately().get(&asked)
            && as_of == changed
        {
            return known;
        }
        let found = Arc::new(asked.among(self.numbers(name)));
        let weight = asked.weight() + found.weight();
        lately().put(asked, weight, (changed, Arc::clone(&found)));
        found
    }
}

impl fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, newest } = self;
        write!(f, "store samples of {at} ms behind those of {newest} ms: give times that grow")
    }
}

impl error::Error for OutOfOrder {}

#[cfg(test)]
mod tests;
