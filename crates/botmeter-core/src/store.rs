//! Every series, once: its identity, its labels and its cell.
//!
//! A handle is a cell of the store, and recording changes the cell. Whoever
//! shows or sends series reads them here, when asked or at an interval, so
//! another route costs no recording anything.

mod alike;
mod cell;
mod exemplar;
mod family;
mod labels;
mod series;
mod shelf;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

pub use alike::Alike;
pub(crate) use cell::{Amount, Cell, Count, Level, MOST, Reading, Spread};
pub(crate) use exemplar::has_source;
pub use exemplar::{Exemplar, SpanIds, set_span_source};
pub(crate) use family::Kept;
pub use family::{Family, Identity};
pub(crate) use labels::apart;
pub use labels::{Label, Labels, pairs};
pub use series::{Birth, Point, births};
pub(crate) use series::{ENDED, HIDDEN, LASTING, Series};

use crate::{Descriptor, Error, wall};
use labels::Pairs;

/// The series of one telemetry, which all of its routes read.
///
/// Cheap to clone; clones are the same store.
#[derive(Clone, Default)]
pub struct Store(Arc<State>);

struct State {
    /// By their names on the page, which is the order of the page.
    families: RwLock<BTreeMap<Arc<str>, Arc<Family>>>,
    pairs: Pairs,
    has_ended: AtomicBool,
    born: u64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            families: RwLock::default(),
            pairs: Pairs::default(),
            has_ended: AtomicBool::new(false),
            born: wall::nanos(),
        }
    }
}

impl Store {
    /// A store without series.
    pub fn new() -> Self {
        Self::default()
    }

    /// When the store was made, in nanoseconds of Unix time.
    pub fn born(&self) -> u64 {
        self.0.born
    }

    /// All families, sorted by their names on the page; those without series
    /// are among them.
    pub fn families(&self) -> Vec<Arc<Family>> {
        self.read().values().map(Arc::clone).collect()
    }

    /// The family of this name on the page, if there is one.
    pub fn family(&self, prometheus_name: &str) -> Option<Arc<Family>> {
        self.read().get(prometheus_name).map(Arc::clone)
    }

    /// The instruments in the order in which they were registered.
    pub fn descriptors(&self) -> Vec<&'static Descriptor> {
        let mut families = self.families();
        families.sort_by_key(|family| family.order());
        families.iter().filter_map(|family| family.identity().descriptor()).collect()
    }

    /// How many series there are that a route shows.
    pub fn len(&self) -> usize {
        self.read().values().map(|family| family.len()).sum()
    }

    /// Whether no route would show anything.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The family of an instrument, made if it is new. Where another
    /// instrument has its name already, nothing can be kept of this one.
    pub(crate) fn describe(&self, descriptor: &'static Descriptor) -> Arc<Family> {
        // A clash was told at the start, or the instrument came later and has
        // a family that nobody reads: recording goes on all the same.
        let identity = Identity::of(descriptor);
        self.admit(identity).unwrap_or_else(|_| Arc::new(Family::new(Identity::of(descriptor), 0)))
    }

    /// The family of this identity, made if it is new.
    ///
    /// # Errors
    ///
    /// When a family of another kind or other buckets has the name.
    pub fn admit(&self, identity: Identity) -> Result<Arc<Family>, Error> {
        let name = Arc::clone(identity.shared_name());
        if let Some(known) = self.family(&name) {
            return known.shared_with(&identity).map(|()| known);
        }
        let mut families = self.0.families.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have been quicker.
        if let Some(known) = families.get(&name) {
            return known.shared_with(&identity).map(|()| Arc::clone(known));
        }
        let family = Arc::new(Family::new(identity, families.len()));
        families.insert(name, Arc::clone(&family));
        Ok(family)
    }

    /// Labels as the store keeps them, each pair once.
    pub fn labels<'a>(&self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Box<Labels> {
        self.0.pairs.labels(pairs)
    }

    /// From now on, whoever records is told that it is too late.
    pub fn end(&self) {
        self.0.has_ended.store(true, Ordering::SeqCst);
        for family in self.families() {
            family.flag(ENDED);
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.0.has_ended.load(Ordering::SeqCst)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<Arc<str>, Arc<Family>>> {
        self.0.families.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("series", &self.len()).finish_non_exhaustive()
    }
}
