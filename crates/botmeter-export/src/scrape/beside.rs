//! Pages of somebody else on the server for scrapes.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_LENGTH, request::Parts,
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::page::{PageBody, prose, whole};

/// Pages that a server for scrapes answers beside the metrics, such as the live
/// page of a bot.
///
/// `/metrics` and `/healthz` stay the server's own. What takes long is made on
/// threads that may block, so that it keeps no scraper waiting, for 32 at the
/// same time at most; beyond that, the answer is 503.
///
/// These pages guard themselves: on the loopback, the server answers what is its
/// own under no name that others may own, but it cannot know under which names
/// they are meant to be asked for.
pub trait Beside: fmt::Debug + Send + Sync + 'static {
    /// Whether something is at this path.
    fn has(&self, path: &str) -> bool;

    /// The answer, if it takes no time and waits for nothing: the scrapers wait
    /// meanwhile.
    fn at_once(&self, request: &Parts) -> Option<Response<Bytes>>;

    /// The whole answer, whichever host the request names; for `HEAD` as for
    /// `GET`, whose body is left out. Nobody reads it once it is not wanted any
    /// more, so then it may be anything.
    fn answer(&self, request: &Parts, is_wanted: &dyn Fn() -> bool) -> Response<Bytes>;
}

/// How many may wait for a page: each has one of the connections that scrapers
/// need, and a thread.
const WAITING: usize = 32;

/// Where these pages are asked for.
#[derive(Debug)]
pub(super) struct Annex {
    pages: Arc<dyn Beside>,
    queue: Arc<Semaphore>,
}

impl Annex {
    pub(super) fn new(pages: Arc<dyn Beside>) -> Self {
        Self { pages, queue: Arc::new(Semaphore::new(WAITING)) }
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.pages.has(path)
    }

    pub(super) async fn answer<B>(&self, request: &Request<B>) -> Response<PageBody> {
        let head = head(request);
        if let Some(answer) = self.pages.at_once(&head) {
            return finished(request.method(), answer);
        }
        let Ok(place) = Arc::clone(&self.queue).try_acquire_owned() else {
            let text = "too many ask for this page at once; ask again in a moment\n";
            return prose(request.method(), StatusCode::SERVICE_UNAVAILABLE, text);
        };
        let pages = Arc::clone(&self.pages);
        // Gone with this future, which is dropped when the client hangs up.
        let asker = Arc::new(());
        let waiting = Arc::downgrade(&asker);
        let made = spawn_blocking(move || {
            // Kept until the thread is free again, whoever waits for it.
            let _place = place;
            pages.answer(&head, &|| waiting.strong_count() > 0)
        });
        let made = made.await;
        drop(asker);
        let Ok(answer) = made else {
            let text = "the page could not be made, which is a bug\n";
            return prose(request.method(), StatusCode::INTERNAL_SERVER_ERROR, text);
        };
        finished(request.method(), answer)
    }
}

/// The answer with what the server adds to it.
fn finished(method: &Method, answer: Response<Bytes>) -> Response<PageBody> {
    let length = HeaderValue::from(answer.body().len());
    let is_wanted = method != Method::HEAD;
    let mut answer = answer.map(|body| whole(is_wanted.then_some(body)));
    if answer.status() != StatusCode::NOT_MODIFIED {
        answer.headers_mut().insert(CONTENT_LENGTH, length);
    }
    answer
}

/// The head of a request, without what it was asked with.
fn head<B>(request: &Request<B>) -> Parts {
    let (mut head, ()) = Request::new(()).into_parts();
    head.method = request.method().clone();
    head.uri = request.uri().clone();
    head.version = request.version();
    head.headers = request.headers().clone();
    head
}
