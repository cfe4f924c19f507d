//! What a backend reports of its exports.

use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{SelfObservation, closed_label, wall};

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
    last: Mutex<Last>,
    /// Who records them. Not kept alive: it records by way of the backend that
    /// keeps these.
    own: OnceLock<Weak<SelfObservation>>,
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
            last: Mutex::default(),
            own: OnceLock::new(),
        }))
    }

    /// Counts an export that arrived. A streak of failures that ends here is
    /// logged.
    pub fn succeeded(&self, took: Duration) {
        let now = wall::now();
        let (streak, own) = {
            let mut last = self.lock();
            last.success = Some(now);
            last.error = None;
            self.0.succeeded.fetch_add(1, Ordering::Relaxed);
            (std::mem::take(&mut last.streak), self.own())
        };
        if streak > 0 {
            let backend = self.0.backend.as_str();
            tracing::info!(backend, failed_exports = streak, "exports succeed again");
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

    /// Counts an export that did not arrive. Only the first of a streak is
    /// logged, and whenever the reason changes.
    pub fn failed(&self, took: Duration, error: &str) {
        let (is_news, own) = {
            let mut last = self.lock();
            last.streak += 1;
            let is_news = last.error.as_deref() != Some(error);
            last.error = Some(error.to_owned());
            self.0.failed.fetch_add(1, Ordering::Relaxed);
            (is_news, self.own())
        };
        if is_news {
            let backend = self.0.backend.as_str();
            let what = match self.0.backend {
                BackendKind::Traces => "spans",
                BackendKind::Otlp | BackendKind::Scrape | BackendKind::Stdout => "metrics",
            };
            tracing::error!(backend, error, "failed to export {what}; it goes on trying");
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
        self.lock().clone()
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

    fn lock(&self) -> std::sync::MutexGuard<'_, Last> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
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
