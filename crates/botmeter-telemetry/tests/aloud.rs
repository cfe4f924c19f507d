//! What a program says that has no subscriber of `tracing`, or had one.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its child tells what it measured"
)]

mod otlp {
    pub(crate) mod log;
}

use std::{
    io::{self, Write},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use botmeter_core::{
    Counter, Discard, Domain, Instrument, Meter, Table, Unit, open_label, problem,
};
use botmeter_telemetry::{Builder, Telemetry};
use otlp::log::Log;

open_label! {
    /// A tool.
    struct Tool: "tool", limit 2;
}

static CALLS: Instrument<Counter, (Tool,)> =
    Instrument::counter("tool.calls", Unit::of("{call}"), "Calls of a tool.");

struct Tools(Table<(Tool,), Counter>);

impl Domain for Tools {
    const NAME: &'static str = "tools";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(CALLS.table(meter))
    }
}

impl Tools {
    /// Three tools, where there is room for two.
    fn overflow(&self) {
        for tool in ["search", "fetch", "my-secret", "shell"] {
            self.0.row((tool,)).add(1);
        }
    }
}

const SCENARIO: &str = "ALOUD_TEST_SCENARIO";
const OVERFLOW: &str = "botmeter WARN: a label has as many values as it may: others become \
                        `other`, and their events are counted in telemetry_overflow_total; ";

/// A process of its own, because standard error is one for a whole process.
fn child(scenario: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "main_of_the_child", "--ignored", "--nocapture"])
        .env_clear()
        .env(SCENARIO, scenario)
        .envs(variables.iter().copied());
    command
}

/// The lines that it says on standard error.
fn said(scenario: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let output = child(scenario, variables).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap().lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "the other tests run it in a process of its own"]
fn main_of_the_child() {
    let builder = Telemetry::builder("my-bot");
    match std::env::var(SCENARIO).unwrap().as_str() {
        "job" => job(builder),
        "heard" => heard(builder),
        "scoped" => scoped(builder),
        "panicking" => panicking(builder),
        "stuck" => stuck(builder),
        "flood" => flood(),
        other => panic!("{other} is no scenario"),
    }
}

/// The example of the README.
fn job(builder: Builder) {
    let (telemetry, tools) = builder.start::<Tools>().unwrap();
    tools.overflow();
    telemetry.end();
}

/// Port 1 of the loopback is nobody's.
const NOBODY: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:pass-word@127.0.0.1:1");

#[test]
fn without_a_subscriber_each_problem_is_a_line_on_standard_error() {
    let misspelt = ("OTEL_EXPORTER_OTLP_TIMEOTU", "its-value");
    let exporter = ("OTEL_METRICS_EXPORTER", "otlp");
    let said = said("job", &[NOBODY, misspelt, exporter]);
    let of = |part: &str| said.iter().filter(|line| line.contains(part)).count();
    assert!(said.iter().all(|line| line.starts_with("botmeter ")), "{said:#?}");
    assert_eq!(of("botmeter ERROR: failed to export metrics; it goes on trying;"), 1, "{said:#?}");
    assert_eq!(of("connection refused; nothing listens there"), 2, "{said:#?}");
    assert_eq!(of("botmeter ERROR: telemetry ended, and not all was delivered;"), 1, "{said:#?}");
    assert_eq!(of("if OTEL_EXPORTER_OTLP_TIMEOUT is meant, correct its name"), 1, "{said:#?}");
    assert_eq!(of(OVERFLOW), 1, "{said:#?}");
    assert_eq!(of("label=\"tool\" limit=2"), 1, "{said:#?}");
    assert_eq!(said.len(), 4, "{said:#?}");
    for secret in ["pass-word", "its-value", "my-secret"] {
        assert_eq!(of(secret), 0, "{said:#?}");
    }
}

/// A subscriber hears of everything, and nobody else does.
fn heard(builder: Builder) {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    job(builder.backend(Discard));
    let lines = log.take();
    assert!(lines.iter().any(|(_, line)| line.contains("label=\"tool\"")), "{lines:#?}");
}

#[test]
fn with_a_subscriber_nothing_is_on_standard_error() {
    assert_eq!(said("heard", &[NOBODY, ("OTEL_METRICS_EXPORTER", "otlp")]), [""; 0]);
}

