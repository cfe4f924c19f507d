//! The live page in a build without it: there is none.

use botmeter_core::Error;

use crate::{running::Running, settings::Settings};

pub(crate) type Boards = ();

/// There is none.
#[derive(Clone, Debug)]
pub(crate) enum LivePage {}

impl LivePage {
    #[cfg(feature = "scrape")]
    pub(crate) fn pages(&self) -> std::sync::Arc<dyn botmeter_export::scrape::Beside> {
        match *self {}
    }

    pub(crate) fn read(&self, _: &[Running]) -> Result<Option<Running>, Error> {
        match *self {}
    }
}

pub(crate) fn open(_: &Settings, (): Boards) -> Option<LivePage> {
    None
}
