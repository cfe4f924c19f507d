//! Recording does not allocate once a handle is bound.

use std::time::Duration;

use allocation_counter::measure;
use anyhow::Result;
use botmeter_core::Discard;
use botmeter_llm::{ErrorKind, Llm, Provider, Usage};
use botmeter_telemetry::{Environment, Telemetry};

/// What a bot does with a model whose row is known.
fn work(llm: &Llm, model: &str) {
    let mut call = llm.start(Provider::OpenAi, model);
    call.first_token();
    call.retry(ErrorKind::RateLimit);
    call.finish(&Usage::including_cache(10, 5).reasoning(1));
    llm.start(Provider::OpenAi, model).fail(ErrorKind::Server);
    drop(llm.start(Provider::OpenAi, model));
}

#[test]
fn a_known_model_allocates_nothing() -> Result<()> {
    let (telemetry, llm) = Telemetry::builder("allocations")
        .environment(Environment::default())
        .backend(Discard)
        .otlp("http://127.0.0.1:9")
        .interval(Duration::from_hours(1))
        .start::<Llm>()?;
    let model = String::from("gpt-4o");
    work(&llm, &model);
    let counted = measure(|| (0..1000).for_each(|_| work(&llm, &model)));
    assert_eq!(counted.count_total, 0, "{counted:?}");
    drop(telemetry.shutdown_blocking(Duration::from_millis(100)));
    Ok(())
}

#[test]
fn a_surplus_model_allocates_nothing() -> Result<()> {
    let (telemetry, llm) = Telemetry::builder("allocations")
        .environment(Environment::default())
        .backend(Discard)
        .start::<Llm>()?;
    for n in 0..150 {
        work(&llm, &format!("model-{n}"));
    }
    let surplus = String::from("one\nmore");
    let counted = measure(|| (0..1000).for_each(|_| work(&llm, &surplus)));
    assert_eq!(counted.count_total, 0, "{counted:?}");
    telemetry.shutdown_blocking(Duration::from_secs(1))?;
    Ok(())
}

#[test]
fn the_scrape_backend_allocates_nothing() -> Result<()> {
    let (telemetry, llm) = Telemetry::builder("allocations")
        .environment(Environment::default())
        .scrape_mounted()
        .start::<Llm>()?;
    let model = String::from("gpt-4o");
    work(&llm, &model);
    let counted = measure(|| (0..1000).for_each(|_| work(&llm, &model)));
    assert_eq!(counted.count_total, 0, "{counted:?}");
    telemetry.shutdown_blocking(Duration::from_secs(1))?;
    Ok(())
}
