//! A whole program that is pointed at a black hole: it ends by its deadline,
//! and its last line says how much was not delivered.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use botmeter_core::{Counter, Domain, Error, Histogram, Meter};
use botmeter_telemetry::{Environment, Protocol, Telemetry};
use tracing::Level;

use super::{
    log::Log,
    setup::{SOON, STARTS, TIME},
};
use witness::{Behavior, Receiver};

const DEADLINE: Duration = Duration::from_millis(500);
/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(2);

/// What the program records: three series.
#[derive(Debug)]
struct Program {
    starts: Counter,
    times: [Histogram; 2],
}

impl Domain for Program {
    const NAME: &'static str = "program";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        let times = ["search", "read"].map(|tool| TIME.bind(meter, (tool,)));
        Self { starts: STARTS.bind(meter, ()), times }
    }
}

impl Program {
    fn works(&self) {
        self.starts.add(1);
        self.times.iter().for_each(|time| time.record(0.25));
    }
}

/// A server that never answers.
enum BlackHole {
    /// It takes connections and reads nothing.
    Accepts(TcpListener),
    /// Its backlog is full, so a connection is never made.
    Full { address: SocketAddr, _listener: tokio::net::TcpListener, _callers: Vec<TcpStream> },
}

impl BlackHole {
    fn that_accepts() -> Self {
        Self::Accepts(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap())
    }

    fn that_is_full() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _entered = runtime.enter();
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut callers = Vec::new();
        while let Ok(caller) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            callers.push(caller);
            assert!(callers.len() < 100, "the backlog is never full");
        }
        Self::Full { address, _listener: listener, _callers: callers }
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Accepts(listener) => listener.local_addr().unwrap(),
            Self::Full { address, .. } => *address,
        }
    }
}

fn started(address: SocketAddr, protocol: Protocol) -> (Telemetry, Program) {
    let spoken = match protocol {
        Protocol::Grpc => "grpc",
        _ => "http/protobuf",
    };
    let environment: Environment = [("OTEL_EXPORTER_OTLP_PROTOCOL", spoken)].into_iter().collect();
    Telemetry::builder("my-bot")
        .environment(environment)
        .otlp(format!("http://{address}"))
        .start::<Program>()
        .unwrap()
}

/// How many data points the text says are not delivered.
fn count_in(text: &str) -> u64 {
    let (before, _) = text.split_once(" data points are not delivered").expect(text);
    before.rsplit(' ').next().unwrap().parse().expect(text)
}

fn check(begin: Instant, outcome: Result<(), Error>, log: &Log, case: &str) {
    let took = begin.elapsed();
    assert!(took < DEADLINE + SLACK, "{case}: {took:?}");
    let error = outcome.unwrap_err().chain();
    let log = log.take();
    let (level, last) = log.last().unwrap();
    assert_eq!(*level, Level::ERROR, "{case}: {log:#?}");
    assert!(error.starts_with("shutdown telemetry: otlp: deliver the last metrics to http://"));
    let count = count_in(&error);
    // Its own three, and those about the telemetry itself.
    assert!(count > 3, "{case}: {error}");
    assert!(last.contains("telemetry ended, and not all was delivered"), "{case}: {last}");
    assert!(last.contains(&format!(" undelivered={count} ")), "{case}: {last}");
    assert_eq!(count_in(last), count, "{case}: {last}");
}

#[test]
fn a_black_hole_costs_the_deadline_and_the_last_line_counts_what_is_lost() {
    let holes = [("accepts", BlackHole::that_accepts()), ("is full", BlackHole::that_is_full())];
    let current = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let many = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        for (name, hole) in &holes {
            let case = |runtime| format!("one that {name}, {protocol:?}, {runtime}");
            for (runtime, flavor) in [(&current, "current-thread"), (&many, "multi-thread")] {
                runtime.block_on(async {
                    let (telemetry, program) = started(hole.address(), protocol);
                    program.works();
                    let begin = Instant::now();
                    let outcome = telemetry.shutdown(DEADLINE).await;
                    check(begin, outcome, &log, &case(flavor));
                });
            }
            let (telemetry, program) = started(hole.address(), protocol);
            program.works();
            let begin = Instant::now();
            let outcome = telemetry.shutdown_blocking(DEADLINE);
            check(begin, outcome, &log, &case("no runtime"));
        }
    }
}

#[test]
fn a_drop_without_shutdown_says_the_same() {
    let hole = BlackHole::that_accepts();
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let (telemetry, program) = started(hole.address(), Protocol::HttpProtobuf);
    program.works();
    let begin = Instant::now();
    drop(telemetry);
    assert!(begin.elapsed() < Duration::from_secs(2) + SLACK, "{:?}", begin.elapsed());
    let log = log.take();
    let (level, last) = log.last().unwrap();
    assert_eq!(*level, Level::ERROR, "{log:#?}");
    assert!(count_in(last) > 3, "{last}");
    assert!(log.iter().any(|(_, line)| line.contains("dropped without shutdown")), "{log:#?}");
}

#[test]
fn a_push_that_fails_at_the_end_counts_what_it_carried() {
    let receiver = Receiver::http().start();
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let (telemetry, program) = started(receiver.address(), Protocol::HttpProtobuf);
    program.works();
    telemetry.flush_blocking(SOON).unwrap();
    receiver.behave(Behavior::Reject { points: 2, message: "too old" });
    log.take();
    let error = telemetry.shutdown_blocking(SOON).unwrap_err().chain();
    assert_eq!(
        error,
        format!(
            "shutdown telemetry: otlp: deliver the last metrics: 2 data points are not delivered: \
             POST {}: the receiver rejected 2 data points and took the others, \"too old\"; do two \
             processes push under one service.name and service.instance.id?",
            receiver.endpoint()
        )
    );
    let log = log.take();
    assert!(log.last().unwrap().1.contains(" undelivered=2 "), "{log:#?}");
}

#[test]
fn a_deadline_may_be_zero_or_as_long_as_can_be() {
    let receiver = Receiver::http().start();
    let (telemetry, program) = started(receiver.address(), Protocol::HttpProtobuf);
    program.works();
    telemetry.flush_blocking(Duration::MAX).unwrap();
    let begin = Instant::now();
    let outcome = telemetry.flush_blocking(Duration::ZERO);
    // A fast machine may be done before anybody looks at the clock.
    if let Err(error) = outcome {
        assert!(error.chain().contains(" not delivered"), "{error:?}");
    }
    assert!(begin.elapsed() < SLACK, "{:?}", begin.elapsed());
    telemetry.shutdown_blocking(Duration::MAX).unwrap();
    assert!(!receiver.requests().is_empty());

    let (telemetry, program) = started(receiver.address(), Protocol::HttpProtobuf);
    program.works();
    receiver.behave(Behavior::Hang);
    let begin = Instant::now();
    let error = telemetry.shutdown_blocking(Duration::ZERO).unwrap_err().chain();
    assert!(error.contains(" not delivered"), "{error}");
    assert!(begin.elapsed() < SLACK, "{:?}", begin.elapsed());
}

#[test]
fn an_end_without_losses_is_told_too() {
    let receiver = Receiver::http().start();
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let (telemetry, program) = started(receiver.address(), Protocol::HttpProtobuf);
    program.works();
    telemetry.shutdown_blocking(SOON).unwrap();
    let log = log.take();
    let last = (Level::INFO, "botmeter_telemetry::end message=telemetry ended".to_owned());
    assert_eq!(log.last(), Some(&last), "{log:#?}");
}
