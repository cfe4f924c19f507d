//! Asks by way of `genai`, whose replies and errors are types of its own.

mod questions;

use std::{env, error::Error, pin::pin};

use botmeter::{
    Telemetry,
    llm::{ErrorKind, Llm, LlmConfig, PriceBook, Provider::OpenAi, Seen, Usage},
};
use futures_util::{StreamExt, TryFutureExt};
use genai::{
    Client, ServiceTarget,
    chat::{self, ChatMessage, ChatOptions, ChatRequest, ChatStreamEvent},
    resolver::{Endpoint, ServiceTargetResolver},
    webc,
};
use serde_json::Value;

const MODEL: &str = "gpt-4o-mini";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (telemetry, llm) =
        Telemetry::builder("genai-bot").configure::<Llm>(config()).start::<Llm>()?;
    let client = client(env::var("OPENAI_BASE_URL")?)?;
    questions::answer(
        async |question| ask(&llm, &client, &question).await,
        async |question| stream(&llm, &client, &question).await,
    )
    .await?;
    telemetry.end();
    Ok(())
}

/// It wants a slash at the end of the base URL.
fn client(url: String) -> genai::Result<Client> {
    let there = ServiceTargetResolver::from_resolver_fn(move |target: ServiceTarget| {
        Ok(ServiceTarget { endpoint: Endpoint::from_owned(format!("{url}/")), ..target })
    });
    Client::builder().with_service_target_resolver(there).build()
}

async fn ask(llm: &Llm, client: &Client, question: &str) -> genai::Result<()> {
    let call = client.exec_chat(MODEL, request(question), None);
    let reply = llm.observe_with(OpenAi, MODEL, call, |r| usage(&r.usage)).await?;
    println!("{}", reply.first_text().unwrap_or_default());
    Ok(())
}

async fn stream(llm: &Llm, client: &Client, question: &str) -> genai::Result<()> {
    let options = ChatOptions::default().with_capture_usage(true);
    let call = client.exec_chat_stream(MODEL, request(question), Some(&options));
    let opened = call.map_ok(|response| response.stream);
    let mut events = pin!(llm.observe_stream(OpenAi, MODEL, opened, look).await?);
    while let Some(event) = events.next().await {
        if let ChatStreamEvent::Chunk(chunk) = event? {
            print!("{}", chunk.content);
        }
    }
    println!();
    Ok(())
}

fn request(question: &str) -> ChatRequest {
    ChatRequest::new(vec![ChatMessage::user(question)])
}

/// What botmeter has to be told about genai, once in a program.
fn config() -> LlmConfig {
    LlmConfig::new().prices(PriceBook::built_in()).classify_with(kind)
}

/// What caused an error is in its fields, and not its source.
fn kind(error: &genai::Error) -> Option<ErrorKind> {
    match error {
        genai::Error::WebStream { error, .. } => Some(ErrorKind::of(error.as_ref())),
        genai::Error::WebModelCall { webc_error: webc::Error::Reqwest(error), .. } => {
            Some(ErrorKind::of(error))
        }
        genai::Error::WebModelCall {
            webc_error: webc::Error::ResponseFailedStatus { status, body, .. },
            ..
        } => {
            let body: Value = serde_json::from_str(body).unwrap_or_default();
            Some(ErrorKind::of_http(status.as_u16(), body["error"]["code"].as_str()))
        }
        _ => None,
    }
}

fn usage(usage: &chat::Usage) -> Usage {
    let prompt = usage.prompt_tokens_details.as_ref();
    let completion = usage.completion_tokens_details.as_ref();
    let (input, output) = (usage.prompt_tokens, usage.completion_tokens);
    Usage::including_cache(input.unwrap_or(0), output.unwrap_or(0))
        .cache_read(prompt.and_then(|details| details.cached_tokens).unwrap_or(0))
        .reasoning(completion.and_then(|details| details.reasoning_tokens).unwrap_or(0))
}

fn look(event: &ChatStreamEvent, seen: &mut Seen<'_>) {
    match event {
        ChatStreamEvent::Start | ChatStreamEvent::Heartbeat => {}
        ChatStreamEvent::End(end) => seen.usage(end.captured_usage.as_ref().map(usage)),
        _ => seen.token(),
    }
}
