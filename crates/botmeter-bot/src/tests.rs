//! Events in, the text that a scraper sees out.

use std::{
    panic,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use botmeter_core::{
    Descriptor, Domain, DropReason, Meter, Registered,
    backend::Memory,
    buckets,
    label::{LabelInfo, Values},
};

use crate::{Bots, ErrorKind, MAX_QUEUE_DEPTH, Run};

struct Bench {
    memory: Memory,
    meter: Meter,
    bots: Bots,
}

const BOT: &str = "newsletter";
const LAST_SUCCESS: &str = "bot_last_success_timestamp_seconds";

impl Bench {
    fn new() -> Self {
        let memory = Memory::new();
        let meter = Meter::new(memory.clone());
        let bots = Bots::register(&meter);
        Self { memory, meter, bots }
    }

    /// Every series of the bot that is not zero, but for what depends on the
    /// clock.
    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let text = self.memory.text();
        let moved: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.ends_with(" 0"))
            .filter(|line| !line.contains("_bucket{") && !line.contains("_sum{"))
            .filter(|line| !line.starts_with(LAST_SUCCESS))
            .map(|line| line.replace("bot=\"newsletter\"", "…"))
            .collect();
        assert_eq!(moved, expected, "\n{text}");
    }

    fn value(&self, name: &str) -> Option<f64> {
        self.memory.value(name, &[("bot", BOT)])
    }

    fn implausible(&self) -> u64 {
        self.meter.dropped_count(DropReason::Implausible)
    }
}

fn unix_time(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

/// One line for each instrument: name, kind, labels with their values or their
/// limit, and buckets.
fn registered() -> Vec<String> {
    let label = |label: &LabelInfo| match label.values() {
        Values::Closed(values) => format!("{}={}", label.key(), values.join("|")),
        Values::Open { limit } => format!("{}<={limit}", label.key()),
    };
    let line = |instrument: &&Descriptor| {
        let labels: Vec<String> = instrument.labels().iter().map(label).collect();
        let buckets = match instrument.buckets() {
            [] => "",
            bounds if bounds == buckets::WORK => " WORK",
            _ => " others",
        };
        let (name, kind) = (instrument.prometheus_name(), instrument.kind());
        format!("{name} {kind:?} [{}]{buckets}", labels.join(" "))
    };
    Registered::of::<Bots>().instruments.iter().map(line).collect()
}

#[test]
fn names_kinds_and_labels_are_what_dashboards_rely_on() {
    assert_eq!(
        registered(),
        [
            "bot_executions_total Counter [bot<=64 status=success|error|cancelled]",
            "bot_failures_total Counter [bot<=64 error_type=llm|tool|storage|platform|timeout|config|internal]",
            "bot_duration_seconds Histogram [bot<=64 status=success|error|cancelled] WORK",
            "bot_active UpDownCounter [bot<=64]",
            "bot_queue_depth Gauge [bot<=64]",
            "bot_consecutive_failures Gauge [bot<=64]",
            "bot_last_success_timestamp_seconds Gauge [bot<=64]",
        ]
    );
}

#[test]
fn every_instrument_is_fed_by_some_event() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    let _active = bot.run();
    bot.set_queue_depth(1);
    bot.run().finish();
    bot.run().fail(ErrorKind::Llm);
    let text = bench.memory.text();
    for instrument in Registered::of::<Bots>().instruments {
        let name = instrument.prometheus_name();
        let has_moved = |line: &str| line.starts_with(&name) && !line.ends_with(" 0");
        assert!(text.lines().any(has_moved), "nothing feeds {name}\n{text}");
    }
}

#[test]
fn a_bot_that_has_not_run_yet_is_all_there_at_zero() {
    let bench = Bench::new();
    let _bot = bench.bots.bot(BOT);
    let text = bench.memory.text();
    let series: Vec<&str> =
        text.lines().filter(|line| !line.starts_with('#') && !line.contains("_bucket{")).collect();
    assert_eq!(
        series,
        [
            "bot_active{bot=\"newsletter\"} 0",
            "bot_consecutive_failures{bot=\"newsletter\"} 0",
            "bot_duration_seconds_sum{bot=\"newsletter\",status=\"cancelled\"} 0",
            "bot_duration_seconds_count{bot=\"newsletter\",status=\"cancelled\"} 0",
            "bot_duration_seconds_sum{bot=\"newsletter\",status=\"error\"} 0",
            "bot_duration_seconds_count{bot=\"newsletter\",status=\"error\"} 0",
            "bot_duration_seconds_sum{bot=\"newsletter\",status=\"success\"} 0",
            "bot_duration_seconds_count{bot=\"newsletter\",status=\"success\"} 0",
            "bot_executions_total{bot=\"newsletter\",status=\"cancelled\"} 0",
            "bot_executions_total{bot=\"newsletter\",status=\"error\"} 0",
            "bot_executions_total{bot=\"newsletter\",status=\"success\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"config\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"internal\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"llm\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"platform\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"storage\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"timeout\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"tool\"} 0",
        ],
        "no queue and no success yet, and so no such series"
    );
    assert!(text.contains("status=\"success\",le=\"1800.5\"} 0"), "{text}");
}

