use async_openai::{
    Client,
    types::chat::{
        ChatCompletionRequestUserMessage as Question, ChatCompletionStreamOptions, CompletionUsage,
        CreateChatCompletionRequest,
    },
};
use botmeter::{
    Telemetry,
    llm::{Llm, LlmConfig, PriceBook, Provider::OpenAi, Usage},
};
use futures_util::StreamExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    // Reads the environment, and says what it chose.
    let (telemetry, llm) = Telemetry::builder("my-bot")
        .configure::<Llm>(LlmConfig::new().prices(PriceBook::built_in()))
        .start::<Llm>()?;
    let client = Client::new();
    let chat = client.chat();
    let mut request = CreateChatCompletionRequest {
        model: "gpt-4o".to_owned(),
        messages: vec![Question::from("What does a meter do?").into()],
        ..Default::default()
    };

    // A call: who is asked, the future, and where its reply has the usage.
    let call = chat.create(request.clone());
    let reply = llm.observe_with(OpenAi, "gpt-4o", call, |r| r.usage.as_ref().map(usage)).await?;
    println!("{}", reply.choices[0].message.content.as_deref().unwrap_or_default());

    // A stream, which says what it costs if it is asked to.
    request.stream_options =
        Some(ChatCompletionStreamOptions { include_usage: Some(true), ..Default::default() });
    let call = chat.create_stream(request);
    let mut chunks = llm
        .observe_stream(OpenAi, "gpt-4o", call, |chunk, seen| {
            if chunk.choices.iter().any(|choice| choice.delta.content.is_some()) {
                seen.token();
            }
            seen.usage(chunk.usage.as_ref().map(usage));
        })
        .await?;
    while let Some(chunk) = chunks.next().await {
        for choice in chunk?.choices {
            print!("{}", choice.delta.content.unwrap_or_default());
        }
    }
    println!();

    // Hands over the last metrics; a receiver that is down fails no job.
    telemetry.end();
    Ok(())
}

fn usage(told: &CompletionUsage) -> Usage {
    let cached = told.prompt_tokens_details.as_ref().and_then(|prompt| prompt.cached_tokens);
    Usage::including_cache(told.prompt_tokens, told.completion_tokens)
        .cache_read(cached.unwrap_or(0))
}
