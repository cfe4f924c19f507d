//! A Prometheus that ends and comes back with the same database.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use botmeter_llm::{Llm, Provider, Usage};
use botmeter_telemetry::{BackendKind, Environment, Exports, Telemetry};
use integration_tests::{Discovery, End, Prometheus, eventually};

const SOON: Duration = Duration::from_mins(1);

/// Waits until both routes have counted this many calls.
fn until_counted(prometheus: &Prometheus, calls: u32) -> Result<()> {
    let calls = f64::from(calls);
    for job in ["scraped", "pushed"] {
        let query = format!("sum(llm_requests_total{{job=\"{job}\"}})");
        eventually(SOON, &format!("{calls} calls for {job}"), || {
            let answer = prometheus.query(&query)?;
            Ok(answer.series.iter().any(|(_, value)| *value >= calls).then_some(()))
        })?;
    }
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn the_data_goes_on_when_prometheus_restarts() -> Result<()> {
    let builder = Prometheus::builder().as_in_the_stack(Discovery::default());
    let mut prometheus = builder.start()?;
    let (telemetry, llm) = Telemetry::builder("pushed")
        .environment(Environment::default())
        .instance_id("here:1")
        .scrape(([127, 0, 0, 1], 0).into())
        .otlp(prometheus.otlp_endpoint())
        .interval(Duration::from_secs(1))
        .start::<Llm>()?;
    let page = telemetry.scrape_address().context("nothing is served")?;
    prometheus.discover("scraped", "here:1", page)?;
    let begin = SystemTime::now();
    let call = || llm.start(Provider::OpenAi, "gpt-4o").finish(&Usage::including_cache(10, 1));

    let mut calls = 0;
    for end in [End::Asked, End::Killed] {
        for _ in 0..7 {
            call();
            calls += 1;
        }
        until_counted(&prometheus, calls)?;
        prometheus.restart(end)?;
        // What was there before is there after, whoever ended it.
        let before = prometheus.query(&format!(
            "sum(max_over_time(llm_requests_total{{job=\"pushed\"}}[{}s]))",
            begin.elapsed()?.as_secs() + 1
        ))?;
        assert_eq!(before.series.first().map(|(_, value)| *value), Some(f64::from(calls)));
        call();
        calls += 1;
        until_counted(&prometheus, calls)?;
    }

    // No counter fell, and what was counted while the server was away is there:
    // the growth over all is the number of calls, by each route.
    let all = begin.elapsed()? + Duration::from_secs(2);
    for job in ["scraped", "pushed"] {
        let selector = format!("llm_requests_total{{job=\"{job}\",status=\"success\"}}");
        let resets = prometheus.query(&format!("resets({selector}[{}s])", all.as_secs()))?;
        assert_eq!(resets.series.iter().map(|(_, value)| *value).collect::<Vec<_>>(), [0.0]);
        let range = prometheus.query_range(&selector, all, Duration::from_secs(1))?;
        let [(_, points)] = &range.series[..] else { panic!("not one series: {range:?}") };
        assert!(points.is_sorted_by(|(_, one), (_, next)| one <= next), "{job}: {points:?}");
        let last = prometheus.query(&selector)?.series;
        assert_eq!(last.first().map(|(_, value)| *value), Some(f64::from(calls)), "{job}");
    }
    // The pushes that found nobody are told by the telemetry itself, and the
    // next one carried what they had.
    telemetry.flush_blocking(SOON)?;
    assert!(telemetry.exports(BackendKind::Otlp).map_or(0, Exports::success_count) > 4);
    telemetry.shutdown_blocking(SOON)?;
    Ok(())
}
