//! The trace behind a number: what was going on when it was recorded.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex, OnceLock, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::labels::Labels;
use crate::wall;

/// The ids of a span that is sampled, so that whoever has a number finds the
/// trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanIds {
    /// As in W3C's trace context.
    pub trace_id: [u8; 16],
    /// Of the span itself.
    pub span_id: [u8; 8],
}

/// One measurement, and the span that it was made in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exemplar {
    /// The span.
    pub span: SpanIds,
    /// What was added or observed.
    pub value: f64,
    /// When, in nanoseconds of Unix time.
    pub time: u64,
}

type Source = fn() -> Option<SpanIds>;

static SOURCE: OnceLock<Source> = OnceLock::new();

/// Names the span that is current on this thread and sampled; the first one
/// who tells is asked from then on, for the whole process.
pub fn set_span_source(source: Source) {
    let _is_set_already = SOURCE.set(source);
}

#[inline]
pub(crate) fn has_source() -> bool {
    SOURCE.get().is_some()
}

/// The last exemplar of each series and bucket of one family.
#[derive(Default)]
pub(super) struct Exemplars {
    has_any: AtomicBool,
    by_labels: Mutex<BTreeMap<Box<Labels>, BTreeMap<usize, Exemplar>>>,
}

impl Exemplars {
    /// Notes the current span, if it is sampled. Recording waits for nobody:
    /// while somebody else notes or reads, this one is left out.
    pub(super) fn note(&self, labels: &Labels, bucket: usize, value: f64) {
        let Some(span) = SOURCE.get().and_then(|source| source()) else { return };
        let mut all = match self.by_labels.try_lock() {
            Ok(all) => all,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        self.has_any.store(true, Ordering::Relaxed);
        let exemplar = Exemplar { span, value, time: wall::nanos() };
        match all.get_mut(labels) {
            Some(buckets) => drop(buckets.insert(bucket, exemplar)),
            None => drop(all.insert(labels.into(), BTreeMap::from([(bucket, exemplar)]))),
        }
    }

    /// The exemplars of one series by bucket; a counter's stands at 0.
    pub(super) fn of(&self, labels: &Labels) -> BTreeMap<usize, Exemplar> {
        if !self.has_any.load(Ordering::Relaxed) {
            return BTreeMap::new();
        }
        let all = self.by_labels.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.get(labels).cloned().unwrap_or_default()
    }
}

impl fmt::Debug for Exemplars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exemplars").finish_non_exhaustive()
    }
}
