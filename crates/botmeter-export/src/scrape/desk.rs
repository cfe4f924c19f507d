//! What is answered to whom.

use std::{net::SocketAddr, sync::Arc};

use botmeter_core::Format;
use http::{Method, Request, Response};

use super::{
    beside::{Annex, Beside},
    connection::{Connection, Wanted},
    format, host,
    page::{Page, PageBody, shown},
    press::Press,
    route::Route,
};
use crate::Exports;

/// Answers requests, whichever connection they come from.
#[derive(Debug)]
pub(super) struct Desk {
    page: Page,
    plain: Press,
    open: Press,
    annex: Option<Annex>,
    /// Whether nobody but this machine is meant to ask.
    is_local: bool,
}

impl Desk {
    /// Answers with this page, and with those beside it, what is asked at this
    /// address.
    pub(super) fn open(
        page: Page,
        beside: Option<Arc<dyn Beside>>,
        address: SocketAddr,
    ) -> Arc<Self> {
        let is_local = address.ip().to_canonical().is_loopback();
        let (plain, open) = (Press::of(Format::Prometheus), Press::of(Format::OpenMetrics));
        let annex = beside.map(Annex::new);
        Arc::new(Self { page, plain, open, annex, is_local })
    }

    /// Where it is told what became of the answers.
    pub(super) fn exports(&self) -> &Exports {
        self.page.exports()
    }

    pub(super) async fn answer<B>(
        &self,
        request: &Request<B>,
        connection: &Connection,
    ) -> Response<PageBody> {
        let (method, path) = (request.method(), request.uri().path());
        let route = Route::of(path);
        let annex = self.annex.as_ref().filter(|annex| !route.is_own() && annex.has(path));
        if let Some(annex) = annex {
            connection.asked(Wanted::Page);
            return annex.answer(request).await;
        }
        let refusal = if self.is_local { host::refusal(request) } else { None };
        let at_once = refusal.or_else(|| route.answer(method));
        let is_scrape = at_once.is_none() && method == Method::GET;
        connection.asked(if is_scrape { Wanted::Metrics } else { Wanted::Word });
        if let Some(answer) = at_once {
            return answer;
        }
        let format = format::wanted(request.headers());
        let press = if format == Format::OpenMetrics { &self.open } else { &self.plain };
        let pieces = press.order(&self.page.store()).await;
        shown(method, request.headers(), pieces, format)
    }
}
