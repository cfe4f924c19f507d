//! A program that makes the mistake that it is told to, and has no subscriber
//! of `tracing` to hear of it.

use std::env;

use botmeter::{
    Error, Telemetry,
    llm::{Llm, LlmConfig, Model, Price, PriceBook, Provider::OpenAi, Usage},
};

const MODEL: &str = "gpt-4o-mini";

fn main() -> Result<(), Error> {
    // What was agreed on, and no word on the tokens that the provider caches.
    let ours = PriceBook::new().with(OpenAi, MODEL, Price::per_million(4.0, 20.0)?);
    let config = LlmConfig::new().prices(PriceBook::built_in().and(ours));
    let builder = Telemetry::builder("mistakes").configure::<Llm>(config).limit::<Model>(2);
    let (telemetry, llm) = builder.start::<Llm>()?;
    match env::args().nth(1).unwrap_or_default().as_str() {
        "a price without a rate for the cache" => {
            llm.start(OpenAi, MODEL).finish(&Usage::including_cache(1000, 200).cache_read(600));
        }
        "a model for every customer" => {
            for customer in ["anna", "bert", "carl", "dora"] {
                drop(llm.start(OpenAi, customer));
            }
        }
        "two telemetries" => {
            let (second, _) = Telemetry::builder("mistakes").start::<Llm>()?;
            second.end();
        }
        "an event after the end" => {
            telemetry.end();
            drop(llm.start(OpenAi, MODEL));
            return Ok(());
        }
        "no end" => return Ok(()),
        _ => {}
    }
    telemetry.end();
    Ok(())
}
