//! The page: what was read, and the answers to requests.

use std::{fmt, sync::Arc};

use botmeter_board::Board;
use botmeter_core::Error;
use botmeter_export::{Resource, scrape::Beside};
use botmeter_live::{Bots, Hosts, Moments, Site};
use bytes::Bytes;
use http::{Response, request::Parts};

use super::reader::Reader;
use crate::{running::Running, settings::LiveSettings};

/// The live page of a program.
///
/// Cheap to clone, and free of any runtime, so it can be mounted into whatever
/// serves the program's own pages; with the feature `axum`, `live_route` does
/// that. Whatever it leads to is beside it, so a place whose path ends with a
/// slash is enough for all of it:
///
/// ```
/// use botmeter_telemetry::Telemetry;
/// # use botmeter_telemetry::Environment;
/// use http::Request;
///
/// let builder = Telemetry::builder("my-bot").scrape_mounted().live([botmeter_llm::board::board()]);
/// # let builder = builder.environment(Environment::default());
/// let (telemetry, ()) = builder.start::<()>()?;
/// let live = telemetry.live().ok_or("it was asked for")?;
///
/// // In a server that was asked for `/live/…`, without that:
/// let request = Request::get("/style.css").header("host", "localhost").body(())?;
/// let answer = live.answer(&request.into_parts().0);
/// assert_eq!(answer.status(), 200);
/// # telemetry.end();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct LivePage(Arc<Inner>);

struct Inner {
    bots: Arc<Bots>,
    site: Site,
    settings: LiveSettings,
}

impl LivePage {
    pub(super) fn open(resource: &Resource, settings: &LiveSettings, boards: Vec<Board>) -> Self {
        // As a push would be labelled, and a scrape usually is.
        let own = (resource.service_name.clone(), resource.instance_id.clone());
        let LiveSettings { interval, memory, hosts } = settings;
        let now = Moments::after(None).now();
        let bots = Arc::new(Bots::new(boards, [own], *memory, *interval, now));
        let site = Site::new(Arc::clone(&bots), Hosts::named(hosts)).one_at_a_time();
        Self(Arc::new(Inner { bots, site, settings: settings.clone() }))
    }

    /// The whole answer, with the body for `HEAD` as well, which a server
    /// leaves out.
    ///
    /// It is drawn for the one who asks, which takes as long as a second where
    /// there are thousands of series: ask on a thread that may block. One is
    /// drawn at a time; where 32 wait already, the answer is 503. Only `GET` and
    /// `HEAD` are answered, and only under addresses, `localhost` and names that
    /// end in `.localhost`, `host.docker.internal` and
    /// `host.containers.internal`, and the names that were
    /// [allowed](super::Live::allow_host).
    ///
    /// That keeps web pages of others out, and nobody else: whoever reaches the
    /// program's own server may see this page, unless that server asks for a
    /// password.
    pub fn answer(&self, request: &Parts) -> Response<Bytes> {
        self.0.site.answer(request)
    }

    /// The same for a server that asks here.
    pub(crate) fn pages(&self) -> Arc<dyn Beside> {
        Arc::new(self.clone())
    }

    /// Reads the page for scrapes of what runs from now on, until the end.
    pub(crate) fn read(&self, running: &[Running]) -> Result<Option<Running>, Error> {
        let Inner { bots, settings, .. } = &*self.0;
        let Some(page) = running.iter().find_map(|running| running.page.clone()) else {
            return Ok(None);
        };
        let reader = Reader::start(Arc::clone(bots), page, settings.interval)?;
        let (name, backend) = ("live", Arc::new(reader));
        Ok(Some(Running { name, backend, exports: None, address: None, page: None }))
    }
}

impl Beside for LivePage {
    fn has(&self, path: &str) -> bool {
        self.0.site.has(path)
    }

    fn at_once(&self, request: &Parts) -> Option<Response<Bytes>> {
        self.0.site.at_once(request)
    }

    fn answer(&self, request: &Parts, is_wanted: &dyn Fn() -> bool) -> Response<Bytes> {
        self.0.site.answer_while(request, is_wanted)
    }
}

impl fmt::Debug for LivePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LivePage").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
