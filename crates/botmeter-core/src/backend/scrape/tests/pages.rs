//! Which page is made when, and for whom.

use std::sync::atomic::AtomicU64;

use flate2::read::GzDecoder;

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

/// Pages take turns to be made, and whoever waits for one has the whole time to
/// take it: packed, these are small, so that making them is what takes long.
#[test]
fn a_page_that_took_longer_to_make_than_to_take_is_delivered() {
    let (one, address, _) = start(Limits::default());
    let turn = fill(&one);
    // As slow as this machine may be.
    let answering = time_of_a_page(address);
    drop((one, turn));
    let limits = Limits { answering, rounds: Duration::from_millis(5), ..Limits::default() };
    let (scrape, address, exports) = start(limits);
    let _turn = fill(&scrape);
    let all: Vec<TcpStream> = (0..6).map(|_| ask_packed(address)).collect();
    let page = scrape.page().render();
    for socket in all {
        assert!(unpacked(socket).as_ref() == Some(&page), "a whole page; {exports:?}");
    }
    eventually("the reports", || exports.success_count() == 6);
    assert_eq!(exports.failure_count(), 0, "{:?}", exports.last());
}

#[test]
fn a_page_that_is_being_made_holds_no_other_answer_up() {
    let (scrape, address, exports) = start(Limits::default());
    let _turn = fill(&scrape);
    let page_takes = time_of_a_page(address);
    let _others: Vec<TcpStream> = (0..3).map(|_| ask_packed(address)).collect();
    while exports.success_count() < 4 {
        let asked = Instant::now();
        let mut other = connect(address);
        other.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
        assert!(rest(other).ends_with("ok\n"));
        assert!(asked.elapsed() < page_takes, "{:?} of {page_takes:?}", asked.elapsed());
    }
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
    let turns = TURNS.bind(&crate::Meter::new(scrape.clone()), ());
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
    let turns = TURNS.bind(&crate::Meter::new(scrape.clone()), ());
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

/// It is noticed while another page is being made, and before its own would be.
#[test]
fn nothing_is_made_for_a_scraper_that_has_gone() {
    let (scrape, address, exports) = start(Limits::default());
    let _turn = fill(&scrape);
    let waiting = ask_packed(address);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    {
        let _entered = runtime.enter();
        let gone = ask_packed(address);
        gone.set_nonblocking(true).unwrap();
        tokio::net::TcpStream::from_std(gone).unwrap().set_zero_linger().unwrap();
    }
    eventually("the failure", || exports.failure_count() == 1);
    let reason = "the scraper hung up before it had its answer";
    assert_eq!(exports.last().error.as_deref(), Some(reason));
    waiting.set_nonblocking(true).unwrap();
    let begun = waiting.peek(&mut [0; 1]);
    assert!(matches!(begun, Err(error) if error.kind() == ErrorKind::WouldBlock), "it waits");
    waiting.set_nonblocking(false).unwrap();
    assert!(unpacked(waiting).is_some(), "a whole page");
}
