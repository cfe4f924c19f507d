//! Who has to go when all places are taken.

use super::*;

#[test]
fn the_one_that_waits_longest_makes_room() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let (_scrape, address, _) = start(limits);
    let oldest = connect(address);
    let mut old = connect(address);
    assert!(rest(ask(address)).starts_with("HTTP/1.0 200"));
    assert_closed(&oldest);
    old.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
    assert!(rest(old).ends_with("ok\n"), "it kept its place");
}

#[test]
fn nobody_who_is_being_answered_is_sent_away() {
    let limits = Limits { connections: 2, lingering: LONG, ..Limits::default() };
    let (scrape, address, exports) = start(limits);
    let _turn = fill(&scrape);
    let mut busy = [ask(address), ask(address)];
    for socket in &mut busy {
        // The answer has begun.
        socket.read_exact(&mut [0; 12]).unwrap();
    }
    let mut waiting = connect(address);
    waiting.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
    waiting.set_read_timeout(Some(SHORT)).unwrap();
    let answer = waiting.read(&mut [0; 64]);
    assert!(matches!(answer, Err(error) if error.kind() == ErrorKind::WouldBlock), "it waits");
    waiting.set_read_timeout(Some(LONG)).unwrap();
    let page = scrape.page().render();
    for socket in busy {
        assert!(rest(socket).ends_with(&page), "a whole page");
    }
    assert!(rest(waiting).ends_with("ok\n"));
    eventually("the reports", || exports.success_count() == 2);
    assert_eq!(exports.failure_count(), 0);
}

#[test]
fn who_does_not_take_its_answer_makes_room() {
    let limits = Limits { connections: 2, lingering: SHORT, standstill: LONG, ..Limits::default() };
    let (scrape, address, exports) = start(limits);
    let _turn = fill(&scrape);
    let mut held = [ask(address), ask(address)];
    for socket in &mut held {
        // The answer has begun.
        socket.read_exact(&mut [0; 12]).unwrap();
    }
    assert!(rest(ask(address)).ends_with(&scrape.page().render()), "a whole page");
    eventually("the report", || exports.success_count() == 1);
    assert_eq!(exports.failure_count(), 1, "one place was needed: {exports:?}");
}

/// They read a megabyte a second, and would have their pages in the end.
#[test]
fn who_takes_long_makes_room() {
    let limits = Limits {
        connections: 2,
        answering: 10 * LONG,
        standstill: Duration::from_secs(3),
        lingering: LONG,
        ..Limits::default()
    };
    let (scrape, address, exports) = start(limits);
    let _turn = fill(&scrape);
    std::thread::scope(|scope| {
        for mut socket in [ask(address), ask(address)] {
            socket.read_exact(&mut [0; 12]).unwrap();
            let exports = &exports;
            scope.spawn(move || {
                while exports.success_count() == 0 && socket.read(&mut [0; 16_000]).is_ok() {
                    std::thread::sleep(Duration::from_millis(16));
                }
            });
        }
        assert!(rest(ask(address)).ends_with(&scrape.page().render()), "a whole page");
        eventually("the report", || exports.success_count() == 1);
    });
    assert!(exports.failure_count() > 0, "one place was needed: {exports:?}");
}
