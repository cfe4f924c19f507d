//! What a scrape gets to see.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Instant,
};

use botmeter_core::{Exposition, Format, Store};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY},
};
use http_body::{Body, Frame, SizeHint};

use super::{
    encoding::{Packer, takes_gzip},
    format,
    pieces::Pieces,
};
use crate::Exports;

const PROSE: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// What answers a scrape.
///
/// Cheap to clone, and free of any runtime, so it can be mounted into whatever
/// serves the application's own pages. Here it is axum:
///
/// ```
/// use axum::{Router, body::Body, extract::Request, routing::any};
/// use botmeter_export::{BackendKind, Exports, ScrapeSettings, scrape::Scrape};
///
/// let scrape = Scrape::start(ScrapeSettings::Mounted, Exports::new(BackendKind::Scrape))?;
/// let page = scrape.page();
/// let router: Router = Router::new().route(
///     "/metrics",
///     any(move |request: Request| async move {
///         page.answer(request.method(), request.headers()).map(Body::new)
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
/// No more than 32 KiB of it are made at once, however many series there are.
#[derive(Clone)]
pub struct Page {
    store: Arc<OnceLock<Store>>,
    exports: Exports,
}

impl Page {
    pub(super) fn new(exports: Exports) -> Self {
        Self { store: Arc::default(), exports }
    }

    /// Shows this store, unless it was given one before; returns that.
    pub(super) fn open(&self, store: &Store) -> Store {
        self.store.get_or_init(|| store.clone()).clone()
    }

    /// All series in the text format of Prometheus, version 0.0.4: families
    /// sorted by name, series by labels, buckets by bound.
    pub fn render(&self) -> String {
        let text = |store: &Store| Exposition::new(store, Format::Prometheus).all();
        self.store.get().map(text).unwrap_or_default()
    }

    /// The whole answer to a scrape, wherever it is mounted: the page for
    /// `GET`, its headers for `HEAD`, and 405 for every other method. It is in
    /// the format that the headers ask for, `text/plain` or OpenMetrics, and
    /// packed with gzip if they allow it.
    ///
    /// The page is written while it is taken. One that was asked for with `GET`
    /// counts as an export that succeeded once all of it was taken, and as one
    /// that failed if its body is dropped before.
    pub fn answer(&self, method: &Method, headers: &HeaderMap) -> Response<PageBody> {
        if method != Method::GET && method != Method::HEAD {
            return not_allowed();
        }
        let format = format::wanted(headers);
        let mut answer = shown(method, headers, Pieces::own(&self.store(), format), format);
        if method == Method::GET {
            answer.body_mut().counts = Some((self.exports.clone(), Instant::now()));
        }
        answer
    }

    /// The store that is shown; an empty one if there is none.
    pub(super) fn store(&self) -> Store {
        self.store.get().cloned().unwrap_or_default()
    }

    pub(super) fn exports(&self) -> &Exports {
        &self.exports
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("store", &self.store).finish_non_exhaustive()
    }
}

/// The answer that these pieces are. How long a page is that is made at once is
/// known before.
pub(super) fn shown(
    method: &Method,
    headers: &HeaderMap,
    pieces: Pieces,
    format: Format,
) -> Response<PageBody> {
    let is_packed = takes_gzip(headers);
    let mut rest = Rest { pieces, packer: is_packed.then(Packer::new) };
    let begin = rest.piece();
    let mut answer = Response::new(PageBody::of(begin, rest));
    if method == Method::HEAD {
        let whole = std::mem::replace(answer.body_mut(), PageBody::of(None, Rest::over()));
        if let Some(length) = whole.size_hint().exact() {
            answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
    }
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, format::content_type(format));
    headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    if is_packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    answer
}

/// The body of an answer: the page, which is written while it is taken, or a
/// few words.
#[derive(Debug)]
pub struct PageBody {
    begin: Option<Bytes>,
    rest: Rest,
    /// Whether others may go first before the next piece is made.
    gives_way: bool,
    /// Who is told what became of it.
    counts: Option<(Exports, Instant)>,
}

#[derive(Debug)]
struct Rest {
    pieces: Pieces,
    packer: Option<Packer>,
}

impl Rest {
    fn over() -> Self {
        Self { pieces: Pieces::Over, packer: None }
    }

    /// The next piece; nothing where there is none, as of a page without series.
    fn piece(&mut self) -> Option<Bytes> {
        let piece = self.pieces.next()?;
        let bytes = match &mut self.packer {
            Some(packer) => packer.pack(&piece),
            None => piece.text.clone(),
        };
        (!bytes.is_empty()).then_some(bytes)
    }
}

impl PageBody {
    fn of(begin: Option<Bytes>, rest: Rest) -> Self {
        Self { begin, rest, gives_way: false, counts: None }
    }
}

impl Body for PageBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if std::mem::replace(&mut self.gives_way, false) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let piece = self.begin.take().or_else(|| self.rest.piece());
        self.gives_way = !self.is_end_stream();
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.begin.is_none() && self.rest.pieces.is_over()
    }

    fn size_hint(&self) -> SizeHint {
        if self.rest.pieces.is_over() {
            SizeHint::with_exact(self.begin.as_ref().map_or(0, Bytes::len) as u64)
        } else {
            SizeHint::default()
        }
    }
}

impl Drop for PageBody {
    fn drop(&mut self) {
        if let Some((exports, since)) = self.counts.take() {
            if self.is_end_stream() {
                exports.succeeded(since.elapsed());
            } else {
                exports.failed(since.elapsed(), "the scraper did not take its whole answer");
            }
        }
    }
}

/// The body of a page that is made in whole, or none.
pub(super) fn whole(body: Option<Bytes>) -> PageBody {
    PageBody::of(body.filter(|body| !body.is_empty()), Rest::over())
}

/// A few words for a person who looks.
pub(super) fn prose(method: &Method, status: StatusCode, text: &'static str) -> Response<PageBody> {
    let is_wanted = method != Method::HEAD;
    let body = is_wanted.then(|| Bytes::from_static(text.as_bytes()));
    let mut answer = Response::new(whole(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, PROSE);
    answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    answer
}

/// The answer to a method that changes things.
pub(super) fn not_allowed() -> Response<PageBody> {
    let text = "there is nothing to change here: use GET or HEAD\n";
    let mut answer = prose(&Method::POST, StatusCode::METHOD_NOT_ALLOWED, text);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}
