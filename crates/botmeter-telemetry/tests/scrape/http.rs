//! What a client may ask and what it gets.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::Shutdown,
    sync::atomic::{AtomicBool, Ordering},
    thread::ScopedJoinHandle,
};

use botmeter_core::Meter;
use flate2::read::GzDecoder;

use crate::{CALLS, DURATION, Status, record, started};
use witness::scraper::{Reply, ask, connect, eventually, get};

const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";

#[test]
fn the_metrics_come_with_their_type() {
    let (scrape, exports) = started();
    record(&Meter::new(scrape.clone()));
    let reply = get(scrape.address().unwrap(), "/metrics?module=any");
    assert_eq!(reply.status(), "HTTP/1.1 200 OK");
    assert_eq!(reply.header("content-type"), Some(EXPOSITION));
    assert_eq!(reply.header("content-encoding"), None);
    assert_eq!(reply.header("vary"), Some("accept, accept-encoding"));
    assert_eq!(reply.header("content-length"), Some(reply.body.len().to_string().as_str()));
    assert_eq!(reply.text(), scrape.page().render());
    eventually("the report", || exports.success_count() == 1);
    assert_eq!(exports.failure_count(), 0);
}

#[test]
fn gzip_is_used_where_it_is_wanted() {
    let (scrape, _) = started();
    record(&Meter::new(scrape.clone()));
    let address = scrape.address().unwrap();
    let reply = ask(address, "GET", "/metrics", "Accept-Encoding: deflate, gzip;q=0.8\r\n");
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    assert_eq!(reply.header("content-type"), Some(EXPOSITION));
    let mut text = String::new();
    GzDecoder::new(reply.body.as_slice()).read_to_string(&mut text).unwrap();
    assert_eq!(text, scrape.page().render());
    assert!(reply.body.len() < text.len() / 2);
    let reply = ask(address, "GET", "/metrics", "Accept-Encoding: gzip;q=0\r\n");
    assert_eq!(reply.header("content-encoding"), None);
    assert_eq!(reply.text(), text);
}

#[test]
fn head_has_the_headers_alone() {
    let (scrape, exports) = started();
    record(&Meter::new(scrape.clone()));
    let address = scrape.address().unwrap();
    for path in ["/metrics", "/healthz", "/", "/nowhere"] {
        let (head, whole) = (ask(address, "HEAD", path, ""), get(address, path));
        assert_eq!(head.body, b"", "{path}");
        for header in ["content-type", "content-length"] {
            assert_eq!(head.header(header), whole.header(header), "{header} of {path}");
            assert!(head.header(header).is_some(), "{header} of {path}");
        }
        assert_eq!(head.status(), whole.status());
    }
    eventually("the report of the one scrape", || exports.success_count() == 1);
}

#[test]
fn other_paths_say_where_the_metrics_are() {
    let (scrape, exports) = started();
    let address = scrape.address().unwrap();
    let replies = [
        ("/healthz", "HTTP/1.1 200 OK", "ok\n"),
        ("/", "HTTP/1.1 200 OK", "the metrics are at /metrics, a sign of life is at /healthz\n"),
        (
            "/metrics/",
            "HTTP/1.1 404 Not Found",
            "there is nothing here; the metrics are at /metrics\n",
        ),
        (
            "/favicon.ico",
            "HTTP/1.1 404 Not Found",
            "there is nothing here; the metrics are at /metrics\n",
        ),
    ];
    for (path, status, text) in replies {
        let reply = get(address, path);
        assert_eq!((reply.status(), reply.text()), (status, text), "{path}");
        assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    }
    assert_eq!(exports.success_count(), 0, "none of it is an export");
}

#[test]
fn nothing_can_be_changed() {
    let (scrape, exports) = started();
    let address = scrape.address().unwrap();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        for path in ["/metrics", "/healthz", "/"] {
            let reply = ask(address, method, path, "Content-Length: 0\r\n");
            assert_eq!(reply.status(), "HTTP/1.1 405 Method Not Allowed", "{method} {path}");
            assert_eq!(reply.header("allow"), Some("GET, HEAD"));
        }
    }
    let unknown = ask(address, "POST", "/elsewhere", "Content-Length: 0\r\n");
    assert_eq!(unknown.status(), "HTTP/1.1 404 Not Found");
    assert_eq!(exports.success_count(), 0);
}

