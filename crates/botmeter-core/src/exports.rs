//! What a backend reports of its exports.

mod news;

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::{SelfObservation, closed_label, wall};
use news::{Line, News};

closed_label! {
    /// The kinds of backend that export.
    pub enum BackendKind: "backend" {
        /// Pushes to an OTLP receiver.
        Otlp => "otlp",
        /// Answers Prometheus' scrapes.
        Scrape => "scrape",
        /// Prints to standard output.
        Stdout => "stdout",
        /// Exports spans, wherever they go.
        Traces => "traces",
    }
}

closed_label! {
    /// How an export ended.
    pub enum ExportStatus: "status" {
        /// The other side has it.
        Success => "success",
        /// It was not delivered.
        Error => "error",
    }
}

/// Counts a backend's exports, so that an exporter cannot fail in silence.
///
/// Cheap to clone; clones count together. What is reported before the
/// instruments exist is kept and recorded once they do.
#[derive(Clone)]
pub struct Exports(Arc<State>);

struct State {
    backend: BackendKind,
    succeeded: AtomicU64,
    failed: AtomicU64,
    kept: Mutex<Kept>,
    /// Who records them. Not kept alive: it records by way of the backend that
    /// keeps these.
    own: OnceLock<Weak<SelfObservation>>,
}

#[derive(Default)]
struct Kept {
    last: Last,
    news: News,
}

/// What is known of the exports so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// When the last success was.
    pub success: Option<SystemTime>,
    /// What the last export failed with; nothing if it succeeded.
    pub error: Option<String>,
    /// How many exports have failed since the last success.
    pub streak: u64,
}

impl Exports {
    /// No exports yet.
    pub fn new(backend: BackendKind) -> Self {
        Self(Arc::new(State {
            backend,
            succeeded: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            kept: Mutex::default(),
            own: OnceLock::new(),
        }))
    }

    /// Counts an export that arrived. The end of a streak of failures is logged
    /// if the streak was.
    pub fn succeeded(&self, took: Duration) {
        let now = wall::now();
        let (line, own) = {
            let mut kept = self.lock();
            kept.last = Last { success: Some(now), error: None, streak: 0 };
            self.0.succeeded.fetch_add(1, Ordering::Relaxed);
            (kept.news.succeeded(Instant::now()), self.own())
        };
        if let Some(Line { earlier_error, failed_exports }) = line {
            let backend = self.0.backend.as_str();
            tracing::info!(backend, failed_exports, earlier_error, "exports succeed again");
        }
        if let Some(own) = own {
            let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
            own.exports_of(self.0.backend).ended(
                ExportStatus::Success,
                took,
                Some(since_epoch.as_secs_f64()),
            );
        }
    }

    /// Counts an export that did not arrive. The first of a streak is logged,
    /// and another reason, but nothing more often than every ten minutes: what
    /// is left out is said with the next line. Reasons that differ in what they
    /// quote, or in words with a digit, count as one.
    pub fn failed(&self, took: Duration, error: &str) {
        let (line, own) = {
            let Kept { last, news } = &mut *self.lock();
            last.streak += 1;
            last.error = Some(error.to_owned());
            self.0.failed.fetch_add(1, Ordering::Relaxed);
            (news.failed(Instant::now(), error), self.own())
        };
        if let Some(Line { earlier_error, failed_exports }) = line {
            let backend = self.0.backend.as_str();
            let what = match self.0.backend {
                BackendKind::Traces => "spans",
                BackendKind::Otlp | BackendKind::Scrape | BackendKind::Stdout => "metrics",
            };
            // The first failure of all needs no count.
            let failed_exports = (failed_exports > 1).then_some(failed_exports);
            tracing::error!(
                backend,
                error,
                earlier_error,
                failed_exports,
                "failed to export {what}; it goes on trying"
            );
        }
        if let Some(own) = own {
            own.exports_of(self.0.backend).ended(ExportStatus::Error, took, None);
        }
    }

    /// Which kind of backend this is.
    pub fn backend(&self) -> BackendKind {
        self.0.backend
    }

    /// How many exports arrived.
    pub fn success_count(&self) -> u64 {
        self.0.succeeded.load(Ordering::Relaxed)
    }

    /// How many exports did not arrive.
    pub fn failure_count(&self) -> u64 {
        self.0.failed.load(Ordering::Relaxed)
    }

    /// What is known of the last exports.
    pub fn last(&self) -> Last {
        self.lock().last.clone()
    }

    /// Records there from now on and for as long as it lives, exports so far
    /// included.
    pub(crate) fn report_to(&self, own: &Arc<SelfObservation>) {
        // Locked, so that each export either is among these or reports itself.
        let (succeeded, failed) = {
            let _last = self.lock();
            let _already_set = self.0.own.set(Arc::downgrade(own));
            (self.success_count(), self.failure_count())
        };
        own.exports_of(self.0.backend).catch_up(succeeded, failed);
    }

    fn own(&self) -> Option<Arc<SelfObservation>> {
        self.0.own.get()?.upgrade()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Exports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exports")
            .field("backend", &self.0.backend.as_str())
            .field("succeeded", &self.success_count())
            .field("failed", &self.failure_count())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Backend, Bound, Descriptor, Domain, Meter,
        backend::{Labels, Memory},
    };

    /// Has an export in the middle of being told of those so far.
    #[derive(Debug)]
    struct ExportsMeanwhile(Memory, Exports);

    impl Backend for ExportsMeanwhile {
        fn counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<u64> {
            if labels == [("backend", "otlp"), ("status", "error")] {
                self.1.succeeded(Duration::ZERO);
            }
            self.0.counter(descriptor, labels)
        }
    }

    #[test]
    fn no_export_is_forgotten_while_those_so_far_are_told() {
        let (memory, exports) = (Memory::new(), Exports::new(BackendKind::Otlp));
        exports.succeeded(Duration::ZERO);
        let meter = Meter::new(ExportsMeanwhile(memory.clone(), exports.clone()));
        let own = Arc::new(<SelfObservation as Domain>::register(&meter));
        exports.report_to(&own);
        let labels = [("backend", "otlp"), ("status", "success")];
        assert_eq!(exports.success_count(), 2);
        assert_eq!(memory.value("telemetry_exports_total", &labels), Some(2.0));
    }
}
