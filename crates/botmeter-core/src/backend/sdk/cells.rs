//! Cells that the SDK reads when it collects.
//!
//! The SDK's own bound counters cost two virtual calls and a walk through what
//! they feed. Here a record is one atomic addition, and the SDK asks for the
//! sums once per export, through its observable instruments.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use opentelemetry::{KeyValue, metrics::AsyncInstrument};

use crate::{Bound, Sink, backend::numbers::Cell};

/// The cells of one instrument, by their labels.
#[derive(Debug)]
pub(super) struct Cells<C> {
    state: Mutex<State<C>>,
    /// How many series all instruments have.
    count: Arc<AtomicU64>,
}

#[derive(Debug)]
struct State<C> {
    series: Vec<(Vec<KeyValue>, Arc<C>)>,
    by_labels: HashMap<Vec<KeyValue>, usize>,
}

impl<C: Cell> Cells<C> {
    pub(super) fn new(count: &Arc<AtomicU64>) -> Arc<Self> {
        let state = Mutex::new(State { series: Vec::new(), by_labels: HashMap::new() });
        Arc::new(Self { state, count: Arc::clone(count) })
    }

    /// The cell of these labels, at zero if it is new.
    pub(super) fn bind<T>(&self, attributes: Vec<KeyValue>) -> Bound<T>
    where
        T: Copy + 'static,
        C: Sink<T>,
    {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { series, by_labels } = &mut *state;
        let at = *by_labels.entry(attributes).or_insert_with_key(|attributes| {
            series.push((attributes.clone(), Arc::default()));
            self.count.fetch_add(1, Ordering::Relaxed);
            series.len() - 1
        });
        Bound::shared(Arc::clone(&series[at].1))
    }

    /// Tells the SDK every number.
    pub(super) fn observe(&self, observer: &dyn AsyncInstrument<C::Number>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (attributes, cell) in &state.series {
            observer.observe(cell.read(), attributes);
        }
    }
}