#[test]
fn a_run_is_active_and_then_a_success_with_its_time() {
    let bench = Bench::new();
    let run = bench.bots.run(BOT);
    bench.check(&["bot_active{…} 1"]);
    let before = unix_time(SystemTime::now());
    run.finish();
    bench.check(&[
        "bot_duration_seconds_count{…,status=\"success\"} 1",
        "bot_executions_total{…,status=\"success\"} 1",
    ]);
    let at = bench.value(LAST_SUCCESS).unwrap();
    assert!((before..=unix_time(SystemTime::now())).contains(&at), "{at} is not now");
}

#[test]
fn failures_are_counted_by_type_and_in_a_row() {
    let bench = Bench::new();
    bench.bots.run(BOT).fail(ErrorKind::Llm);
    bench.bots.run(BOT).fail(ErrorKind::of(&std::env::VarError::NotPresent));
    let result: Result<(), _> = Err(std::io::Error::from(std::io::ErrorKind::TimedOut));
    bench.bots.run(BOT).end(&result);
    bench.check(&[
        "bot_consecutive_failures{…} 3",
        "bot_duration_seconds_count{…,status=\"error\"} 3",
        "bot_executions_total{…,status=\"error\"} 3",
        "bot_failures_total{…,error_type=\"config\"} 1",
        "bot_failures_total{…,error_type=\"llm\"} 1",
        "bot_failures_total{…,error_type=\"timeout\"} 1",
    ]);
    assert_eq!(bench.value(LAST_SUCCESS), None, "a failure is no success");
}

#[test]
fn a_success_ends_the_row_of_failures_and_a_cancellation_does_not() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    bot.run().fail(ErrorKind::Tool);
    drop(bot.run());
    assert_eq!(bench.value("bot_consecutive_failures"), Some(1.0));
    assert_eq!(bench.value(LAST_SUCCESS), None, "a cancellation is no success");
    bot.run().fail(ErrorKind::Tool);
    assert_eq!(bench.value("bot_consecutive_failures"), Some(2.0));
    bot.run().finish();
    assert_eq!(bench.value("bot_consecutive_failures"), Some(0.0));
    bot.run().fail(ErrorKind::Tool);
    assert_eq!(bench.value("bot_consecutive_failures"), Some(1.0));
}

#[test]
fn a_dropped_run_is_cancelled() {
    let bench = Bench::new();
    drop(bench.bots.run(BOT));
    bench.check(&[
        "bot_duration_seconds_count{…,status=\"cancelled\"} 1",
        "bot_executions_total{…,status=\"cancelled\"} 1",
    ]);
}

#[test]
fn a_panic_is_a_failure_of_the_bot_itself() {
    let bench = Bench::new();
    let bots = bench.bots.clone();
    let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let _run = bots.run(BOT);
        panic!("on purpose");
    }));
    assert!(result.is_err());
    bench.check(&[
        "bot_consecutive_failures{…} 1",
        "bot_duration_seconds_count{…,status=\"error\"} 1",
        "bot_executions_total{…,status=\"error\"} 1",
        "bot_failures_total{…,error_type=\"internal\"} 1",
    ]);
}

#[test]
fn a_run_may_end_on_another_thread() {
    let bench = Bench::new();
    let run: Run = bench.bots.run(BOT);
    std::thread::spawn(move || run.finish()).join().unwrap();
    bench.check(&[
        "bot_duration_seconds_count{…,status=\"success\"} 1",
        "bot_executions_total{…,status=\"success\"} 1",
    ]);
}

#[test]
fn runs_that_end_at_once_leave_the_row_of_failures_as_long_as_it_is() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..250 {
                    bot.run().fail(ErrorKind::Llm);
                }
            });
        }
    });
    assert_eq!(bench.value("bot_consecutive_failures"), Some(1000.0));
}

#[test]
fn the_queue_is_as_deep_as_it_was_last_said_to_be() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    bot.set_queue_depth(7_usize);
    bot.set_queue_depth(3);
    bench.check(&["bot_queue_depth{…} 3"]);
    bot.set_queue_depth(0_u8);
    assert_eq!(bench.value("bot_queue_depth"), Some(0.0));
}

