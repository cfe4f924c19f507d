//! A backend with the guards in front of it.

use std::{
    any::TypeId,
    collections::{HashMap, HashSet},
    fmt,
    hash::{Hash, Hasher},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use rustc_hash::FxHasher;

use crate::{
    Backend, Bound, Descriptor, Sink,
    backend::Labels,
    label::{Label, OpenValues},
    losses::{DropReason, Losses},
    self_observation::Observer,
};

/// What instruments are bound with: a backend with the guards in front of it.
///
/// The guards are the limits of open labels and the counts of what was
/// dropped. They stand before every backend, so both routes lose the same
/// things, and the loss is counted once. Cloning is cheap, and clones are the
/// same meter.
///
/// The meter of a [`Telemetry`](crate::Telemetry) ends with it: what is
/// recorded after the shutdown is not exported, so it is counted as dropped,
/// for the reason `after_shutdown`, and the first time there is a warning in
/// the log.
#[derive(Clone)]
pub struct Meter {
    state: Arc<State>,
    losses: Losses,
    /// What is bound for label values that a limit changed counts each event
    /// of this instrument.
    surplus_of: Option<&'static str>,
}

struct State {
    backend: Arc<dyn Backend>,
    open_values: Mutex<HashMap<TypeId, Arc<OpenValues>>>,
    series: Mutex<HashMap<&'static str, HashSet<u64>>>,
    observer: OnceLock<Observer>,
}

impl Meter {
    /// A meter that records into this backend.
    pub fn new(backend: impl Backend) -> Self {
        Self::shared(Arc::new(backend))
    }

    /// A meter that records into a backend that others hold, too.
    pub fn shared(backend: Arc<dyn Backend>) -> Self {
        Self {
            state: Arc::new(State {
                backend,
                open_values: Mutex::default(),
                series: Mutex::default(),
                observer: OnceLock::new(),
            }),
            losses: Losses::default(),
            surplus_of: None,
        }
    }

    /// Counts something that an event carried and that cannot be recorded, in
    /// `telemetry_dropped_total`.
    pub fn dropped(&self, reason: DropReason) {
        self.losses.dropped(reason);
    }

    /// How often something was dropped for this reason.
    pub fn dropped_count(&self, reason: DropReason) -> u64 {
        self.losses.count(reason)
    }

    /// The texts admitted for an open label. Part of
    /// [`open_label!`](crate::open_label).
    #[doc(hidden)]
    pub fn open_values<L: Label>(&self, limit: usize) -> Arc<OpenValues> {
        let mut known = lock(&self.state.open_values);
        Arc::clone(
            known.entry(TypeId::of::<L>()).or_insert_with(|| OpenValues::new(L::INFO.key(), limit)),
        )
    }

    pub(crate) fn backend(&self) -> &dyn Backend {
        self.state.backend.as_ref()
    }

    pub(crate) fn losses(&self) -> Losses {
        self.losses.clone()
    }

    /// Nothing that is recorded with this meter from now on will be exported.
    pub(crate) fn end(&self) {
        self.losses.end();
    }

    /// This meter for what telemetry tells of itself, which it may do until
    /// the very last export and after it.
    pub(crate) fn without_end(&self) -> Self {
        Self { losses: self.losses.without_end(), ..self.clone() }
    }

    /// This meter for a row whose label values were changed by a limit. An
    /// event touches many instruments and is counted for this one alone.
    pub(crate) fn for_surplus_of(&self, counted: &'static Descriptor) -> Self {
        Self { surplus_of: Some(counted.name()), ..self.clone() }
    }

    /// The same sink, which also counts, if a limit has changed the label
    /// values of its series.
    pub(crate) fn counting_surplus<T: Copy + 'static>(
        &self,
        bound: Bound<T>,
        descriptor: &'static Descriptor,
        is_changed: bool,
    ) -> Bound<T> {
        if is_changed || self.surplus_of == Some(descriptor.name()) {
            Bound::to(Surplus { bound, meter: self.clone(), descriptor })
        } else {
            bound
        }
    }

    pub(crate) fn describe(&self, descriptor: &'static Descriptor) {
        self.state.backend.describe(descriptor);
    }

    /// An event of this instrument had label values that a limit changed.
    #[cold]
    fn overflowed(&self, descriptor: &'static Descriptor) {
        if let Some(observer) = self.state.observer.get() {
            observer.overflowed(descriptor);
        }
    }

    /// Counts the series of each instrument; one that is bound again is not
    /// new.
    pub(crate) fn new_series(&self, descriptor: &'static Descriptor, labels: Labels<'_>) {
        let mut hasher = FxHasher::default();
        labels.hash(&mut hasher);
        let is_new = {
            let mut series = lock(&self.state.series);
            series.entry(descriptor.name()).or_default().insert(hasher.finish())
        };
        if is_new {
            self.tell_series(descriptor.name());
        }
    }

    /// How many label sets this instrument has.
    pub(crate) fn series_count(&self, descriptor: &Descriptor) -> usize {
        self.count_of(descriptor.name())
    }

    fn count_of(&self, name: &'static str) -> usize {
        lock(&self.state.series).get(name).map_or(0, HashSet::len)
    }

    /// Tells how many series there are, and again if that is not true any more:
    /// another thread may have told of more before.
    fn tell_series(&self, name: &'static str) {
        let Some(observer) = self.state.observer.get() else { return };
        let mut told = None;
        loop {
            let count = self.count_of(name);
            if told == Some(count) {
                return;
            }
            // Without the lock: it calls the backend.
            observer.series(name, count);
            told = Some(count);
        }
    }

    /// Reports losses and series counts from now on, those so far included.
    pub(crate) fn observe(&self) {
        // A meter of its own: what it binds is neither reported nor does it
        // keep this meter alive.
        let meter = Self::shared(Arc::clone(&self.state.backend));
        let observer = Observer::new(&meter);
        self.losses.report_to(observer.dropped());
        if self.state.observer.set(observer).is_err() {
            return;
        }
        let names: Vec<&'static str> = lock(&self.state.series).keys().copied().collect();
        for name in names {
            self.tell_series(name);
        }
    }
}

