//! What is answered to whom.

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use super::{
    connection::Connection,
    encoding, host,
    page::{Page, prose},
    press::Press,
    route::Route,
};
use crate::Exports;

/// Answers requests, whichever connection they come from.
#[derive(Debug)]
pub(super) struct Desk {
    press: Press,
    exports: Exports,
    /// Whether nobody but this machine is meant to ask.
    is_local: bool,
}

impl Desk {
    /// Answers with this page what is asked at this address, in tasks of the
    /// current runtime.
    pub(super) fn open(page: Page, address: SocketAddr) -> Arc<Self> {
        let exports = page.exports().clone();
        let is_local = address.ip().to_canonical().is_loopback();
        Arc::new(Self { press: Press::start(page), exports, is_local })
    }

    /// Where it is told what became of the answers.
    pub(super) fn exports(&self) -> &Exports {
        &self.exports
    }

    pub(super) async fn answer<B>(
        &self,
        request: &Request<B>,
        connection: &Connection,
    ) -> Response<Bytes> {
        let (method, route) = (request.method(), Route::of(request.uri().path()));
        let refusal = if self.is_local { host::refusal(request) } else { None };
        let at_once = refusal.or_else(|| route.answer(method));
        connection.asked(at_once.is_none() && method == Method::GET);
        if let Some(answer) = at_once {
            return answer;
        }
        match self.press.order(encoding::takes_gzip(request.headers())).await {
            Ok(rendered) => rendered.answer(method),
            Err(why) => {
                let _was_owed = connection.end(&format!("render the page: {why}"));
                let text = "the page could not be rendered\n";
                prose(&Method::GET, StatusCode::INTERNAL_SERVER_ERROR, text)
            }
        }
    }
}