#[test]
fn an_impossible_queue_is_dropped_and_counted() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    bot.set_queue_depth(-1);
    bot.set_queue_depth(3_u64.wrapping_sub(4));
    bot.set_queue_depth(MAX_QUEUE_DEPTH + 1);
    assert_eq!(bench.value("bot_queue_depth"), None);
    assert_eq!(bench.implausible(), 3);
    bot.set_queue_depth(MAX_QUEUE_DEPTH);
    assert_eq!(bench.value("bot_queue_depth"), Some(1e9));
}

#[test]
fn a_restored_success_counts_until_there_is_a_later_one() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    bot.restore_last_success(yesterday);
    assert_eq!(bench.value(LAST_SUCCESS), Some(unix_time(yesterday)));
    bot.restore_last_success(yesterday - Duration::from_hours(24));
    assert_eq!(bench.value(LAST_SUCCESS), Some(unix_time(yesterday)), "later than that");
    bot.run().finish();
    let today = bench.value(LAST_SUCCESS).unwrap();
    assert!(today > unix_time(yesterday), "{today}");
    bot.restore_last_success(yesterday);
    assert_eq!(bench.value(LAST_SUCCESS), Some(today));
    assert_eq!(bench.implausible(), 0);
    bench.check(&[
        "bot_duration_seconds_count{…,status=\"success\"} 1",
        "bot_executions_total{…,status=\"success\"} 1",
    ]);
}

#[test]
fn an_impossible_time_of_success_is_dropped_and_counted() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    bot.restore_last_success(SystemTime::now() + Duration::from_hours(1));
    bot.restore_last_success(UNIX_EPOCH);
    bot.restore_last_success(UNIX_EPOCH - Duration::from_secs(1));
    assert_eq!(bench.value(LAST_SUCCESS), None);
    assert_eq!(bench.implausible(), 3);
}

#[test]
fn any_text_is_a_name() {
    let bench = Bench::new();
    for name in ["", "a\nb\\c\u{0}", "say \"hi\"", "日本語", &"x".repeat(10_000)] {
        bench.bots.run(name).finish();
    }
    let labels = |bot| [("bot", bot), ("status", "success")];
    for name in ["unknown", "a_b_c_", "say \"hi\"", "日本語", &"x".repeat(128)] {
        let runs = bench.memory.value("bot_executions_total", &labels(name));
        assert_eq!(runs, Some(1.0), "{name}");
    }
}

#[test]
fn bots_past_the_limit_are_other() {
    let bench = Bench::new();
    for n in 0..100 {
        bench.bots.run(&format!("bot-{n}")).finish();
    }
    let labels = [("bot", "other"), ("status", "success")];
    assert_eq!(bench.memory.value("bot_executions_total", &labels), Some(36.0));
}

#[tokio::test(start_paused = true)]
async fn a_future_that_loses_a_race_is_cancelled() {
    let bench = Bench::new();
    let never = bench.bots.observe(BOT, std::future::pending::<Result<(), std::fmt::Error>>());
    assert!(tokio::time::timeout(Duration::from_secs(1), never).await.is_err());
    bench.check(&[
        "bot_duration_seconds_count{…,status=\"cancelled\"} 1",
        "bot_executions_total{…,status=\"cancelled\"} 1",
    ]);
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_within_the_run_is_a_failure() {
    let bench = Bench::new();
    let late = tokio::time::timeout(Duration::from_secs(1), std::future::pending::<()>());
    assert!(bench.bots.observe(BOT, late).await.is_err());
    bench.check(&[
        "bot_consecutive_failures{…} 1",
        "bot_duration_seconds_count{…,status=\"error\"} 1",
        "bot_executions_total{…,status=\"error\"} 1",
        "bot_failures_total{…,error_type=\"timeout\"} 1",
    ]);
}

#[tokio::test]
async fn a_future_that_is_never_polled_never_ran() {
    let bench = Bench::new();
    drop(bench.bots.observe(BOT, async { Ok::<_, std::fmt::Error>(()) }));
    bench.check(&[]);
}

#[tokio::test]
async fn a_spawned_future_is_counted_and_gives_its_result() {
    let bench = Bench::new();
    let run = bench.bots.observe(BOT, async { Ok::<_, std::fmt::Error>(42) });
    assert_eq!(tokio::spawn(run).await.unwrap(), Ok(42));
    let panics = bench.bots.observe(BOT, async { stumble() });
    assert!(tokio::spawn(panics).await.unwrap_err().is_panic());
    bench.check(&[
        "bot_consecutive_failures{…} 1",
        "bot_duration_seconds_count{…,status=\"error\"} 1",
        "bot_duration_seconds_count{…,status=\"success\"} 1",
        "bot_executions_total{…,status=\"error\"} 1",
        "bot_executions_total{…,status=\"success\"} 1",
        "bot_failures_total{…,error_type=\"internal\"} 1",
    ]);
}

fn stumble() -> Result<(), std::fmt::Error> {
    panic!("on purpose")
}