#[test]
fn http_1_0_works_even_if_the_client_closes_its_side() {
    let (scrape, _) = started();
    record(&Meter::new(scrape.clone()));
    let address = scrape.address().unwrap();
    let reply = Reply::to(address, "GET /metrics HTTP/1.0\r\n\r\n");
    assert_eq!(reply.status(), "HTTP/1.0 200 OK");
    assert_eq!(reply.text(), scrape.page().render());

    let mut socket = connect(address);
    socket.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with(&scrape.page().render()), "{answer}");
}

#[test]
fn a_client_that_closes_its_side_has_its_answer_and_then_the_end() {
    let (scrape, exports) = started();
    record(&Meter::new(scrape.clone()));
    let mut socket = connect(scrape.address().unwrap());
    // It does not ask for the end of the connection in words.
    socket.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("the end comes before the time is up");
    assert!(answer.ends_with(&scrape.page().render()), "{answer}");
    eventually("the report", || exports.success_count() == 1);
    assert_eq!(exports.failure_count(), 0);
}

#[test]
fn one_connection_serves_many_scrapes() {
    let (scrape, exports) = started();
    let meter = Meter::new(scrape.clone());
    let calls = CALLS.bind(&meter, ("small", Status::Success));
    let mut socket = BufReader::new(connect(scrape.address().unwrap()));
    for scrapes in 1..=3 {
        calls.add(1);
        socket.get_mut().write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            socket.read_line(&mut line).unwrap();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        socket.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        assert!(body.ends_with(&format!("}} {scrapes}\n")), "{body}");
        eventually("each report", || exports.success_count() == scrapes);
    }
}

#[test]
fn a_request_that_is_too_long_or_no_request_is_refused() {
    let (scrape, exports) = started();
    let address = scrape.address().unwrap();
    let header = format!("X-Long: {}\r\n", "a".repeat(100_000));
    let mut socket = connect(address);
    let request = format!("GET /metrics HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
    // The server may hang up while it is still being written to.
    let _refused = socket.write_all(request.as_bytes());
    let mut start = [0; 12];
    if socket.read_exact(&mut start).is_ok() {
        assert_eq!(&start, b"HTTP/1.1 431");
    }
    let many = "A: b\r\n".repeat(200);
    assert!(ask(address, "GET", "/metrics", &many).status().starts_with("HTTP/1.1 431"));
    let nonsense = Reply::to(address, "\u{1}\u{2}\u{3} nonsense\r\n\r\n");
    assert_eq!(nonsense.status(), "HTTP/1.1 400 Bad Request");
    assert_eq!(get(address, "/healthz").text(), "ok\n");
    assert_eq!((exports.success_count(), exports.failure_count()), (0, 0));
}

#[test]
fn fifty_scrapers_at_once_are_served_while_recording_goes_on() {
    let (scrape, exports) = started();
    let address = scrape.address().unwrap();
    let meter = Meter::new(scrape);
    let calls = CALLS.bind(&meter, ("small", Status::Success));
    let duration = DURATION.bind(&meter, (Status::Success,));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                calls.add(1);
                duration.record(0.3);
            }
        });
        let scrapers: Vec<_> =
            (0..50).map(|_| scope.spawn(move || get(address, "/metrics"))).collect();
        let replies: Vec<_> = scrapers.into_iter().map(ScopedJoinHandle::join).collect();
        // Before anything that may fail: the scope waits for the recorder.
        is_over.store(true, Ordering::Relaxed);
        for reply in replies {
            let reply = reply.unwrap();
            assert_eq!(reply.status(), "HTTP/1.1 200 OK");
            let families: Vec<_> =
                reply.text().lines().filter(|line| line.starts_with("# TYPE ")).collect();
            assert_eq!(
                families,
                ["# TYPE llm_duration_seconds histogram", "# TYPE llm_requests_total counter"]
            );
            assert!(reply.text().lines().last().unwrap().starts_with("llm_requests_total{"));
        }
    });
    eventually("every report", || exports.success_count() == 50);
    assert_eq!(exports.failure_count(), 0);
}
