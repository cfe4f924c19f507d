//! What stands in front of every series: limits are counted here, and what
//! could not be recorded.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use crate::{closed_label, label::ClosedLabel, problem, store::Family};

closed_label! {
    /// Why a measurement or a span was lost.
    pub enum DropReason: "reason" {
        /// It was NaN or infinite.
        NotFinite => "not_finite",
        /// It was below zero and the instrument only grows.
        Negative => "negative",
        /// It could not be: more cached tokens than tokens, for example.
        Implausible => "implausible",
        /// A span ended while as many as may wait waited for their export.
        SpanQueueFull => "span_queue_full",
        /// A span was in an export that failed, or of which a part was
        /// rejected.
        SpanExportFailed => "span_export_failed",
        /// It was recorded after the shutdown of its telemetry, so that
        /// nothing exports it.
        AfterShutdown => "after_shutdown",
    }
}

/// Who is told of losses, surplus and series.
///
/// A trait, because what implements it is made of handles, which stand above.
pub trait Watch: fmt::Debug + Send + Sync + 'static {
    /// So many were dropped for this reason in all.
    fn dropped(&self, reason: DropReason, in_all: u64);
    /// A limit changed a label of an event.
    fn overflowed(&self, name: &str);
    /// So many series has this instrument.
    fn series(&self, name: &str, count: usize);
}

/// Counts what was dropped; cheap to clone, shared by all handles of a meter.
#[derive(Clone, Default)]
pub struct Guards(Arc<State>);

#[derive(Default)]
struct State {
    dropped: [AtomicU64; DropReason::ALL.len()],
    is_late_known: AtomicBool,
    watch: OnceLock<Box<dyn Watch>>,
}

impl Guards {
    /// Counts a measurement that came after the end. The first one is logged:
    /// a program that makes this mistake makes it for everything that was
    /// still going on.
    #[cold]
    pub(crate) fn late(&self, family: &Family) {
        self.dropped(DropReason::AfterShutdown);
        if !self.0.is_late_known.swap(true, Ordering::Relaxed) {
            problem!(
                warn,
                instrument = family.identity().prometheus_name(),
                "an event came after the shutdown of its telemetry and is not exported, nor \
                     will be any other: keep Telemetry alive until the last bot has ended, and \
                     end guards before `shutdown`"
            );
        }
    }

    /// Counts a loss. Kept out of the callers' hot path.
    #[cold]
    #[inline(never)]
    pub fn dropped(&self, reason: DropReason) {
        let in_all = self.0.dropped[reason.index()].fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(watch) = self.0.watch.get() {
            watch.dropped(reason, in_all);
        }
    }

    pub(crate) fn dropped_count(&self, reason: DropReason) -> u64 {
        self.0.dropped[reason.index()].load(Ordering::Relaxed)
    }

    /// A limit changed a label of an event of this instrument.
    #[cold]
    pub(crate) fn overflowed(&self, family: &Family) {
        if let Some(watch) = self.0.watch.get() {
            watch.overflowed(family.identity().name());
        }
    }

    /// So many series has this family now.
    pub(crate) fn series(&self, family: &Family, count: usize) {
        if let Some(watch) = self.0.watch.get() {
            watch.series(family.identity().name(), count);
        }
    }

    /// Tells it from now on, what was before included.
    pub(crate) fn report_to(&self, watch: Box<dyn Watch>, families: &[Arc<Family>]) {
        if self.0.watch.set(watch).is_err() {
            return;
        }
        if let Some(watch) = self.0.watch.get() {
            for reason in DropReason::ALL {
                watch.dropped(*reason, self.dropped_count(*reason));
            }
            for family in families.iter().filter(|family| !family.is_empty()) {
                watch.series(family.identity().name(), family.len());
            }
        }
    }
}

impl fmt::Debug for Guards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = DropReason::ALL.iter();
        f.debug_map()
            .entries(each.map(|reason| (reason.as_str(), self.dropped_count(*reason))))
            .finish()
    }
}
