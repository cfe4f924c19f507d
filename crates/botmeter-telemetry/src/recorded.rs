//! What a telemetry has of instruments.

use std::sync::Arc;

use botmeter_core::{Meter, Registered};

/// What was registered, and the meter that knows how much of it has series.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) meter: Meter,
    pub(crate) registered: Arc<[Registered]>,
}

impl Recorded {
    pub(crate) fn new(meter: &Meter, registered: Vec<Registered>) -> Self {
        Self { meter: meter.clone(), registered: registered.into() }
    }
}
