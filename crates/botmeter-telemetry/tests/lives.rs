//! Many telemetries, one after the other, in one process: each gives back what
//! it took.
//!
//! Each route has a process of its own, so that nothing else is counted.

#![cfg(test)]
#![cfg(target_os = "linux")]

use std::{
    cell::Cell,
    collections::VecDeque,
    env, fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use botmeter_core::{
    Counter, Domain, Gauge, Histogram, Instrument, Memory, Meter, Table, Unit, buckets, open_label,
};
use botmeter_telemetry::{Builder, Telemetry};

use tracing::subscriber::DefaultGuard;
use witness::Receiver;

open_label! {
    /// Something that has a name.
    struct Tool: "tool", limit 100;
}

static CALLS: Instrument<Counter, (Tool,)> =
    Instrument::counter("test.calls", Unit::of("{call}"), "Calls of a tool.");
static TIME: Instrument<Histogram, (Tool,)> =
    Instrument::histogram("test.time", Unit::SECONDS, "How long it took.", buckets::WORK);
static LAST: Instrument<Gauge, ()> =
    Instrument::gauge("test.last", Unit::of("{call}"), "The last call.");

struct Tools {
    calls: Table<(Tool,), Counter>,
    time: Table<(Tool,), Histogram>,
    last: Gauge,
}

impl Domain for Tools {
    const NAME: &'static str = "tools";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        let (calls, time) = (CALLS.table(meter), TIME.table(meter));
        Self { calls, time, last: LAST.bind_late(meter, ()) }
    }
}

impl Tools {
    fn work(&self, kind: &str) {
        for number in 0..20 {
            let tool = format!("{kind}-{number}");
            self.calls.row((&tool,)).add(1);
            self.time.row((&tool,)).record(0.25);
        }
        self.last.set(1.0);
    }
}

const SOON: Duration = Duration::from_secs(20);

/// Set in the process that is counted: its route, and whom it pushes to.
const ROUTE: &str = "BOTMETER_TEST_LIVES_BY";
const ENDPOINT: &str = "BOTMETER_TEST_LIVES_TO";

/// Ten lives keep their handles at any time, whatever the telemetry does.
const KEPT: usize = 10;
const WARM: usize = 60;
const LIVES: usize = 240;

fn begin(route: &str) -> (Telemetry, Tools) {
    let protocol = if route == "grpc" { "grpc" } else { "http/protobuf" };
    let variables = [("OTEL_METRICS_EXPORTER", "none"), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];
    let builder = Telemetry::builder("my-bot").environment(variables.into_iter().collect());
    let asked = match route {
        "scrape" => builder.scrape((Ipv4Addr::LOCALHOST, 0).into()),
        #[cfg(feature = "live")]
        "live" => builder.scrape((Ipv4Addr::LOCALHOST, 0).into()).live(Vec::new()),
        "stdout" => builder.stdout(),
        "custom" => builder.backend(Memory::new()),
        "traces" => traced(builder),
        _ => builder.otlp(env::var(ENDPOINT).unwrap()),
    };
    asked.start::<Tools>().unwrap()
}

/// Prints its spans, of which there is one.
#[cfg(feature = "traces")]
fn traced(builder: Builder) -> Builder {
    use botmeter_telemetry::traces::Traces;
    use tracing_subscriber::layer::SubscriberExt;

    let traces = Traces::new();
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    SUBSCRIBER.set(Some(tracing::subscriber::set_default(subscriber)));
    builder.backend(Memory::new()).traces(&traces).print_traces()
}

#[cfg(not(feature = "traces"))]
fn traced(builder: Builder) -> Builder {
    builder.backend(Memory::new())
}

thread_local! {
    static SUBSCRIBER: Cell<Option<DefaultGuard>> = const { Cell::new(None) };
}

/// One life, ended in one of three ways.
fn live(route: &str, number: usize, kept: &mut VecDeque<Tools>) {
    let (telemetry, tools) = begin(route);
    tracing::info_span!("a job").in_scope(|| tools.work("early"));
    if let Some(address) = telemetry.scrape_address() {
        let mut scraper = TcpStream::connect(address).unwrap();
        scraper.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
        let mut page = String::new();
        scraper.read_to_string(&mut page).unwrap();
        assert!(page.contains("test_calls_total"), "{page}");
        if route == "live" {
            let mut reader = TcpStream::connect(address).unwrap();
            reader.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
            let mut page = String::new();
            reader.read_to_string(&mut page).unwrap();
            assert!(page.starts_with("HTTP/1.0 200 ") || page.starts_with("HTTP/1.0 503 "));
        }
    }
    match number % 3 {
        0 => {
            telemetry.shutdown_blocking(SOON).unwrap();
            drop(telemetry);
            drop(tools);
        }
        1 => {
            drop(tools);
            drop(telemetry);
        }
        _ => {
            telemetry.shutdown_blocking(SOON).unwrap();
            drop(telemetry);
            tools.work("late");
            kept.push_back(tools);
            kept.drain(..kept.len().saturating_sub(KEPT));
        }
    }
    SUBSCRIBER.take();
}

