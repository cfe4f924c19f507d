//! Clients that take their time, or everything.

mod beside;
mod pages;
mod places;

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use botmeter_core::{Counter, Kind, Meter, store::Identity};

use super::*;
use crate::BackendKind;

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(200);

fn start(limits: Limits) -> (Scrape, SocketAddr, Exports) {
    let exports = Exports::new(BackendKind::Scrape);
    let settings = ScrapeSettings::Listen(([127, 0, 0, 1], 0).into());
    let scrape = Scrape::start_with(settings, exports.clone(), None, limits).unwrap();
    let address = scrape.address().unwrap();
    (scrape, address, exports)
}

/// Tests that need much memory take turns, or they would disturb the one that
/// measures it.
static MEMORY: Mutex<()> = Mutex::new(());

fn much_memory() -> MutexGuard<'static, ()> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A page that no socket's buffers hold: some 8 MB.
fn fill(scrape: &Scrape) -> MutexGuard<'static, ()> {
    let turn = much_memory();
    let filler = "x".repeat(10_000);
    let meter = Meter::new(scrape.clone());
    let big = Identity::foreign("test.big", Kind::Counter, "", "Has long series.", &[]);
    for at in 0..800 {
        let labels = [("at", at.to_string()), ("filler", filler.clone())];
        let labels = labels.iter().map(|(key, value)| (*key, value.as_str()));
        meter.foreign::<Counter>(big.clone(), labels).unwrap();
    }
    turn
}

fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    socket
}

fn ask(address: SocketAddr) -> TcpStream {
    let mut socket = connect(address);
    socket.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    socket
}

/// Everything that still comes, until the server hangs up.
fn rest(mut socket: TcpStream) -> String {
    let mut text = String::new();
    socket.read_to_string(&mut text).unwrap();
    text
}

fn assert_closed(mut socket: &TcpStream) {
    match socket.read(&mut [0; 64]) {
        Ok(0) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        other => panic!("the server was to hang up, but: {other:?}"),
    }
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < deadline, "waited for {what}");
        std::thread::yield_now();
    }
}

#[test]
fn a_scraper_that_does_not_read_is_left_and_counted() {
    let limits = Limits { answering: Duration::from_secs(3), ..Limits::default() };
    let (scrape, address, exports) = start(limits);
    let _turn = fill(&scrape);
    let socket = ask(address);
    eventually("the failure", || exports.failure_count() == 1);
    assert_eq!(
        exports.last().error.as_deref(),
        Some("the scraper did not take its answer in time")
    );
    let mut bytes = Vec::new();
    // What had been sent is still there; whether it ends well is up to the
    // system.
    let _end = (&socket).read_to_end(&mut bytes);
    assert!(bytes.len() < scrape.page().render().len(), "the answer was cut off");
    assert_eq!(exports.success_count(), 0);
    // Others are served all the same.
    assert!(rest(ask(address)).starts_with("HTTP/1.0 200"));
}

/// Whoever reads on has more time.
#[test]
fn a_scraper_that_takes_nothing_is_left_sooner_than_a_slow_one() {
    let limits = Limits { standstill: SHORT, ..Limits::default() };
    let (scrape, address, exports) = start(limits);
    let _turn = fill(&scrape);
    let _held = ask(address);
    let asked = Instant::now();
    eventually("the failure", || exports.failure_count() == 1);
    assert!(asked.elapsed() < limits.answering, "{:?}", asked.elapsed());
    assert_eq!(
        exports.last().error.as_deref(),
        Some("the scraper did not take its answer in time")
    );
}

/// It makes progress all the time, and would need three months for its page.
#[test]
fn a_scraper_that_reads_a_byte_a_second_is_left_and_holds_nobody_up() {
    let limits = Limits { answering: Duration::from_secs(3), ..Limits::default() };
    let (scrape, address, exports) = start(limits);
    let _turn = fill(&scrape);
    let mut slow = ask(address);
    let started = Instant::now();
    while exports.failure_count() == 0 {
        assert!(started.elapsed() < LONG, "it is never left");
        slow.read_exact(&mut [0; 1]).unwrap();
        let mut other = connect(address);
        other.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
        assert!(rest(other).ends_with("ok\n"), "others are answered meanwhile");
        std::thread::sleep(Duration::from_secs(1));
    }
    assert_eq!(
        exports.last().error.as_deref(),
        Some("the scraper did not take its answer in time")
    );
    assert!(rest(ask(address)).ends_with(&scrape.page().render()), "a whole page");
    eventually("the report", || exports.success_count() == 1);
}

#[test]
fn a_scraper_that_hangs_up_is_a_failure() {
    let (scrape, address, exports) = start(Limits::default());
    let _turn = fill(&scrape);
    let mut socket = ask(address);
    socket.read_exact(&mut [0; 100]).unwrap();
    drop(socket);
    eventually("the failure", || exports.failure_count() == 1);
    let reason = "the scraper hung up before it had its answer";
    assert_eq!(exports.last().error.as_deref(), Some(reason));
}

#[test]
fn a_request_that_never_ends_and_silence_are_ended() {
    let limits = Limits {
        asking: SHORT,
        silence: SHORT,
        rounds: Duration::from_millis(20),
        ..Limits::default()
    };
    let (_scrape, address, exports) = start(limits);
    let silent = connect(address);
    let mut slow = connect(address);
    slow.write_all(b"GET /metrics HT").unwrap();
    assert_closed(&silent);
    assert_closed(&slow);
    assert_eq!((exports.success_count(), exports.failure_count()), (0, 0));
}

#[test]
fn a_shutdown_lets_an_answer_end() {
    let (scrape, address, exports) = start(Limits::default());
    let _turn = fill(&scrape);
    let mut socket = ask(address);
    socket.read_exact(&mut [0; 12]).unwrap();
    let ending = std::thread::spawn({
        let scrape = scrape.clone();
        move || scrape.shutdown(LONG)
    });
    eventually("the port to be free", || TcpStream::connect(address).is_err());
    assert!(!ending.is_finished(), "it waits for the answer");
    assert!(rest(socket).ends_with(&scrape.page().render()), "a whole page");
    ending.join().unwrap().unwrap();
    assert_eq!(exports.success_count(), 1);
}

#[test]
fn a_shutdown_ends_by_its_deadline_and_says_what_it_cut_off() {
    let (scrape, address, exports) = start(Limits::default());
    let _turn = fill(&scrape);
    let mut socket = ask(address);
    socket.read_exact(&mut [0; 12]).unwrap();
    let started = Instant::now();
    let error = scrape.shutdown(Duration::from_secs(1)).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(
        error.to_string(),
        format!("end the server for scrapes at {address} in time: 1 answer was cut off")
    );
    assert_eq!(exports.last().error.as_deref(), Some("the server shut down"));
    assert!(TcpStream::connect(address).is_err());
}
