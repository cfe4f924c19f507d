//! From a bucket of latencies in a real Prometheus to the trace in a real
//! Jaeger, as a click in Grafana goes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use botmeter_llm::{Llm, Provider, Usage};
use botmeter_telemetry::{Environment, Telemetry, traces::Traces};
use integration_tests::{Discovery, Jaeger, Prometheus, eventually};
use serde_json::Value;
use tracing_subscriber::layer::SubscriberExt;

const SOON: Duration = Duration::from_mins(1);

/// The exemplars that Prometheus keeps of the buckets of this job.
fn exemplars(prometheus: &Prometheus, job: &str) -> Result<Vec<Value>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let answer = ureq::get(format!("{}/api/v1/query_exemplars", prometheus.url()))
        .query("query", format!("llm_duration_seconds_bucket{{job=\"{job}\"}}"))
        .query("start", (now - 600).to_string())
        .query("end", (now + 600).to_string())
        .call()?
        .body_mut()
        .read_to_string()?;
    let answer: Value = serde_json::from_str(&answer)?;
    let series = answer["data"].as_array().with_context(|| format!("no data: {answer}"))?;
    let all = series.iter().filter_map(|series| series["exemplars"].as_array());
    Ok(all.flatten().cloned().collect())
}

#[test]
#[ignore = "needs Prometheus and Jaeger"]
fn a_bucket_of_latencies_leads_to_the_trace_of_its_call() -> Result<()> {
    let jaeger = Jaeger::start()?;
    let start = || Prometheus::builder().as_in_the_stack(Discovery::default()).start();
    let prometheus = start()?;
    let spans = format!("{}/v1/traces", jaeger.otlp_endpoint());
    let variables =
        [("OTEL_TRACES_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*spans)];
    let traces = Traces::new();
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    let _guard = tracing::subscriber::set_default(subscriber);
    let (telemetry, llm) = Telemetry::builder("pushed")
        .environment(variables.into_iter().collect::<Environment>())
        .instance_id("here:1")
        .scrape(([127, 0, 0, 1], 0).into())
        .otlp(prometheus.otlp_endpoint())
        .interval(Duration::from_secs(1))
        .traces(&traces)
        .start::<Llm>()?;
    let page = telemetry.scrape_address().context("nothing is served")?;
    prometheus.discover("scraped", "here:1", page)?;
    tracing::info_span!("answer a question").in_scope(|| {
        llm.start(Provider::OpenAi, "gpt-4o").finish(&Usage::including_cache(1000, 200));
    });

    for job in ["scraped", "pushed"] {
        let found = eventually(SOON, &format!("an exemplar that was {job}"), || {
            Ok(exemplars(&prometheus, job)?.pop())
        })?;
        let text = |key: &str| found["labels"][key].as_str().context(key.to_owned());
        let (trace, span) = (text("trace_id")?, text("span_id")?);
        telemetry.flush_blocking(SOON)?;
        let call = eventually(SOON, "the call's span", || {
            let spans = jaeger.search(&[("service", "pushed")])?;
            let is_call = |found: &Value| found["spanID"] == span;
            Ok(spans.into_iter().find(is_call))
        })?;
        assert_eq!(call["operationName"], "chat gpt-4o");
        assert_eq!(call["traceID"], trace);
    }
    telemetry.shutdown_blocking(SOON)?;
    Ok(())
}