/// Counts each measurement of a series that stands for more than one set of
/// label values.
#[derive(Debug)]
struct Surplus<B> {
    bound: B,
    meter: Meter,
    descriptor: &'static Descriptor,
}

impl<T: Copy + 'static> Sink<T> for Surplus<Bound<T>> {
    fn record(&self, value: T) {
        self.bound.record(value);
        self.meter.overflowed(self.descriptor);
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter")
            .field("backend", &self.state.backend)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Condvar, Mutex},
        thread,
        time::Duration,
    };

    use super::*;
    use crate::{Bound, Counter, Domain, Instrument, SelfObservation, Sink, Unit, open_label};

    open_label! {
        /// Something that has a name.
        struct Tool: "tool", limit 100;
    }

    static CALLS: Instrument<Counter, (Tool,)> =
        Instrument::counter("meter.calls", Unit::of("{call}"), "Calls of a tool.");

    /// How many series there are of the instrument above, as it was told last.
    /// The thread that tells of one is held up until another tells of two.
    #[derive(Clone, Debug, Default)]
    struct HoldsOneUp(Arc<(Mutex<Vec<f64>>, Condvar)>);

    impl Sink<f64> for HoldsOneUp {
        fn record(&self, count: f64) {
            let (told, changed) = &*self.0;
            if count.total_cmp(&1.0).is_eq() {
                let has_two = |told: &mut Vec<f64>| told.is_empty();
                let told = told.lock().unwrap();
                let mut told =
                    changed.wait_timeout_while(told, Duration::from_secs(20), has_two).unwrap().0;
                told.push(count);
            } else {
                told.lock().unwrap().push(count);
            }
            changed.notify_all();
        }
    }

    impl Backend for HoldsOneUp {
        fn gauge(&self, _: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
            match labels {
                [("instrument", "meter.calls")] => Bound::to(self.clone()),
                _ => Bound::discard(),
            }
        }
    }

    #[test]
    fn the_number_of_series_that_is_told_last_is_that_of_all() {
        let backend = HoldsOneUp::default();
        let meter = Meter::new(backend.clone());
        let _own = SelfObservation::register(&meter);
        thread::scope(|scope| {
            scope.spawn(|| CALLS.bind(&meter, ("first",)));
            while meter.series_count(CALLS.descriptor()) == 0 {
                thread::yield_now();
            }
            CALLS.bind(&meter, ("second",));
        });
        let told = backend.0.0.lock().unwrap();
        assert_eq!(told.last().copied(), Some(2.0), "{told:?}");
    }
}
