//! Which page is made when.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use flate2::read::GzDecoder;

use botmeter_core::{Instrument, Unit};

use super::*;

fn ask_packed(address: SocketAddr) -> TcpStream {
    let mut socket = connect(address);
    socket.write_all(b"GET /metrics HTTP/1.0\r\naccept-encoding: gzip\r\n\r\n").unwrap();
    socket
}

/// The text of an answer that is packed, if it came whole.
fn unpacked(mut socket: TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let _end = socket.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let mut text = String::new();
    GzDecoder::new(&bytes[end + 4..]).read_to_string(&mut text).ok()?;
    Some(text)
}

/// How long it takes to make a page and to pack it.
fn time_of_a_page(address: SocketAddr) -> Duration {
    let began = Instant::now();
    assert!(unpacked(ask_packed(address)).is_some());
    began.elapsed()
}

#[test]
fn a_page_that_is_being_made_holds_no_other_answer_up() {
    let (scrape, address, exports) = start(Limits::default());
    let _turn = fill(&scrape);
    let page_takes = time_of_a_page(address);
    let _others: Vec<TcpStream> = (0..3).map(|_| ask_packed(address)).collect();
    let mut times = Vec::new();
    while exports.success_count() < 4 {
        let asked = Instant::now();
        let mut other = connect(address);
        other.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
        assert!(rest(other).ends_with("ok\n"));
        times.push(asked.elapsed());
    }
    // On a busy machine, a few are held up by others.
    times.sort();
    let middle = times[times.len() / 2];
    assert!(middle < page_takes, "{middle:?} of {page_takes:?}, {} answers", times.len());
}

/// The value of a counter that only ever grows, as this page has it.
fn turns_of(page: &str) -> u64 {
    let value = page.lines().find_map(|line| line.strip_prefix("test_turns_total "));
    value.unwrap().parse().unwrap()
}

static TURNS: Instrument<Counter, ()> =
    Instrument::counter("test.turns", Unit::NONE, "Differs from page to page.");

#[test]
fn all_who_ask_before_a_page_is_begun_get_that_one() {
    let (scrape, address, _) = start(Limits::default());
    let _turn = fill(&scrape);
    let turns = TURNS.bind(&Meter::new(scrape.clone()), ());
    let is_over = AtomicBool::new(false);
    let mut pages: Vec<u64> = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                turns.add(1);
            }
        });
        let first = ask_packed(address);
        let others: Vec<TcpStream> = (0..20).map(|_| ask_packed(address)).collect();
        let pages: Vec<_> = std::iter::once(first).chain(others).map(unpacked).collect();
        is_over.store(true, Ordering::Relaxed);
        pages.into_iter().map(|page| turns_of(&page.unwrap())).collect()
    });
    pages.dedup();
    assert!(pages.len() <= 3, "{pages:?}");
}

#[test]
fn no_page_is_older_than_its_request() {
    let (scrape, address, _) = start(Limits::default());
    let _turn = fill(&scrape);
    let turns = TURNS.bind(&Meter::new(scrape.clone()), ());
    let turned = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    turns.add(1);
                    let at_least = turned.fetch_add(1, Ordering::SeqCst) + 1;
                    let page = rest(ask(address));
                    assert!(turns_of(&page) >= at_least, "{} of {at_least}", turns_of(&page));
                }
            });
        }
    });
}
