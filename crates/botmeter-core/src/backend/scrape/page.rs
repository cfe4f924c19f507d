//! What a scrape gets to see.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY},
};
use metrics_exporter_prometheus::PrometheusHandle;

use super::{encoding, exposition, families::Families};
use crate::Exports;

/// The text format of Prometheus, which every version of it reads.
const EXPOSITION: HeaderValue =
    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const PROSE: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// What answers a scrape.
///
/// Cheap to clone, and free of any runtime, so it can be mounted into whatever
/// serves the application's own pages. Here it is axum:
///
/// ```
/// use axum::{Router, body::Body, extract::Request, routing::any};
/// use botmeter_core::{
///     BackendKind, Exports,
///     backend::scrape::{Scrape, Settings},
/// };
///
/// let settings = Settings { serve: false, ..Settings::default() };
/// let scrape = Scrape::start(settings, &[], Exports::new(BackendKind::Scrape))?;
/// let page = scrape.page();
/// let router: Router = Router::new().route(
///     "/metrics",
///     any(move |request: Request| async move {
///         page.answer(request.method(), request.headers()).map(Body::from)
///     }),
/// );
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async move {
/// # use tower::ServiceExt;
/// # for (method, status) in [("GET", 200), ("HEAD", 200), ("POST", 405)] {
/// #     let request = Request::builder().method(method).uri("/metrics").body(Body::empty())?;
/// #     let answer = router.clone().oneshot(request).await?;
/// #     assert_eq!(answer.status(), status);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Ten thousand counters and a thousand histograms take some 35 ms to write
/// down. A program that has more, and where others wait for the same thread,
/// answers on one that may block, as with `tokio::task::spawn_blocking`.
#[derive(Clone, Debug)]
pub struct Page {
    handle: PrometheusHandle,
    families: Arc<Families>,
    exports: Exports,
}

impl Page {
    pub(super) fn new(handle: PrometheusHandle, families: Arc<Families>, exports: Exports) -> Self {
        Self { handle, families, exports }
    }

    /// All series in the text format of Prometheus, version 0.0.4: families
    /// sorted by name, series by labels, buckets by bound.
    pub fn render(&self) -> String {
        let untidy = self.handle.render();
        exposition::tidy(&untidy, &self.families.ours().written())
    }

    /// The whole answer to a scrape, wherever it is mounted: the page for
    /// `GET` and `HEAD`, packed with gzip if the headers allow it, and 405 for
    /// every other method. A page that was asked for with `GET` counts as an
    /// export that succeeded.
    pub fn answer(&self, method: &Method, headers: &HeaderMap) -> Response<Bytes> {
        let started = Instant::now();
        if method != Method::GET && method != Method::HEAD {
            return not_allowed();
        }
        let plain = self.rendered();
        let rendered = if encoding::takes_gzip(headers) { plain.packed() } else { plain };
        if method == Method::GET {
            self.exports.succeeded(started.elapsed());
        }
        rendered.answer(method)
    }

    pub(super) fn rendered(&self) -> Rendered {
        Rendered { bytes: Bytes::from(self.render()), is_packed: false }
    }

    pub(super) fn exports(&self) -> &Exports {
        &self.exports
    }
}

/// The page as it is sent. Clones share its bytes.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    bytes: Bytes,
    is_packed: bool,
}

impl Rendered {
    /// The same with gzip.
    pub(super) fn packed(self) -> Self {
        match encoding::gzip(&self.bytes) {
            Some(packed) => Self { bytes: Bytes::from(packed), is_packed: true },
            None => self,
        }
    }

    /// The answer, without the page if that was not asked for.
    pub(super) fn answer(self, method: &Method) -> Response<Bytes> {
        let mut answer = Response::new(Bytes::new());
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, EXPOSITION);
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(self.bytes.len()));
        if self.is_packed {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if method == Method::GET {
            *answer.body_mut() = self.bytes;
        }
        answer
    }
}

/// A few words for a person who looks.
pub(super) fn prose(method: &Method, status: StatusCode, text: &'static str) -> Response<Bytes> {
    let is_wanted = method != Method::HEAD;
    let body = if is_wanted { Bytes::from_static(text.as_bytes()) } else { Bytes::new() };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, PROSE);
    answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    answer
}

/// The answer to a method that changes things.
pub(super) fn not_allowed() -> Response<Bytes> {
    let text = "there is nothing to change here: use GET or HEAD\n";
    let mut answer = prose(&Method::POST, StatusCode::METHOD_NOT_ALLOWED, text);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}
