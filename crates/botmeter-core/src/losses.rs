//! What could not be recorded, by reason.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    Counter, closed_label,
    label::{ClosedLabel, Each},
};

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
    }
}

/// Counts what was dropped; cheap to clone, shared by all handles of a meter.
#[derive(Clone, Default)]
pub(crate) struct Losses(Arc<State>);

#[derive(Default)]
struct State {
    counts: [AtomicU64; DropReason::ALL.len()],
    reported: OnceLock<Each<DropReason, Counter>>,
}

impl Losses {
    /// Kept out of the callers' hot path.
    #[cold]
    #[inline(never)]
    pub(crate) fn dropped(&self, reason: DropReason) {
        self.0.counts[reason.index()].fetch_add(1, Ordering::Relaxed);
        if let Some(reported) = self.0.reported.get() {
            reported[reason].add(1);
        }
    }

    pub(crate) fn count(&self, reason: DropReason) -> u64 {
        self.0.counts[reason.index()].load(Ordering::Relaxed)
    }

    /// Counts on these from now on, what was dropped before included.
    pub(crate) fn report_to(&self, counters: Each<DropReason, Counter>) {
        let before: Vec<u64> = DropReason::ALL.iter().map(|reason| self.count(*reason)).collect();
        if self.0.reported.set(counters).is_ok()
            && let Some(reported) = self.0.reported.get()
        {
            for (reason, count) in DropReason::ALL.iter().zip(before) {
                reported[*reason].add(count);
            }
        }
    }
}

impl fmt::Debug for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(DropReason::ALL.iter().map(|reason| (reason.as_str(), self.count(*reason))))
            .finish()
    }
}
