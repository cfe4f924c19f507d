//! The series of one family, sorted.

use std::{
    borrow::Borrow,
    cmp::Ordering,
    collections::BTreeSet,
    ops::{Bound, ControlFlow},
    sync::{
        PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use super::{
    cell::Cell,
    labels::Labels,
    series::{Birth, HIDDEN, Point, Series},
};

/// Series by their labels.
pub(super) struct Shelf<C> {
    series: RwLock<BTreeSet<Placed<C>>>,
    /// Those that a route shows.
    shown: AtomicUsize,
}

/// How many series are looked at before the first of them is read.
const AHEAD: usize = 32;

struct Placed<C>(Series<C>);

impl<C: Cell> Shelf<C> {
    /// The series of these labels, made if it is new; how many are shown now
    /// if that is one more.
    pub(super) fn bind(
        &self,
        labels: &Labels,
        flags: u8,
        make: impl FnOnce() -> C,
    ) -> (Series<C>, Option<usize>) {
        let known = self.read().get(labels).map(|placed| placed.0.clone());
        let (series, is_new) = match known {
            Some(series) => (series, false),
            None => self.add(labels, flags, make),
        };
        let is_shown = flags & HIDDEN == 0 && (is_new || series.is_hidden() && series.show());
        let count = is_shown.then(|| self.shown());
        (series, count)
    }

    /// The series, and whether it is new: somebody else may have been quicker.
    fn add(&self, labels: &Labels, flags: u8, make: impl FnOnce() -> C) -> (Series<C>, bool) {
        let mut all = self.series.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(placed) = all.get(labels) {
            return (placed.0.clone(), false);
        }
        let series = Series::new(make(), labels, flags);
        all.insert(Placed(series.clone()));
        (series, true)
    }

    /// One more series is shown; how many that are.
    pub(super) fn shown(&self) -> usize {
        self.shown.fetch_add(1, Relaxed) + 1
    }

    pub(super) fn has(&self, labels: &Labels) -> bool {
        self.read().contains(labels)
    }

    pub(super) fn len(&self) -> usize {
        self.shown.load(Relaxed)
    }

    pub(super) fn flag(&self, flag: u8) {
        for placed in self.read().iter() {
            placed.0.flag(flag);
        }
    }

    /// Reads the series that come after these labels, or all, until told to
    /// stop.
    pub(super) fn read_after(
        &self,
        after: Option<&Labels>,
        scratch: &mut Vec<u64>,
        see: &mut dyn FnMut(&Labels, Birth, Point<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let all = self.read();
        let mut rest = all.range::<Labels, _>((start, Bound::Unbounded));
        let mut ahead = Vec::with_capacity(AHEAD);
        loop {
            ahead.extend(rest.by_ref().take(AHEAD).map(|Placed(series)| series));
            // They lie anywhere in memory. Looked at one after the other, and
            // before anything else is done, they come all at once.
            for series in &ahead {
                series.look();
            }
            if ahead.is_empty() {
                return ControlFlow::Continue(());
            }
            for series in ahead.drain(..) {
                if !series.is_hidden() {
                    see(series.labels(), series.birth(), series.cell().read(scratch))?;
                }
            }
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeSet<Placed<C>>> {
        self.series.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> Default for Shelf<C> {
    fn default() -> Self {
        Self { series: RwLock::new(BTreeSet::new()), shown: AtomicUsize::new(0) }
    }
}

impl<C> Borrow<Labels> for Placed<C> {
    fn borrow(&self) -> &Labels {
        self.0.labels()
    }
}

impl<C> Ord for Placed<C> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.labels().cmp(other.0.labels())
    }
}

impl<C> PartialOrd for Placed<C> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<C> PartialEq for Placed<C> {
    fn eq(&self, other: &Self) -> bool {
        self.0.labels() == other.0.labels()
    }
}

impl<C> Eq for Placed<C> {}
