//! Futures that are runs.

use std::{fmt, future::pending, time::Duration};

use super::{Bench, NAME};

#[tokio::test(start_paused = true)]
async fn a_future_that_loses_a_race_is_cancelled_with_the_act_it_was_in() {
    let bench = Bench::new();
    let acts = bench.narratives.narrative(NAME);
    let never = bench.narratives.observe(NAME, async move {
        acts.act("outline").observe(pending::<Result<(), fmt::Error>>()).await
    });
    assert!(tokio::time::timeout(Duration::from_secs(1), never).await.is_err());
    bench.check(&[
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"cancelled\"} 1",
        "narrative_duration_seconds_count{…,status=\"cancelled\"} 1",
        "narrative_executions_total{…,status=\"cancelled\"} 1",
    ]);
}

#[tokio::test]
async fn a_spawned_future_is_counted_and_gives_its_result() {
    let bench = Bench::new();
    let run = bench.narratives.observe(NAME, async { Ok::<_, fmt::Error>(42) });
    assert_eq!(tokio::spawn(run).await.unwrap(), Ok(42));
    let run = bench.narratives.observe(NAME, async { Err::<(), _>(anyhow::anyhow!("no")) });
    assert_eq!(tokio::spawn(run).await.unwrap().unwrap_err().to_string(), "no");
    let run = bench.narratives.run(NAME).observe_with(async { Err::<(), _>("no") }, |_| ());
    assert_eq!(tokio::spawn(run).await.unwrap(), Err("no"));
    let panics = bench.narratives.observe(NAME, async { stumble() });
    assert!(tokio::spawn(panics).await.unwrap_err().is_panic());
    bench.check(&[
        "narrative_duration_seconds_count{…,status=\"error\"} 3",
        "narrative_duration_seconds_count{…,status=\"success\"} 1",
        "narrative_executions_total{…,status=\"error\"} 3",
        "narrative_executions_total{…,status=\"success\"} 1",
    ]);
}

#[tokio::test]
async fn a_future_that_is_never_polled_never_ran() {
    let bench = Bench::new();
    drop(bench.narratives.observe(NAME, async { Ok::<_, fmt::Error>(()) }));
    bench.check(&[]);
}

fn stumble() -> Result<(), fmt::Error> {
    panic!("on purpose")
}
