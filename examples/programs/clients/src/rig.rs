//! Asks by way of `rig-core`, whose replies and errors are types of its own.

mod questions;

use std::{error::Error, pin::pin};

use botmeter::{
    Telemetry,
    llm::{ErrorKind, Llm, LlmConfig, PriceBook, Provider::OpenAi, Seen, Usage},
};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use rig_core::{
    ErrorReport, Model, ProviderError, completion,
    providers::openai::{OpenAI, wire::Chat},
    streaming::{CompletionStream, Item, StreamEvent},
};

const MODEL: &str = "gpt-4o-mini";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (telemetry, llm) =
        Telemetry::builder("rig-bot").configure::<Llm>(config()).start::<Llm>()?;
    let model = OpenAI::from_env()?.chat(MODEL);
    questions::answer(
        async |question| ask(&llm, &model, &question).await,
        async |question| stream(&llm, &model, &question).await,
    )
    .await?;
    telemetry.end();
    Ok(())
}

async fn ask(llm: &Llm, model: &Model<Chat>, question: &str) -> Result<(), ProviderError> {
    let call = model.call(question);
    let reply = llm.observe_with(OpenAi, MODEL, call, |r| usage(&r.usage)).await?;
    println!("{}", reply.text());
    Ok(())
}

async fn stream(llm: &Llm, model: &Model<Chat>, question: &str) -> Result<(), ProviderError> {
    let opened = async { model.stream(question).map(with_usage) };
    let mut events = pin!(llm.observe_stream(OpenAi, MODEL, opened, look).await?);
    while let Some(event) = events.next().await {
        if let Told::Item(Item::Event(StreamEvent::Text { text, .. })) = event? {
            print!("{text}");
        }
    }
    println!();
    Ok(())
}

/// What botmeter has to be told about rig, once in a program.
fn config() -> LlmConfig {
    LlmConfig::new().prices(PriceBook::built_in()).classify_with(|error: &ProviderError| {
        let report = ErrorReport::from(error);
        Some(ErrorKind::of_http(report.http_status?, report.code.as_deref()))
    })
}

fn usage(usage: &completion::Usage) -> Usage {
    Usage::including_cache(usage.input_tokens.unwrap_or(0), usage.output_tokens.unwrap_or(0))
        .cache_read(usage.cached_input_tokens.unwrap_or(0))
        .reasoning(usage.reasoning_tokens.unwrap_or(0))
}

/// An item of a stream; or its usage, which rig tells beside its items.
enum Told {
    Item(Item<StreamEvent>),
    Usage(completion::Usage),
}

fn with_usage(events: CompletionStream) -> BoxStream<'static, Result<Told, ProviderError>> {
    let next = async |events: Option<CompletionStream>| {
        let mut events = events?;
        match events.next().await {
            Some(item) => Some((item.map(Told::Item), Some(events))),
            None => Some((Ok(Told::Usage(events.partial().usage)), None)),
        }
    };
    stream::unfold(Some(events), next).boxed()
}

fn look(told: &Told, seen: &mut Seen<'_>) {
    match told {
        Told::Item(_) => seen.token(),
        Told::Usage(told) => seen.usage(usage(told)),
    }
}
