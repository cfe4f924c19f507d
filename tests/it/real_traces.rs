//! Spans of calls in a real Jaeger, found as a person would find them.

use std::time::Duration;

use anyhow::{Context, Result};
use botmeter_llm::{ErrorKind, Llm, Provider, Usage};
use botmeter_telemetry::{Environment, Telemetry, traces::Traces};
use integration_tests::{Collector, Demo, Jaeger, eventually};
use serde_json::Value;
use tracing_subscriber::layer::SubscriberExt;

const SOON: Duration = Duration::from_mins(1);

/// A bot that answers a question with two calls, of which one fails, and that
/// sends its spans there.
fn answer_a_question(service: &str, variables: &[(&str, &str)]) -> Result<()> {
    let traces = Traces::new();
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    let _guard = tracing::subscriber::set_default(subscriber);
    let metrics = [("OTEL_METRICS_EXPORTER", "none"), ("OTEL_TRACES_EXPORTER", "otlp")];
    let environment: Environment = metrics.iter().chain(variables).copied().collect();
    let (telemetry, llm) = Telemetry::builder(service)
        .version("1.2.3")
        .environment(environment)
        .traces(&traces)
        .start::<Llm>()?;
    tracing::info_span!("answer a question", channel = "mail").in_scope(|| {
        llm.start(Provider::OpenAi, "gpt-4o").finish(&Usage::including_cache(1000, 200));
        llm.start(Provider::Anthropic, "claude").fail(ErrorKind::RateLimit);
    });
    telemetry.shutdown_blocking(SOON)?;
    Ok(())
}

/// The text of a span's tag.
fn tag(span: &Value, key: &str) -> Option<String> {
    let tags = span["tags"].as_array()?;
    let tag = tags.iter().find(|tag| tag["key"] == key)?;
    Some(tag["value"].as_str().map_or_else(|| tag["value"].to_string(), str::to_owned))
}

/// Looks for what the question left behind: by service, operation and tags.
fn find_all(jaeger: &Jaeger, service: &str) -> Result<()> {
    let spans = eventually(SOON, "the spans of the question", || {
        let spans = jaeger.search(&[("service", service)])?;
        Ok((spans.len() == 3).then_some(spans))
    })?;
    assert!(jaeger.services()?.contains(&service.to_owned()));
    // They are of one trace, and the calls are children of the question.
    let named = |name: &str| {
        spans.iter().find(|span| span["operationName"] == name).context(name.to_owned())
    };
    let (question, call) = (named("answer a question")?, named("chat gpt-4o")?);
    assert_eq!(tag(question, "channel").as_deref(), Some("mail"));
    assert_eq!(call["traceID"], question["traceID"]);
    assert_eq!(call["references"][0]["spanID"], question["spanID"]);
    assert_eq!(tag(call, "gen_ai.usage.input_tokens").as_deref(), Some("1000"));
    assert_eq!(tag(call, "span.kind").as_deref(), Some("client"));

    let by_operation = jaeger.search(&[("service", service), ("operation", "chat claude")])?;
    let failed = by_operation.iter().find(|span| span["operationName"] == "chat claude");
    assert_eq!(tag(failed.context("no call failed")?, "error").as_deref(), Some("true"));

    for (tags, count) in [
        (r#"{"error.type": "rate_limit"}"#, 3),
        (r#"{"gen_ai.request.model": "gpt-4o"}"#, 3),
        (r#"{"gen_ai.request.model": "another"}"#, 0),
    ] {
        // A search finds whole traces.
        let found = jaeger.search(&[("service", service), ("tags", tags)])?;
        assert_eq!(found.len(), count, "{tags}: {found:?}");
    }
    let nobody = jaeger.search(&[("service", "nobody")])?;
    assert_eq!(nobody, [Value::Null; 0]);

    // The newer API gives the same trace in OTLP.
    let id = question["traceID"].as_str().context("a span has no trace")?;
    let trace = jaeger.get(&format!("/api/v3/traces/{id}"), &[])?;
    let resources = trace["result"]["resourceSpans"].as_array().context("no spans")?;
    let text = serde_json::to_string(resources)?;
    for part in [service, "chat gpt-4o", "1.2.3"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    Ok(())
}

#[test]
#[ignore = "needs Jaeger"]
fn calls_are_found_in_jaeger_by_service_operation_and_tag() -> Result<()> {
    let jaeger = Jaeger::start()?;
    let http = jaeger.otlp_endpoint();
    answer_a_question("by-http", &[("OTEL_EXPORTER_OTLP_ENDPOINT", &http)])?;
    find_all(&jaeger, "by-http")?;
    let grpc = format!("http://{}", jaeger.grpc());
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", grpc.as_str()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
    answer_a_question("by-grpc", &variables)?;
    find_all(&jaeger, "by-grpc")
}

#[test]
#[ignore = "needs Jaeger and the Collector"]
fn calls_are_found_behind_a_collector() -> Result<()> {
    let jaeger = Jaeger::start()?;
    let collector = Collector::start(Some(&jaeger))?;
    let http = collector.otlp_endpoint();
    answer_a_question("collected", &[("OTEL_EXPORTER_OTLP_ENDPOINT", &http)])?;
    find_all(&jaeger, "collected")?;
    let grpc = collector.grpc_endpoint();
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", grpc.as_str()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
    answer_a_question("collected-grpc", &variables)?;
    find_all(&jaeger, "collected-grpc")
}

#[test]
#[ignore = "needs Jaeger and the Collector"]
fn the_demos_calls_are_found_behind_a_collector() -> Result<()> {
    let jaeger = Jaeger::start()?;
    let collector = Collector::start(Some(&jaeger))?;
    // One endpoint for both signals, as one gives it to a program.
    let endpoint = collector.otlp_endpoint();
    let variables = [
        ("OTEL_SERVICE_NAME", "demo-traced"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
    ];
    let options = ["--rate", "20", "--rate-limited", "0.2", "--timeout", "1s"];
    let _demo = Demo::start(&variables, &options)?;
    let service = ("service", "demo-traced");
    let searches = [
        vec![service, ("operation", "chat gpt-4o-mini")],
        vec![service, ("tags", r#"{"error.type": "rate_limit"}"#)],
        vec![service, ("tags", r#"{"gen_ai.provider.name": "openai"}"#)],
    ];
    for search in &searches {
        let found = eventually(SOON, &format!("{search:?}"), || {
            let spans = jaeger.search(search)?;
            Ok((!spans.is_empty()).then_some(spans))
        })?;
        assert!(found.iter().all(|span| span["duration"].as_u64().is_some()), "{found:?}");
    }
    // Its metrics are where they were sent as well.
    let page = format!("http://{}/metrics", collector.page());
    eventually(SOON, "the demo's metrics", || {
        let page = ureq::get(&page).call()?.body_mut().read_to_string()?;
        Ok(page.contains("job=\"demo-traced\"").then_some(()))
    })
}
