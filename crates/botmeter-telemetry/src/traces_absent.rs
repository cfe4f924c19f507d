//! There are no spans in a build without the feature `traces`.

use std::{convert::Infallible, sync::Arc};

use botmeter_core::{Error, Meter};

use crate::{
    environment::Environment, running::Running, self_observation::SelfObservation,
    settings::Settings,
};

/// A program cannot say anything about its spans.
#[derive(Debug, Default)]
pub(super) struct Wiring(());

impl Wiring {
    #[expect(clippy::unused_self, reason = "with the feature, it depends")]
    pub(super) fn is_there(&self) -> bool {
        false
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        clippy::needless_pass_by_ref_mut,
        reason = "with the feature, a subscriber may have to be installed"
    )]
    pub(super) fn install(&mut self, _: &Environment) -> Result<(), Error> {
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "with the feature, there may be something to close")]
    pub(super) fn close(&self) {}
}

pub(super) struct Prepared(Infallible);

pub(super) fn prepare(settings: &Settings, _: &Wiring) -> Result<Option<Prepared>, Error> {
    if settings.traces.is_none() {
        return Ok(None);
    }
    Err(Error::bad_setting(
        "export spans: this build does not; enable the feature `traces` of the botmeter crate \
         that you depend on, or choose OTEL_TRACES_EXPORTER=none",
    ))
}

impl Prepared {
    pub(super) fn open(self, _: &Meter, _: &Arc<SelfObservation>) -> Result<Running, Error> {
        match self.0 {}
    }
}
