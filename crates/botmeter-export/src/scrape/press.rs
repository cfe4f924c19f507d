//! Pages for all who ask: one for those who ask together.
//!
//! Whoever asks before a page is begun gets that one, and whoever asks later the
//! next: so no page is older than its request. The next one is begun when the
//! one before is made, or soon, because whoever makes its readers wait for a
//! slow one makes them wait for good.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use botmeter_core::{Exposition, Format, Store};
use tokio::time::{Instant, timeout_at};

use super::{
    edition::{Edition, Reader},
    pieces::Pieces,
};

/// How long a page waits at most for the one before it.
const SOON: Duration = Duration::from_millis(40);

/// Where pages of one format are made.
#[derive(Debug)]
pub(super) struct Press {
    format: Format,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The one that was begun last, and when.
    begun: Option<(Arc<Edition>, Instant)>,
    /// The one that whoever asks now gets.
    next: Option<(Arc<Edition>, Exposition)>,
}

impl Press {
    pub(super) fn of(format: Format) -> Self {
        Self { format, state: Mutex::default() }
    }

    /// A page that is begun after this was called.
    pub(super) async fn order(&self, store: &Store) -> Pieces {
        let ((edition, begin), before) = {
            let mut state = self.lock();
            let fresh = || {
                let begin = Exposition::new(store, self.format);
                (Edition::of(begin.clone()), begin)
            };
            let next = state.next.get_or_insert_with(fresh).clone();
            (next, state.begun.clone())
        };
        if let Some((before, begun)) = before {
            let _over_or_soon = timeout_at(begun + SOON, before.over()).await;
        }
        self.lock().begin(&edition);
        Pieces::Shared(Reader::of(edition, begin))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Unless another of its readers has.
    fn begin(&mut self, edition: &Arc<Edition>) {
        if let Some((next, _)) = self.next.take_if(|(next, _)| Arc::ptr_eq(next, edition)) {
            self.begun = Some((next, Instant::now()));
        }
    }
}
