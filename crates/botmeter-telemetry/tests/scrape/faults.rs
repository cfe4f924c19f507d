//! Scrapers that come in crowds while the program works at full speed.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering},
    thread::ScopedJoinHandle,
    time::{Duration, Instant},
};

use botmeter_core::Meter;

use crate::{CALLS, DURATION, Status, started};
use witness::scraper::{connect, eventually, get};

/// What Prometheus waits for by default.
const IN_TIME: Duration = Duration::from_secs(10);
/// What the backend keeps open at most.
const MOST_CONNECTIONS: usize = 256;

/// The value of the sample that begins like this.
fn value(page: &str, sample: &str) -> u64 {
    let line = page.lines().find_map(|line| line.strip_prefix(sample)).unwrap();
    line.trim().parse().unwrap()
}

#[test]
fn pages_come_in_time_and_whole_while_four_threads_record_at_full_speed() {
    const COUNT: &str = "llm_duration_seconds_count{status=\"success\"}";
    const ALL: &str = "llm_duration_seconds_bucket{status=\"success\",le=\"+Inf\"}";
    let (scrape, exports) = started();
    let address = scrape.address().unwrap();
    let meter = Meter::new(scrape.clone());
    let is_over = AtomicBool::new(false);
    DURATION.bind(&meter, (Status::Success,));
    let recorded: u64 = std::thread::scope(|scope| {
        let recorders: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let calls = CALLS.bind(&meter, ("small", Status::Success));
                    let duration = DURATION.bind(&meter, (Status::Success,));
                    let mut recorded = 0;
                    while !is_over.load(Ordering::Relaxed) {
                        calls.add(1);
                        duration.record(0.25);
                        recorded += 1;
                    }
                    recorded
                })
            })
            .collect();
        let scraper = || {
            let mut before = 0;
            for _ in 0..3 {
                let asked = Instant::now();
                let page = get(address, "/metrics").text().to_owned();
                assert!(asked.elapsed() < IN_TIME, "{:?}", asked.elapsed());
                let count = value(&page, COUNT);
                assert_eq!(count, value(&page, ALL), "{page}");
                assert!(before <= count, "{count} after {before}");
                before = count;
            }
        };
        let scrapers: Vec<_> = (0..50).map(|_| scope.spawn(scraper)).collect();
        let outcomes: Vec<_> = scrapers.into_iter().map(ScopedJoinHandle::join).collect();
        // Before anything that may fail: the scope waits for the recorders.
        is_over.store(true, Ordering::Relaxed);
        for outcome in outcomes {
            outcome.unwrap();
        }
        recorders.into_iter().map(|recorder| recorder.join().unwrap()).sum()
    });
    let page = scrape.page().render();
    assert_eq!(value(&page, COUNT), recorded);
    assert_eq!(value(&page, "llm_requests_total{model=\"small\",status=\"success\"}"), recorded);
    assert!(page.contains(&format!(
        "\nllm_duration_seconds_sum{{status=\"success\"}} {}\n",
        recorded as f64 / 4.0
    )));
    eventually("every report", || exports.success_count() == 150);
    assert_eq!(exports.failure_count(), 0);
}

/// Some of the flood says nothing, and some of it begins a request.
#[test]
fn a_flood_of_connections_holds_no_scrape_up_and_takes_bounded_room() {
    let (scrape, exports) = started();
    let address = scrape.address().unwrap();
    let mut flood: Vec<TcpStream> = Vec::new();
    for number in 0..=2 * MOST_CONNECTIONS {
        let mut socket = connect(address);
        if number % 2 == 0 {
            // The server may have sent it away by now.
            let _sent_away = socket.write_all(b"GET /metrics HT");
        }
        socket.set_nonblocking(true).unwrap();
        flood.push(socket);
        if number % MOST_CONNECTIONS == 0 {
            let asked = Instant::now();
            assert_eq!(get(address, "/metrics").status(), "HTTP/1.1 200 OK");
            assert!(asked.elapsed() < IN_TIME, "{:?}", asked.elapsed());
        }
    }
    let is_open = |mut socket: &TcpStream| {
        let read = socket.read(&mut [0; 16]);
        matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock)
    };
    let open = || flood.iter().filter(|socket| is_open(socket)).count();
    eventually("the surplus to be sent away", || open() <= MOST_CONNECTIONS);
    assert_eq!(get(address, "/metrics").status(), "HTTP/1.1 200 OK");
    eventually("the reports", || exports.success_count() == 4);
    drop(flood);
    assert_eq!(get(address, "/healthz").text(), "ok\n");
    assert_eq!(exports.failure_count(), 0);
}

/// A certificate cannot be shown, and HTTP/2 is not spoken: whoever asks for
/// these is told so or hung up on at once, and nobody else notices.
#[test]
fn other_protocols_are_turned_away() {
    let (scrape, exports) = started();
    let address = scrape.address().unwrap();
    let tls_hello = b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03\r\n\r\n".as_slice();
    let http_2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice();
    for other in [tls_hello, http_2] {
        let mut socket = connect(address);
        socket.write_all(other).unwrap();
        let mut answer = Vec::new();
        // Whether what was not read makes the end abrupt is up to the system.
        let _end = socket.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    assert_eq!(get(address, "/healthz").text(), "ok\n");
    assert_eq!((exports.success_count(), exports.failure_count()), (0, 0));
}
