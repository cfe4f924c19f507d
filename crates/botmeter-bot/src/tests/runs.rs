//! Runs and how they end.

use std::{panic, time::SystemTime};

use super::{BOT, Bench, LAST_SUCCESS, unix_time};
use crate::{ErrorKind, Run};

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
