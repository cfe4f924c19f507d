//! Numbers that the SDK reads when it collects.
//!
//! The SDK's own bound counters cost two virtual calls and a walk through what
//! they feed. Here a record is one atomic addition, and the SDK asks for the
//! sums once per export, through its observable instruments.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use opentelemetry::{KeyValue, metrics::AsyncInstrument};

use crate::{Bound, Sink};

/// A number of one series.
pub(super) trait Cell: fmt::Debug + Default + Send + Sync + 'static {
    /// What the SDK reads.
    type Number: Copy;

    fn read(&self) -> Self::Number;
}

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
        Shared<C>: Sink<T>,
    {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { series, by_labels } = &mut *state;
        let at = *by_labels.entry(attributes).or_insert_with_key(|attributes| {
            series.push((attributes.clone(), Arc::default()));
            self.count.fetch_add(1, Ordering::Relaxed);
            series.len() - 1
        });
        Bound::to(Shared(Arc::clone(&series[at].1)))
    }

    /// Tells the SDK every number.
    pub(super) fn observe(&self, observer: &dyn AsyncInstrument<C::Number>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (attributes, cell) in &state.series {
            observer.observe(cell.read(), attributes);
        }
    }
}

/// A handle on a cell.
#[derive(Debug)]
pub(super) struct Shared<C>(Arc<C>);

/// A whole number that grows.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Cell for Count {
    type Number = u64;

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Sink<u64> for Shared<Count> {
    #[inline]
    fn record(&self, n: u64) {
        self.0.0.fetch_add(n, Ordering::Relaxed);
    }
}

/// A whole number that grows and shrinks.
#[derive(Debug, Default)]
pub(super) struct Level(AtomicI64);

impl Cell for Level {
    type Number = i64;

    fn read(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Sink<i64> for Shared<Level> {
    #[inline]
    fn record(&self, n: i64) {
        self.0.0.fetch_add(n, Ordering::Relaxed);
    }
}

/// A number with fractions that grows.
#[derive(Debug, Default)]
pub(super) struct Amount(AtomicU64);

impl Cell for Amount {
    type Number = f64;

    fn read(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

impl Sink<f64> for Shared<Amount> {
    #[inline]
    fn record(&self, x: f64) {
        let add = |bits| Some((f64::from_bits(bits) + x).to_bits());
        // The closure always gives a number, so this always succeeds.
        let _before = self.0.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

/// A number that is set.
#[derive(Debug, Default)]
pub(super) struct Reading(AtomicU64);

impl Cell for Reading {
    type Number = f64;

    fn read(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

impl Sink<f64> for Shared<Reading> {
    #[inline]
    fn record(&self, x: f64) {
        self.0.0.store(x.to_bits(), Ordering::Relaxed);
    }
}
