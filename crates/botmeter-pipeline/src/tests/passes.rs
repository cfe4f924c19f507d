//! Passes through a stage, and how they end.

use std::{fmt, future::pending, panic, thread, time::Duration};

use super::Bench;
use crate::Stage;

#[test]
fn every_pass_is_timed_and_failures_are_counted() {
    let bench = Bench::new();
    let blog = bench.blog();
    blog.start(Stage::Generation).finish();
    blog.start(Stage::Generation).fail();
    drop(blog.start(Stage::Generation));
    blog.start(Stage::Curation).end(&Ok::<_, fmt::Error>(()));
    blog.start(Stage::Publication).end(&Err::<(), _>(fmt::Error));
    blog.start(Stage::Publication).end_with(&Err::<(), _>("not an error type"), |_| ());
    bench.check(&[
        "pipeline_failures_total{…,stage=\"generation\"} 1",
        "pipeline_failures_total{…,stage=\"publication\"} 2",
        "pipeline_stage_latency_seconds_count{…,stage=\"curation\"} 1",
        "pipeline_stage_latency_seconds_count{…,stage=\"generation\"} 3",
        "pipeline_stage_latency_seconds_count{…,stage=\"publication\"} 2",
    ]);
}

#[test]
fn a_panic_is_a_failure() {
    let bench = Bench::new();
    let blog = bench.blog();
    let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let _pass = blog.start(Stage::Curation);
        panic!("on purpose");
    }));
    assert!(result.is_err());
    bench.check(&[
        "pipeline_failures_total{…,stage=\"curation\"} 1",
        "pipeline_stage_latency_seconds_count{…,stage=\"curation\"} 1",
    ]);
}

#[test]
fn a_pass_may_end_on_another_thread() {
    let bench = Bench::new();
    let pass = bench.blog().start(Stage::Publication);
    thread::spawn(move || pass.fail()).join().unwrap();
    bench.check(&[
        "pipeline_failures_total{…,stage=\"publication\"} 1",
        "pipeline_stage_latency_seconds_count{…,stage=\"publication\"} 1",
    ]);
}

#[tokio::test(start_paused = true)]
async fn a_future_that_loses_a_race_is_called_off() {
    let bench = Bench::new();
    let never = bench.blog().observe(Stage::Curation, pending::<Result<(), fmt::Error>>());
    assert!(tokio::time::timeout(Duration::from_secs(1), never).await.is_err());
    bench.check(&["pipeline_stage_latency_seconds_count{…,stage=\"curation\"} 1"]);
}

#[tokio::test]
async fn a_spawned_future_is_counted_and_gives_its_result() {
    let bench = Bench::new();
    let blog = bench.blog();
    let pass = blog.observe(Stage::Curation, async { Ok::<_, fmt::Error>(42) });
    assert_eq!(tokio::spawn(pass).await.unwrap(), Ok(42));
    let pass = blog.observe(Stage::Curation, async { Err::<(), _>(anyhow::anyhow!("no")) });
    assert_eq!(tokio::spawn(pass).await.unwrap().unwrap_err().to_string(), "no");
    let pass = blog.start(Stage::Curation).observe_with(async { Err::<(), _>("no") }, |_| ());
    assert_eq!(tokio::spawn(pass).await.unwrap(), Err("no"));
    let panics = blog.observe(Stage::Generation, async { stumble() });
    assert!(tokio::spawn(panics).await.unwrap_err().is_panic());
    drop(blog.observe(Stage::Publication, async { Ok::<_, fmt::Error>(()) }));
    bench.check(&[
        "pipeline_failures_total{…,stage=\"curation\"} 2",
        "pipeline_failures_total{…,stage=\"generation\"} 1",
        "pipeline_stage_latency_seconds_count{…,stage=\"curation\"} 3",
        "pipeline_stage_latency_seconds_count{…,stage=\"generation\"} 1",
    ]);
}

fn stumble() -> Result<(), fmt::Error> {
    panic!("on purpose")
}
