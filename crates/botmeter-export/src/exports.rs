//! What a backend reports of its exports.

mod news;

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use botmeter_core::{closed_label, problem, wall};
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

/// Who records what exports come to.
///
/// A trait, because what implements it is made of handles, which stand above.
pub trait Told: Send + Sync {
    /// So many arrived, and so many did not, in all.
    fn counted(&self, succeeded: u64, failed: u64);
    /// One ended now; when it arrived, in seconds of Unix time, if it did.
    fn ended(&self, took: Duration, success_at: Option<f64>);
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
    told: OnceLock<Box<dyn Told>>,
}

#[derive(Default)]
struct Kept {
    last: Last,
    news: News,
}

/// What is known of the exports so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
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
            told: OnceLock::new(),
        }))
    }

    /// Counts an export that arrived. The end of a streak of failures is logged
    /// if the streak was.
    pub fn succeeded(&self, took: Duration) {
        let now = wall::now();
        let line = {
            let mut kept = self.lock();
            kept.last = Last { success: Some(now), error: None, streak: 0 };
            kept.news.succeeded(Instant::now())
        };
        self.0.succeeded.fetch_add(1, Ordering::SeqCst);
        if let Some(Line { earlier_error, failed_exports }) = line {
            let backend = self.0.backend.as_str();
            problem!(
                info,
                backend = backend,
                failed_exports = failed_exports,
                earlier_error = earlier_error,
                "exports succeed again"
            );
        }
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.ended(took, Some(since_epoch.as_secs_f64()));
    }

    /// Counts an export that did not arrive. The first of a streak is logged,
    /// and another reason, but nothing more often than every ten minutes: what
    /// is left out is said with the next line. Reasons that differ in what they
    /// quote, or in words with a digit, count as one.
    pub fn failed(&self, took: Duration, error: &str) {
        let line = {
            let Kept { last, news } = &mut *self.lock();
            last.streak += 1;
            last.error = Some(error.to_owned());
            news.failed(Instant::now(), error)
        };
        self.0.failed.fetch_add(1, Ordering::SeqCst);
        if let Some(Line { earlier_error, failed_exports }) = line {
            let backend = self.0.backend.as_str();
            let what = match self.0.backend {
                BackendKind::Traces => "spans",
                BackendKind::Otlp | BackendKind::Scrape | BackendKind::Stdout => "metrics",
            };
            // The first failure of all needs no count.
            let failed_exports = (failed_exports > 1).then_some(failed_exports);
            problem!(
                error,
                backend = backend,
                error = error,
                earlier_error = earlier_error,
                failed_exports = failed_exports,
                "failed to export {what}; it goes on trying"
            );
        }
        self.ended(took, None);
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

    /// Tells it of exports from now on, those so far included. The first one
    /// who asks is told.
    pub fn report_to(&self, told: Box<dyn Told>) {
        let _already_set = self.0.told.set(told);
        if let Some(told) = self.0.told.get() {
            told.counted(self.success_count(), self.failure_count());
        }
    }

    /// Whoever is told of totals can be told twice, or by two at once.
    fn ended(&self, took: Duration, success_at: Option<f64>) {
        if let Some(told) = self.0.told.get() {
            told.counted(self.success_count(), self.failure_count());
            told.ended(took, success_at);
        }
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

    /// Has an export in the middle of being told of those so far.
    struct ExportsMeanwhile(Exports, Arc<AtomicU64>);

    impl Told for ExportsMeanwhile {
        fn counted(&self, succeeded: u64, _: u64) {
            self.1.fetch_max(succeeded, Ordering::Relaxed);
            if succeeded == 1 {
                self.0.succeeded(Duration::ZERO);
            }
        }

        fn ended(&self, _: Duration, _: Option<f64>) {}
    }

    #[test]
    fn no_export_is_forgotten_while_those_so_far_are_told() {
        let (exports, told) = (Exports::new(BackendKind::Otlp), Arc::default());
        exports.succeeded(Duration::ZERO);
        exports.report_to(Box::new(ExportsMeanwhile(exports.clone(), Arc::clone(&told))));
        assert_eq!((exports.success_count(), told.load(Ordering::Relaxed)), (2, 2));
    }
}
