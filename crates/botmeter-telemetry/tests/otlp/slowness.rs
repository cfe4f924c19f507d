//! Receivers that take their time, and timeouts as long as they can be.

use std::{
    io::Write,
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use super::{
    reading,
    setup::{Pushing, SOON, STARTS, answering, grpc, http},
};
use witness::{Behavior, Receiver};

#[test]
fn a_slow_receiver_gets_everything_and_holds_no_recording_up() {
    let pause = Duration::from_secs(1);
    for is_grpc in [false, true] {
        let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() };
        let receiver = receiver.behaving(Behavior::AcceptAfter(pause)).start();
        let settings = if is_grpc { grpc } else { http }(receiver.endpoint());
        // Due a hundred times before the first one is answered.
        let pushing = Pushing::every(Duration::from_millis(10), &settings);
        let starts = STARTS.bind(&pushing.meter, ());
        starts.add(1);
        while receiver.attempts() == 0 {
            std::thread::yield_now();
        }
        let recording = Instant::now();
        (0..1000).for_each(|_| starts.add(1));
        assert!(recording.elapsed() < pause / 2, "{:?}", recording.elapsed());
        assert_eq!(receiver.requests().len(), 0, "the push is still on its way");
        pushing.flush().unwrap();
        let last = receiver.requests().pop().unwrap();
        assert_eq!(
            reading::family(&last, "test.starts"),
            "test.starts in {start}, monotonic cumulative sum: Starts.\n  {} 1001"
        );
        assert!(receiver.attempts() <= 3, "pushes pile up: {}", receiver.attempts());
        assert_eq!(pushing.exports.failure_count(), 0, "{:?}", pushing.exports.last());
        receiver.behave(Behavior::Accept);
    }
}

/// It makes progress all the time.
#[test]
fn an_answer_that_comes_byte_by_byte_costs_one_timeout() {
    let url = answering(|stream| {
        let mut written = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n");
        while written.is_ok() {
            std::thread::sleep(Duration::from_millis(50));
            written = stream.write_all(b"x");
        }
    });
    let timeout = Duration::from_secs(1);
    let pushing = Pushing::with(http(&url).timeout(timeout));
    STARTS.bind(&pushing.meter, ());
    let begin = Instant::now();
    assert_eq!(
        pushing.failure(),
        format!(
            "POST {url}: timed out after 1s; does a firewall drop the packets, or is the receiver \
             overloaded?"
        )
    );
    assert!(begin.elapsed() < SOON / 2, "{:?}", begin.elapsed());
}

/// To the system, a connection to a machine that lost its power looks alive for
/// a quarter of an hour.
#[test]
fn a_connection_that_has_gone_dead_costs_one_timeout_and_is_made_anew() {
    let timeout = Duration::from_secs(1);
    for is_grpc in [false, true] {
        let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() }.start();
        let there = receiver.address();
        let front = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let here = front.local_addr().unwrap();
        std::thread::spawn(move || {
            // The first one is kept open, and nobody reads it.
            let _dead = front.accept();
            while let Ok((stream, _)) = front.accept() {
                forward(stream, TcpStream::connect(there).unwrap());
            }
        });
        let url = receiver.endpoint().replace(&there.to_string(), &here.to_string());
        let settings = if is_grpc { grpc } else { http }(url);
        let pushing = Pushing::with(settings.timeout(timeout));
        STARTS.bind(&pushing.meter, ()).add(1);
        let failure = pushing.failure();
        assert!(failure.contains(": timed out after 1s; "), "{failure}");
        pushing.flush().unwrap();
        assert_eq!(receiver.requests().len(), 1);
    }
}

/// Everything in both directions, until one side ends.
fn forward(one: TcpStream, other: TcpStream) {
    let ways = [(one.try_clone().unwrap(), other.try_clone().unwrap()), (other, one)];
    for (mut from, mut to) in ways {
        std::thread::spawn(move || {
            let _ended = std::io::copy(&mut from, &mut to);
            let _ended = to.shutdown(Shutdown::Write);
        });
    }
}

/// gRPC cannot write down every time, and no clock can count to it.
#[test]
fn the_longest_timeout_there_is_stops_no_push() {
    let (by_http, by_grpc) = (Receiver::http().start(), Receiver::grpc().start());
    for timeout in [Duration::MAX, Duration::from_millis(u64::MAX)] {
        for settings in [http(by_http.endpoint()), grpc(by_grpc.endpoint())] {
            let pushing = Pushing::with(settings.timeout(timeout));
            STARTS.bind(&pushing.meter, ());
            pushing.flush().unwrap();
            assert_eq!(pushing.exports.failure_count(), 0);
        }
    }
}
