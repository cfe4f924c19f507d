//! What could not be recorded, by reason.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use crate::{
    Counter, Descriptor, closed_label,
    label::{ClosedLabel, Each},
    tell,
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
        /// It was recorded after the shutdown of its telemetry, so that
        /// nothing exports it.
        AfterShutdown => "after_shutdown",
    }
}

/// Counts what was dropped; cheap to clone, shared by all handles of a meter.
#[derive(Clone, Default)]
pub(crate) struct Losses(Arc<State>);

/// Whether any telemetry of this process was shut down.
///
/// Every measurement looks here first: one place for all, always at hand. Only
/// once it is set does a measurement look at its own meter.
static HAS_ANY_ENDED: AtomicBool = AtomicBool::new(false);

#[inline]
pub(crate) fn has_any_ended() -> bool {
    HAS_ANY_ENDED.load(Ordering::Relaxed)
}

#[derive(Default)]
struct State {
    has_ended: AtomicBool,
    is_late_known: AtomicBool,
    tally: Arc<Tally>,
}

#[derive(Default)]
struct Tally {
    /// The highest bit is set once losses are reported one by one.
    counts: [AtomicU64; DropReason::ALL.len()],
    reported: OnceLock<Each<DropReason, Counter>>,
}

const REPORTED: u64 = 1 << 63;

impl Losses {
    /// Counts together with these, and does not end with them.
    pub(crate) fn without_end(&self) -> Self {
        let tally = Arc::clone(&self.0.tally);
        Self(Arc::new(State { tally, ..State::default() }))
    }

    /// Nothing that is recorded from now on will be exported.
    pub(crate) fn end(&self) {
        self.0.has_ended.store(true, Ordering::SeqCst);
        HAS_ANY_ENDED.store(true, Ordering::SeqCst);
    }

    /// Counts a measurement if it came after the end. The first one is logged:
    /// a program that makes this mistake makes it for everything that was
    /// still going on.
    #[cold]
    #[inline(never)]
    pub(crate) fn check_late(&self, descriptor: &'static Descriptor) {
        if !self.0.has_ended.load(Ordering::Relaxed) {
            return;
        }
        self.dropped(DropReason::AfterShutdown);
        if !self.0.is_late_known.swap(true, Ordering::Relaxed) {
            tell(|| {
                tracing::warn!(
                    instrument = descriptor.prometheus_name(),
                    "an event came after the shutdown of its telemetry and is not exported, nor \
                     will be any other: keep Telemetry alive until the last bot has ended, and \
                     end guards before `shutdown`"
                );
            });
        }
    }

    /// Kept out of the callers' hot path.
    #[cold]
    #[inline(never)]
    pub(crate) fn dropped(&self, reason: DropReason) {
        let before = self.0.tally.counts[reason.index()].fetch_add(1, Ordering::AcqRel);
        if before & REPORTED != 0
            && let Some(reported) = self.0.tally.reported.get()
        {
            reported[reason].add(1);
        }
    }

    pub(crate) fn count(&self, reason: DropReason) -> u64 {
        self.0.tally.counts[reason.index()].load(Ordering::Relaxed) & !REPORTED
    }

    /// Counts on these from now on, what was dropped before included.
    pub(crate) fn report_to(&self, counters: Each<DropReason, Counter>) {
        let Tally { counts, reported } = &*self.0.tally;
        if reported.set(counters).is_ok()
            && let Some(reported) = reported.get()
        {
            for reason in DropReason::ALL {
                // In one step with reading the count, so that each loss either
                // is in it or reports itself.
                let before = counts[reason.index()].fetch_or(REPORTED, Ordering::AcqRel);
                reported[*reason].add(before);
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

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::{Domain, Meter, SelfObservation, backend::Memory};

    #[test]
    fn no_loss_is_forgotten_or_told_twice_while_those_so_far_are_told() {
        for _ in 0..300 {
            let memory = Memory::new();
            let meter = Meter::new(memory.clone());
            let stop = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        meter.dropped(DropReason::AfterShutdown);
                    }
                });
                while meter.dropped_count(DropReason::AfterShutdown) == 0 {
                    thread::yield_now();
                }
                drop(SelfObservation::register(&meter));
                stop.store(true, Ordering::Relaxed);
            });
            let told = memory.value("telemetry_dropped_total", &[("reason", "after_shutdown")]);
            let counted = meter.dropped_count(DropReason::AfterShutdown);
            assert_eq!(told, Some(counted as f64));
        }
    }
}
