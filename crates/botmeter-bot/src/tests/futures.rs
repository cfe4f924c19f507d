//! Futures that are runs.

use std::{error::Error, future::ready, io, time::Duration};

use super::{BOT, Bench};
use crate::ErrorKind;

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

#[tokio::test]
async fn an_error_of_every_kind_tells_why_the_run_failed() {
    let bench = Bench::new();
    let full = || io::Error::from(io::ErrorKind::StorageFull);
    let bot = bench.bots.bot(BOT);
    assert!(bot.observe(ready(Err::<(), _>(full()))).await.is_err());
    assert!(bot.observe(ready(Err::<(), _>(anyhow::Error::new(full())))).await.is_err());
    let boxed: Box<dyn Error> = full().into();
    assert!(bot.observe(ready(Err::<(), _>(boxed))).await.is_err());
    let sendable: Box<dyn Error + Send + Sync> = full().into();
    assert!(bench.bots.observe(BOT, ready(Err::<(), _>(sendable))).await.is_err());
    let text = bot.observe_with(ready(Err::<(), _>("no room")), |_| ErrorKind::Storage).await;
    assert_eq!(text, Err("no room"));
    bench.check(&[
        "bot_consecutive_failures{…} 5",
        "bot_duration_seconds_count{…,status=\"error\"} 5",
        "bot_executions_total{…,status=\"error\"} 5",
        "bot_failures_total{…,error_type=\"storage\"} 5",
    ]);
}

fn stumble() -> Result<(), std::fmt::Error> {
    panic!("on purpose")
}
