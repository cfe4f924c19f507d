//! What is answered to whom.

use std::{net::SocketAddr, sync::Arc};

use botmeter_core::Format;
use http::{Method, Request, Response};

use super::{
    connection::Connection,
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
    /// Whether nobody but this machine is meant to ask.
    is_local: bool,
}

impl Desk {
    /// Answers with this page what is asked at this address.
    pub(super) fn open(page: Page, address: SocketAddr) -> Arc<Self> {
        let is_local = address.ip().to_canonical().is_loopback();
        let (plain, open) = (Press::of(Format::Prometheus), Press::of(Format::OpenMetrics));
        Arc::new(Self { page, plain, open, is_local })
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
        let (method, route) = (request.method(), Route::of(request.uri().path()));
        let refusal = if self.is_local { host::refusal(request) } else { None };
        let at_once = refusal.or_else(|| route.answer(method));
        connection.asked(at_once.is_none() && method == Method::GET);
        if let Some(answer) = at_once {
            return answer;
        }
        let format = format::wanted(request.headers());
        let press = if format == Format::OpenMetrics { &self.open } else { &self.plain };
        let pieces = press.order(&self.page.store()).await;
        shown(method, request.headers(), pieces, format)
    }
}