/// One thread has a subscriber of its own, and had one: others have none.
fn scoped(builder: Builder) {
    let log = Log::default();
    let of_this_thread = tracing::subscriber::set_default(log.clone());
    let (telemetry, tools) = builder.backend(Discard).start::<Tools>().unwrap();
    let on_another = thread::spawn(move || tools.overflow());
    on_another.join().unwrap();
    drop(of_this_thread);
    telemetry.end();
    let (level, line) = &log.take()[0];
    assert_eq!(*level, tracing::Level::WARN, "{line}");
    problem!(warn, "said by a thread that had a subscriber");
}

#[test]
fn a_thread_without_a_subscriber_is_heard_although_another_has_one() {
    let said = said("scoped", &[("OTEL_SERVICE_NAM", "b"), ("OTEL_METRICS_EXPORTER", "none")]);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].starts_with(OVERFLOW), "{said:#?}");
    assert_eq!(said[1], "botmeter WARN: said by a thread that had a subscriber");
}

/// As subscribers do where their thread-locals are gone.
fn panicking(builder: Builder) {
    struct Panics;

    impl tracing::Subscriber for Panics {
        fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
            *metadata.level() == tracing::Level::WARN
        }

        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

        fn event(&self, _: &tracing::Event<'_>) {
            panic!("the subscriber cannot be had");
        }

        fn enter(&self, _: &tracing::span::Id) {}

        fn exit(&self, _: &tracing::span::Id) {}
    }

    tracing::subscriber::set_global_default(Panics).unwrap();
    job(builder.backend(Discard));
}

#[test]
fn what_a_subscriber_panics_over_is_said_all_the_same() {
    let said = said("panicking", &[("OTEL_METRICS_EXPORTER", "none")]);
    assert!(said.iter().any(|line| line.starts_with(OVERFLOW)), "{said:#?}");
}

/// Writes until no more is taken, and goes on trying.
fn fill_standard_error() {
    static TAKEN: AtomicUsize = AtomicUsize::new(0);
    thread::spawn(|| {
        while io::stderr().write_all(&[b' '; 1 << 10]).is_ok() {
            TAKEN.fetch_add(1, Ordering::Relaxed);
        }
    });
    let (mut seen, mut since) = (0, Instant::now());
    // The smallest pipe that systems have takes four kilobytes.
    while seen < 4 || since.elapsed() < Duration::from_millis(200) {
        thread::yield_now();
        let taken = TAKEN.load(Ordering::Relaxed);
        if taken != seen {
            (seen, since) = (taken, Instant::now());
        }
    }
}

/// Nobody reads standard error, and it is full.
fn stuck(builder: Builder) {
    let (telemetry, tools) = builder.backend(Discard).start::<Tools>().unwrap();
    fill_standard_error();
    let begin = Instant::now();
    tools.overflow();
    for _ in 0..1000 {
        problem!(warn, "it happens over and over");
    }
    let took = begin.elapsed();
    telemetry.end();
    println!("TOOK {} ms", took.as_millis());
    // The thread that cannot write would be waited for.
    #[expect(clippy::exit, reason = "a test that returns is joined")]
    std::process::exit(0);
}

#[test]
fn a_standard_error_that_nobody_reads_holds_nobody_up() {
    let mut child = child("stuck", &[("OTEL_METRICS_EXPORTER", "none")]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if begin.elapsed() > Duration::from_secs(30) {
            child.kill().unwrap();
            break None;
        }
        thread::sleep(Duration::from_millis(20));
    };
    let said = io::read_to_string(child.stdout.take().unwrap()).unwrap();
    assert!(status.is_some_and(|status| status.success()), "{status:?}: {said}");
    let (_, took) = said.split_once("TOOK ").unwrap();
    let millis: u64 = took.split(' ').next().unwrap().parse().unwrap();
    assert!(millis < 5_000, "{said}");
}

fn flood() {
    for at in 0..1000_u64 {
        problem!(warn, at = at, "it happens over and over");
    }
}

#[test]
fn a_flood_of_problems_is_twenty_lines() {
    let said = said("flood", &[]);
    assert_eq!(said.len(), 21, "{said:#?}");
    assert!(said[20].contains("that is all for this minute"), "{said:#?}");
}