/// What the process holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    descriptors: usize,
    threads: usize,
    kib: usize,
}

fn held() -> Held {
    let entries = |of: &str| fs::read_dir(of).unwrap().count();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kib = resident.trim().trim_end_matches(" kB").parse().unwrap();
    Held { descriptors: entries("/proc/self/fd"), threads: entries("/proc/self/task"), kib }
}

/// What is held once threads that end by themselves have ended.
fn settled(before: Held) -> Held {
    let deadline = Instant::now() + SOON;
    loop {
        let now = held();
        if before.has_no_less_than(now) || Instant::now() > deadline {
            return now;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

impl Held {
    /// A few are the process's own, made once.
    fn has_no_less_than(self, later: Held) -> bool {
        later.descriptors <= self.descriptors + 4 && later.threads <= self.threads
    }
}

/// All lives of one route, in the process that is counted.
fn lives(route: &str) {
    let before = held();
    let mut kept = VecDeque::new();
    (0..WARM).for_each(|number| live(route, number, &mut kept));
    let warm = settled(before);
    (WARM..LIVES).for_each(|number| live(route, number, &mut kept));
    let end = settled(before);
    eprintln!("{route}: {before:?}, {warm:?} after {WARM} lives, {end:?} after {LIVES}");
    assert_eq!(kept.len(), KEPT);
    assert!(before.has_no_less_than(end), "descriptors or threads are left");
    let grown = end.kib.saturating_sub(warm.kib);
    assert!(grown < (LIVES - WARM) * 20, "{grown} KiB are left of {} lives", LIVES - WARM);
}

/// Counts the lives of this route in another process.
fn check(test: &str, route: &str, endpoint: &str) {
    if env::var(ROUTE).is_ok() {
        return lives(route);
    }
    let counted = Command::new(env::current_exe().unwrap())
        .args(["--nocapture", "--exact", test])
        .env(ROUTE, route)
        .env(ENDPOINT, endpoint)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&counted.stderr);
    assert!(counted.status.success(), "{route}: {told}");
}

#[test]
fn telemetries_that_are_scraped_leave_nothing() {
    check("telemetries_that_are_scraped_leave_nothing", "scrape", "");
}

#[cfg(feature = "live")]
#[test]
fn telemetries_with_a_live_page_leave_nothing() {
    check("telemetries_with_a_live_page_leave_nothing", "live", "");
}

#[test]
fn telemetries_that_push_by_http_leave_nothing() {
    let receiver = Receiver::http().start();
    check("telemetries_that_push_by_http_leave_nothing", "http", &receiver.endpoint());
}

#[test]
fn telemetries_that_push_by_grpc_leave_nothing() {
    let receiver = Receiver::grpc().start();
    check("telemetries_that_push_by_grpc_leave_nothing", "grpc", &receiver.endpoint());
}

#[test]
fn telemetries_that_print_leave_nothing() {
    check("telemetries_that_print_leave_nothing", "stdout", "");
}

#[test]
fn telemetries_with_a_backend_of_the_program_leave_nothing() {
    check("telemetries_with_a_backend_of_the_program_leave_nothing", "custom", "");
}

#[cfg(feature = "traces")]
#[test]
fn telemetries_that_export_spans_leave_nothing() {
    check("telemetries_that_export_spans_leave_nothing", "traces", "");
}

/// What is in a thread-local ends after much else of its thread: what writes
/// the log must not be asked there, because it may be gone.
#[test]
fn a_telemetry_in_a_thread_local_ends_with_its_thread() {
    thread_local! {
        static TELEMETRY: Cell<Option<Telemetry>> = const { Cell::new(None) };
    }
    const NAME: &str = "a_telemetry_in_a_thread_local_ends_with_its_thread";
    if env::var(ROUTE).is_ok() {
        tracing_subscriber::fmt().with_writer(std::io::stderr).init();
        let life = || {
            drop(TELEMETRY.take());
            tracing::info!("what a line is written with is made after the thread-local");
            TELEMETRY.set(Some(begin("custom").0));
        };
        thread::spawn(life).join().unwrap();
        return;
    }
    let ended = Command::new(env::current_exe().unwrap())
        .args(["--nocapture", "--exact", NAME])
        .env(ROUTE, "custom")
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{log}");
    assert!(log.contains("dropped without shutdown") && log.contains("telemetry ended"), "{log}");
}
