//! The same events through both routes.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use botmeter_llm::{ErrorKind, Llm, LlmConfig, Price, PriceBook, Provider, Usage};
use botmeter_telemetry::{Environment, Exports, Telemetry};
use integration_tests::{Families, read_exposition, read_open_metrics, translate_push};

use witness::Receiver;

pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Whether a value differs between the routes by its nature: how often each of
/// them exported, and when, is told by these.
fn is_about_exports(name: &str) -> bool {
    name.starts_with("telemetry_export") || name.starts_with("telemetry_last_export")
}

/// What the calls cost.
pub(crate) fn prices() -> Result<LlmConfig> {
    let price = Price::per_million(2.5, 10.0)?.cache_read(1.25)?.cache_write(2.5)?;
    Ok(LlmConfig::new().prices(PriceBook::new().with(Provider::OpenAi, "gpt", price)))
}

/// One of everything that a bot does with a model, with label values that are
/// hard to carry.
pub(crate) fn play(llm: &Llm) {
    let usage = Usage::including_cache(1000, 101).cache_read(600).cache_write(10).reasoning(40);
    let long = "m".repeat(10_000);
    let models =
        ["gpt-4o", "quo\"ted", "back\\slash", "new\nline", "tab\there", "ünïcödé", "", &long];
    for model in models {
        for provider in [Provider::OpenAi, Provider::Anthropic, Provider::named("nobody")] {
            llm.start(provider, model).finish(&usage);
            let mut call = llm.start(provider, model);
            call.first_token();
            call.retry(ErrorKind::RateLimit);
            call.finish(&Usage::excluding_cache(5, 7));
            llm.start(provider, model).fail(ErrorKind::of_text("connection timed out"));
            drop(llm.start(provider, model));
        }
    }
    for surplus in 0..120 {
        llm.start(Provider::Groq, &format!("model-{surplus}")).finish(&Usage::unknown());
    }
    llm.start(Provider::OpenAi, "gpt-4o").finish(&Usage::including_cache(-1, 1));
    // One that is still under way when the others are counted.
    std::mem::forget(llm.start(Provider::OpenAi, "gpt-4o"));
}

fn names(families: &Families) -> BTreeSet<&String> {
    families.keys().collect()
}

/// Compares all but what differs by its nature, family by family.
pub(crate) fn compare(scraped: &Families, pushed: &Families) {
    assert_eq!(names(scraped), names(pushed));
    for (name, scraped) in scraped.iter().filter(|(name, _)| !is_about_exports(name)) {
        let pushed = &pushed[name];
        assert_eq!(scraped.kind, pushed.kind, "the type of {name}");
        assert_eq!(scraped.help, pushed.help, "the help of {name}");
        let keys = |family: &integration_tests::Family| -> BTreeSet<_> {
            family.samples.keys().cloned().collect()
        };
        assert_eq!(keys(scraped), keys(pushed), "the series of {name}");
        for (key, value) in &scraped.samples {
            let other = pushed.samples[key];
            // A sum is added up in another order on each route.
            let near = (value - other).abs() <= 1e-9 * value.abs().max(1.0);
            let is_clock = name.ends_with("timestamp_seconds");
            assert!(near || is_clock, "{key:?} is {value} scraped and {other} pushed");
        }
    }
}

#[test]
fn both_routes_give_the_same_series_types_helps_buckets_and_values() -> Result<()> {
    both_routes(&Receiver::http().start(), "http/protobuf")?;
    both_routes(&Receiver::grpc().start(), "grpc")
}

/// The page in both formats, and a push by this protocol.
fn both_routes(receiver: &Receiver, protocol: &str) -> Result<()> {
    let variables = [("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];
    let (telemetry, llm) = Telemetry::builder("parity")
        .environment(variables.into_iter().collect::<Environment>())
        .scrape(([127, 0, 0, 1], 0).into())
        .otlp(receiver.endpoint())
        .interval(Duration::from_hours(1))
        .configure::<Llm>(prices()?)
        .start::<Llm>()?;
    play(&llm);
    let address = telemetry.scrape_address().context("nothing is served")?;
    let url = format!("http://{address}/metrics");
    telemetry.flush_blocking(SOON)?;
    // What tells of scrapes exists after the first, shortly after its answer.
    let deadline = Instant::now() + SOON;
    let page = loop {
        let page = ureq::get(&url).call()?.body_mut().read_to_string()?;
        let told = "telemetry_series{instrument=\"telemetry.last_export.timestamp\"} 2\n";
        if page.contains(told) || Instant::now() > deadline {
            break page;
        }
    };
    telemetry.flush_blocking(SOON)?;
    let pushed = translate_push(receiver.requests().last().context("nothing was pushed")?)?;
    let scraped = read_exposition(&page)?;
    assert!(scraped.len() > 20, "{:?}", names(&scraped));
    compare(&scraped, &pushed);
    let asked = ureq::get(&url).header("accept", "application/openmetrics-text; version=1.0.0");
    let page = asked.call()?.body_mut().read_to_string()?;
    compare(&read_open_metrics(&page)?, &pushed);
    let failures =
        telemetry.exports(botmeter_telemetry::BackendKind::Otlp).map(Exports::failure_count);
    assert_eq!(failures, Some(0));
    telemetry.shutdown_blocking(SOON)?;
    Ok(())
}
