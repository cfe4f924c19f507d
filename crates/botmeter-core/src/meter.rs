//! A store with the guards in front of it.

use std::{fmt, sync::Arc};

use crate::{
    Backend, Bridge, Descriptor,
    guards::{DropReason, Guards, Watch},
    label::{Admissions, Limits},
    store::{Family, Store},
};

/// What instruments are bound with: a [`Store`] with the guards in front of it.
///
/// The guards are the limits of open labels and the counts of what was
/// dropped. They stand before every route, so all of them lose the same
/// things, and the loss is counted once. Cloning is cheap, and clones are the
/// same meter.
///
/// The meter of a telemetry ends with it: what is
/// recorded after the shutdown is not exported, so it is counted as dropped,
/// for the reason `after_shutdown`, and the first time there is a warning in
/// the log.
#[derive(Clone)]
pub struct Meter {
    state: Arc<State>,
    guards: Guards,
    is_lasting: bool,
    /// What is bound for label values that a limit changed counts each event
    /// of this instrument.
    surplus_of: Option<&'static str>,
}

struct State {
    store: Store,
    /// Kept for as long as somebody records: they end when they are dropped.
    _backends: Box<[Arc<dyn Backend>]>,
    bridges: Option<Arc<[Arc<dyn Bridge>]>>,
    admissions: Admissions,
}

impl Meter {
    /// A meter that records into the store that this backend reads.
    pub fn new(backend: impl Backend) -> Self {
        Self::of(&[Arc::new(backend)])
    }

    /// A meter that records into one store that all of these backends read.
    pub fn of(backends: &[Arc<dyn Backend>]) -> Self {
        Self::within(backends, Limits::default())
    }

    /// The same with limits of open labels that are not those of their
    /// declarations.
    pub fn within(backends: &[Arc<dyn Backend>], limits: Limits) -> Self {
        let open = |store: Store, backend: &Arc<dyn Backend>| backend.open(&store);
        let store = backends.iter().fold(Store::new(), open);
        let bridges: Vec<_> = backends.iter().filter_map(|backend| backend.bridge()).collect();
        Self::on(store, backends, (!bridges.is_empty()).then(|| bridges.into()), limits)
    }

    fn on(
        store: Store,
        backends: &[Arc<dyn Backend>],
        bridges: Option<Arc<[Arc<dyn Bridge>]>>,
        limits: Limits,
    ) -> Self {
        let admissions = Admissions::within(limits);
        let state = State { store, _backends: backends.into(), bridges, admissions };
        Self {
            state: Arc::new(state),
            guards: Guards::default(),
            is_lasting: false,
            surplus_of: None,
        }
    }

    /// The series that are recorded with it.
    pub fn store(&self) -> &Store {
        &self.state.store
    }

    /// Counts something that an event carried and that cannot be recorded, in
    /// `telemetry_dropped_total`.
    pub fn dropped(&self, reason: DropReason) {
        self.guards.dropped(reason);
    }

    /// How often something was dropped for this reason.
    pub fn dropped_count(&self, reason: DropReason) -> u64 {
        self.guards.dropped_count(reason)
    }

    /// What its open labels have admitted.
    pub(crate) fn admissions(&self) -> &Admissions {
        &self.state.admissions
    }

    /// What counts the losses, without the store.
    #[doc(hidden)]
    pub fn guards(&self) -> &Guards {
        &self.guards
    }

    /// Tells of losses, surplus and series from now on, what was before
    /// included. The first one who asks is told.
    pub fn report_to(&self, watch: impl Watch) {
        self.guards.report_to(Box::new(watch), &self.state.store.families());
    }

    pub(crate) fn bridges(&self) -> Option<Arc<[Arc<dyn Bridge>]>> {
        self.state.bridges.clone()
    }

    /// Whether what is bound with it outlives the end of its telemetry.
    pub(crate) fn is_lasting(&self) -> bool {
        self.is_lasting
    }

    /// This meter for what telemetry tells of itself, which it may do until
    /// the very last export and after it.
    #[must_use]
    pub fn lasting(&self) -> Self {
        Self { is_lasting: true, ..self.clone() }
    }

    /// The same store for what tells of this meter: what it binds is not told
    /// of in turn, and keeps no backend, which may keep what tells.
    #[must_use]
    pub fn unwatched(&self) -> Self {
        let State { store, bridges, admissions, .. } = &*self.state;
        let limits = admissions.limits().clone();
        Self { is_lasting: true, ..Self::on(store.clone(), &[], bridges.clone(), limits) }
    }

    /// This meter for a row whose label values were changed by a limit. An
    /// event touches many instruments and is counted for this one alone.
    pub(crate) fn for_surplus_of(&self, counted: &'static Descriptor) -> Self {
        Self { surplus_of: Some(counted.name()), ..self.clone() }
    }

    /// Whether what it binds of this instrument counts its events as surplus.
    pub(crate) fn has_surplus_of(&self, descriptor: &'static Descriptor) -> bool {
        self.surplus_of == Some(descriptor.name())
    }

    pub(crate) fn describe(&self, descriptor: &'static Descriptor) -> Arc<Family> {
        self.state.store.describe(descriptor)
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter")
            .field("store", &self.state.store)
            .field("guards", &self.guards)
            .finish_non_exhaustive()
    }
}
