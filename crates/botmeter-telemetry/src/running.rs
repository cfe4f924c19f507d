//! A backend that runs.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use botmeter_core::Backend;
use botmeter_export::{BackendKind, Exports, credentials};

use crate::{answer::in_background, settings::Settings};

#[cfg(feature = "scrape")]
pub(crate) use botmeter_export::scrape::Page;
/// There is no page in a build without the scrape backend.
#[cfg(not(feature = "scrape"))]
pub(crate) type Page = std::convert::Infallible;

/// A backend that runs.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    /// How it is called in messages.
    pub(crate) name: &'static str,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) exports: Option<Exports>,
    pub(crate) address: Option<SocketAddr>,
    #[cfg_attr(
        not(feature = "scrape"),
        expect(dead_code, reason = "only the scrape backend has a page")
    )]
    pub(crate) page: Option<Page>,
}

impl Running {
    pub(crate) fn probes(&self) -> bool {
        self.exports.as_ref().is_some_and(|exports| exports.backend() == BackendKind::Otlp)
    }

    /// Pushes at once and says whether it arrived: a wrong address should be
    /// known now, not when the first alert is missing. A failure is logged by
    /// the exports themselves.
    pub(crate) fn probe(&self, settings: &Settings) {
        let Some(otlp) = settings.otlp.clone() else { return };
        let backend = Arc::clone(&self.backend);
        let job = move || backend.flush(otlp.timeout + Duration::from_secs(1)).map(|()| otlp);
        in_background("botmeter-probe", move || {
            if let Ok(otlp) = job() {
                let endpoint = credentials::shown(&otlp.endpoint);
                tracing::info!(endpoint, "the first push of metrics arrived");
            }
        });
    }
}
