//! Pages of somebody else on the same server.

use std::{
    fmt,
    sync::{
        Arc, Condvar,
        atomic::{AtomicUsize, Ordering},
    },
    thread::ScopedJoinHandle,
};

use bytes::Bytes;
use http::{Response, request::Parts};

use super::*;
use crate::scrape::Beside;

/// Answers `/slow` once it is let go, `/style` at once, and panics at `/broken`.
#[derive(Default)]
struct Pages {
    is_free: Mutex<bool>,
    freed: Condvar,
    making: AtomicUsize,
    /// How many were made for nobody.
    unwanted: AtomicUsize,
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

impl Pages {
    fn let_go(&self) {
        *self.is_free.lock().unwrap() = true;
        self.freed.notify_all();
    }
}

impl Beside for Pages {
    fn has(&self, path: &str) -> bool {
        path != "/nothing"
    }

    fn at_once(&self, request: &Parts) -> Option<Response<Bytes>> {
        (request.uri.path() == "/style").then(|| Response::new("plain".into()))
    }

    fn answer(&self, request: &Parts, is_wanted: &dyn Fn() -> bool) -> Response<Bytes> {
        let path = request.uri.path();
        assert_ne!(path, "/broken", "on purpose");
        self.making.fetch_add(1, Ordering::SeqCst);
        if path == "/slow" {
            let mut is_free = self.is_free.lock().unwrap();
            while !*is_free && is_wanted() {
                is_free = self.freed.wait_timeout(is_free, Duration::from_millis(5)).unwrap().0;
            }
            self.unwanted.fetch_add(usize::from(!is_wanted()), Ordering::SeqCst);
        }
        self.making.fetch_sub(1, Ordering::SeqCst);
        let query = request.uri.query().unwrap_or_default();
        Response::new(format!("{path} of {} with {query}", request.method).into())
    }
}

fn served() -> (Scrape, SocketAddr, Arc<Pages>, Exports) {
    let (exports, pages) = (Exports::new(BackendKind::Scrape), Arc::new(Pages::default()));
    let settings = ScrapeSettings::Listen(([127, 0, 0, 1], 0).into());
    let beside: Arc<dyn Beside> = Arc::<Pages>::clone(&pages);
    let scrape = Scrape::start_beside(settings, exports.clone(), beside).unwrap();
    let address = scrape.address().unwrap();
    (scrape, address, pages, exports)
}

fn of(address: SocketAddr, line: &str, host: &str) -> String {
    let mut socket = connect(address);
    let request = format!("{line} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    rest(socket)
}

#[test]
fn pages_are_beside_the_metrics_and_never_in_their_place() {
    let (scrape, address, _pages, exports) = served();
    let said = |line| of(address, line, "localhost");
    assert!(said("GET /?a=b").ends_with("\r\n\r\n/ of GET with a=b"));
    let head = said("HEAD /page").to_ascii_lowercase();
    assert!(head.contains("content-length: 19\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(said("GET /healthz").ends_with("\r\n\r\nok\n"));
    assert!(said("GET /metrics").contains("text/plain; version=0.0.4"));
    assert!(said("GET /nothing").contains("the metrics are at /metrics"));
    assert!(said("GET /broken").starts_with("HTTP/1.1 500 "));
    // Pages guard themselves, because they alone know their names.
    assert!(of(address, "GET /", "bots.example").starts_with("HTTP/1.1 200 "));
    for path in ["/metrics", "/healthz", "/nothing"] {
        let refused = of(address, &format!("GET {path}"), "bots.example");
        assert!(refused.starts_with("HTTP/1.1 421 "), "{refused}");
    }
    // Pages are no exports.
    eventually("the scrape counts", || exports.success_count() == 1);
    assert_eq!(exports.failure_count(), 0);
    scrape.shutdown(LONG).unwrap();
}

#[test]
fn a_page_that_takes_long_keeps_no_scraper_waiting() {
    let (scrape, address, pages, exports) = served();
    let answers: Vec<String> = std::thread::scope(|scope| {
        let askers: Vec<_> =
            (0..40).map(|_| scope.spawn(|| of(address, "GET /slow", "localhost"))).collect();
        eventually("pages are made", || pages.making.load(Ordering::SeqCst) == 32);
        eventually("those beyond the queue are sent away", || {
            askers.iter().filter(|asker| asker.is_finished()).count() == 8
        });
        for _ in 0..3 {
            assert!(rest(ask(address)).starts_with("HTTP/1.0 200 "));
        }
        assert!(of(address, "GET /style", "localhost").ends_with("\r\n\r\nplain"));
        assert!(of(address, "HEAD /style", "localhost").contains("content-length: 5\r\n"));
        pages.let_go();
        askers.into_iter().map(ScopedJoinHandle::join).map(Result::unwrap).collect()
    });
    let with = |status: &str| answers.iter().filter(|it| it.contains(status)).count();
    assert_eq!((with("HTTP/1.1 200 "), with("HTTP/1.1 503 ")), (32, 8));
    assert_eq!(pages.unwanted.load(Ordering::SeqCst), 0);
    eventually("the scrapes count", || exports.success_count() == 3);
    scrape.shutdown(LONG).unwrap();
}

#[test]
fn a_page_knows_when_whoever_asked_for_it_has_hung_up() {
    let (scrape, address, pages, _exports) = served();
    let mut socket = connect(address);
    socket.write_all(b"GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    eventually("a page is made", || pages.making.load(Ordering::SeqCst) == 1);
    assert_eq!(pages.unwanted.load(Ordering::SeqCst), 0);
    drop(socket);
    eventually("the page is given up", || pages.unwanted.load(Ordering::SeqCst) == 1);
    scrape.shutdown(LONG).unwrap();
}

#[test]
fn the_end_does_not_wait_for_a_page_beyond_its_deadline() {
    let (scrape, address, pages, _exports) = served();
    let mut socket = connect(address);
    socket.write_all(b"GET /slow HTTP/1.0\r\n\r\n").unwrap();
    eventually("a page is made", || pages.making.load(Ordering::SeqCst) == 1);
    let begin = Instant::now();
    let error = scrape.shutdown(SHORT).unwrap_err().to_string();
    assert!(error.contains("1 answer was cut off"), "{error}");
    assert!(begin.elapsed() < LONG / 2, "{:?}", begin.elapsed());
    pages.let_go();
}
