//! One honest scraper behind a crowd that means no good. A program of its own,
//! because it measures time and the memory of the whole process.

#![cfg(test)]

use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use botmeter_core::{Counter, Kind, Meter, store::Identity};
use botmeter_telemetry::{BackendKind, Exports, ScrapeSettings, export::scrape::Scrape};

const SERIES: u32 = 100_000;
/// What the backend keeps open at most.
const MOST_CONNECTIONS: usize = 256;
/// How long it takes at most until one of those that take nothing has made room.
const ROOM: Duration = Duration::from_secs(1);
/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// These take turns, or they would measure one another.
static TURN: Mutex<()> = Mutex::new(());

fn started() -> (Scrape, SocketAddr) {
    let settings = ScrapeSettings::Listen(([127, 0, 0, 1], 0).into());
    let scrape = Scrape::start(settings, Exports::new(BackendKind::Scrape)).unwrap();
    let meter = Meter::new(scrape.clone());
    let many = Identity::foreign("test.many", Kind::Counter, "", "Has many series.", &[]);
    for at in 0..SERIES {
        let label = format!("{at:050}");
        meter.foreign::<Counter>(many.clone(), [("series", label.as_str())]).unwrap();
    }
    let address = scrape.address().unwrap();
    (scrape, address)
}

/// Somebody who has asked for the page.
fn ask(address: SocketAddr) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    socket
}

/// Somebody who asks for the page and then tears the connection down.
fn ask_and_reset(address: SocketAddr) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let _entered = runtime.enter();
    let socket = ask(address);
    socket.set_nonblocking(true).unwrap();
    tokio::net::TcpStream::from_std(socket).unwrap().set_zero_linger().unwrap();
}

/// How many bytes come, without keeping them.
fn taken(mut socket: TcpStream) -> u64 {
    std::io::copy(&mut socket, &mut std::io::sink()).unwrap()
}

/// How long one scrape takes, and how long its answer is.
fn scrape(address: SocketAddr) -> (Duration, u64) {
    let asked = Instant::now();
    let length = taken(ask(address));
    (asked.elapsed(), length)
}

/// The one in the middle: this machine may be busy with something else for a
/// moment.
fn of_five(mut scrape: impl FnMut() -> (Duration, u64)) -> (Duration, u64) {
    let mut all = [(); 5].map(|()| scrape());
    all.sort_unstable();
    assert!(all.iter().all(|(_, length)| *length == all[0].1), "whole pages");
    all[2]
}

fn assert_within(most: Duration, behind: Duration, alone: Duration) {
    println!("alone {alone:?}, behind the crowd {behind:?}");
    assert!(behind <= most, "{behind:?} behind the crowd, {alone:?} alone, {most:?} at most");
}

/// Nobody in the crowd reads a byte. Whoever comes with it, or after it, has
/// the page soon, and the page is not kept once for each.
#[test]
fn behind_a_crowd_that_does_not_read_a_scrape_takes_three_times_as_long_at_most() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (_scrape, address) = started();
    // The first takes memory that later ones use again.
    scrape(address);
    memory::forget_peak();
    let (alone, page) = of_five(|| scrape(address));
    let peak_alone = memory::peak();
    let (behind, length) = of_five(|| {
        let _crowd: Vec<TcpStream> = (0..128).map(|_| ask(address)).collect();
        scrape(address)
    });
    assert_within(3 * alone, behind, alone);
    assert_eq!(length, page, "a whole page");
    let (behind, length) = of_five(|| {
        let crowd: Vec<TcpStream> = (0..MOST_CONNECTIONS).map(|_| ask(address)).collect();
        for one in &crowd {
            // It could read its answer, or had to make room: the crowd before it
            // may not be gone yet.
            let _bytes_or_reset = one.peek(&mut [0; 1]);
        }
        scrape(address)
    });
    assert_within(3 * alone + ROOM, behind, alone);
    assert_eq!(length, page, "a whole page");
    let more = memory::peak().saturating_sub(peak_alone);
    println!("{more} bytes more than alone, with a page of {page}");
    assert!(more <= 4 * page, "{more} bytes more than alone, with a page of {page}");
}

/// They have 40 pages brought to them through the same server. It makes one or
/// two, so that this is a third at most of what 40 scrapes take one by one.
#[test]
fn behind_40_that_read_at_once_a_scrape_takes_a_third_of_their_time_at_most() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (_scrape, address) = started();
    let (alone, page) = of_five(|| scrape(address));
    let (behind, length) = of_five(|| {
        std::thread::scope(|scope| {
            let crowd: Vec<TcpStream> = (0..40).map(|_| ask(address)).collect();
            let crowd: Vec<_> =
                crowd.into_iter().map(|socket| scope.spawn(move || taken(socket))).collect();
            let honest = scrape(address);
            for one in crowd {
                assert_eq!(one.join().unwrap(), page, "a whole page");
            }
            honest
        })
    });
    assert_within(40 * alone / 3, behind, alone);
    assert_eq!(length, page, "a whole page");
}

/// What they asked for is not made: the page of the honest one is the second at
/// most.
#[test]
fn behind_30_that_ask_and_reset_a_scrape_takes_three_times_as_long_at_most() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (_scrape, address) = started();
    let (alone, page) = of_five(|| scrape(address));
    let (behind, length) = of_five(|| {
        for _ in 0..30 {
            ask_and_reset(address);
        }
        scrape(address)
    });
    assert_within(3 * alone, behind, alone);
    assert_eq!(length, page, "a whole page");
}

/// The memory of this process, as Linux tells it; elsewhere there is nothing to
/// compare.
#[cfg(target_os = "linux")]
mod memory {
    /// The most that was resident since it was last forgotten, in bytes.
    pub(super) fn peak() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    pub(super) fn forget_peak() {
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
    }
}

#[cfg(not(target_os = "linux"))]
mod memory {
    pub(super) fn peak() -> u64 {
        0
    }

    pub(super) fn forget_peak() {}
}
