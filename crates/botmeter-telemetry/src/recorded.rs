//! What a telemetry has of instruments.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use botmeter_core::{Error, Meter, Registered, instruments, store::Identity};

/// What was registered, and the meter that knows how much of it has series.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) meter: Meter,
    registered: Arc<Mutex<Vec<Registered>>>,
}

impl Recorded {
    pub(crate) fn new(meter: &Meter, registered: Vec<Registered>) -> Self {
        Self { meter: meter.clone(), registered: Arc::new(Mutex::new(registered)) }
    }

    /// All domains until now.
    pub(crate) fn registered(&self) -> MutexGuard<'_, Vec<Registered>> {
        self.registered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a domain, if it can be beside the others and beside what other
    /// libraries have recorded.
    pub(crate) fn add(&self, late: Registered) -> Result<(), Error> {
        for descriptor in &late.instruments {
            let admitted = self.meter.store().admit(Identity::of(descriptor));
            admitted.map_err(|error| {
                Error::new(format!("register the domain {:?}", late.domain)).because(error)
            })?;
        }
        let mut registered = self.registered();
        registered.push(late);
        let checked = instruments(&registered).map(|_| ());
        if checked.is_err() {
            registered.pop();
        }
        checked
    }
}
