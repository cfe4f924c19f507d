//! What botmeter has to be told about this client, once in a program.

use async_openai::{
    error::OpenAIError,
    types::chat::{CompletionUsage, CreateChatCompletionStreamResponse},
};
use botmeter::llm::{ErrorKind, LlmConfig, PriceBook, Seen, Usage};

/// Calls at list prices, whose failures have the kind that the client knows.
pub fn config() -> LlmConfig {
    LlmConfig::new().prices(PriceBook::built_in()).classify_with(kind)
}

/// What the provider bills. Cached tokens are among those of the prompt.
pub fn usage(usage: &CompletionUsage) -> Usage {
    let prompt = usage.prompt_tokens_details.as_ref();
    let completion = usage.completion_tokens_details.as_ref();
    Usage::including_cache(usage.prompt_tokens, usage.completion_tokens)
        .cache_read(prompt.and_then(|details| details.cached_tokens).unwrap_or(0))
        .reasoning(completion.and_then(|details| details.reasoning_tokens).unwrap_or(0))
}

/// What one chunk of a stream tells. The first one has a role and no token.
pub(crate) fn look(chunk: &CreateChatCompletionStreamResponse, seen: &mut Seen<'_>) {
    let deltas = || chunk.choices.iter().map(|choice| &choice.delta);
    if deltas().any(|delta| delta.content.is_some() || delta.tool_calls.is_some()) {
        seen.token();
    }
    seen.usage(chunk.usage.as_ref().map(usage));
}

/// By status and code where the provider refused. The type says it where there
/// is no code: that of an empty account is `insufficient_quota`.
fn kind(error: &OpenAIError) -> Option<ErrorKind> {
    match error {
        OpenAIError::ApiError(refused) => {
            let code = refused.api_error.code.as_ref().or(refused.api_error.r#type.as_ref());
            Some(ErrorKind::of_http(refused.status_code.as_u16(), code.map(String::as_str)))
        }
        OpenAIError::JSONDeserialize(..) => Some(ErrorKind::Server),
        OpenAIError::StreamError(_) => Some(ErrorKind::Network),
        // What caused it tells more.
        _ => None,
    }
}
