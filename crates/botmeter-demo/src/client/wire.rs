//! The JSON of the chat completions API, as the client reads it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ErrorDetail;
use super::{Chat, TokenUsage};

/// The body of a request.
pub(super) fn request_body(chat: &Chat<'_>, stream: bool) -> Value {
    let mut body = json!({
        "model": chat.model,
        "messages": [{ "role": "user", "content": chat.prompt }],
        "stream": stream,
    });
    if stream {
        // Without it, a streamed answer does not say what it cost.
        body["stream_options"] = json!({ "include_usage": true });
    }
    if let Some(most) = chat.most_tokens {
        body["max_completion_tokens"] = json!(most);
    }
    body
}

/// An answer in one piece.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    pub(super) choices: Vec<Choice>,
    pub(super) usage: Option<Usage>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    pub(super) message: Message,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    pub(super) content: Option<String>,
}

/// One event of a streamed answer.
#[derive(Debug, Deserialize)]
pub(super) struct Chunk {
    #[serde(default)]
    pub(super) choices: Vec<ChunkChoice>,
    #[serde(default)]
    pub(super) usage: Option<Usage>,
    #[serde(default)]
    pub(super) error: Option<ErrorDetail>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ChunkChoice {
    #[serde(default)]
    pub(super) delta: Delta,
    #[serde(default)]
    pub(super) finish_reason: Option<String>,
}

/// What was added. Some providers stream the model's thoughts under a name of their own.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Delta {
    #[serde(default)]
    pub(super) content: Option<String>,
    #[serde(default, alias = "reasoning")]
    reasoning_content: Option<String>,
}

impl Delta {
    /// Whether the model has begun to write; the first chunk often holds only the role.
    pub(super) fn has_token(&self) -> bool {
        [&self.content, &self.reasoning_content]
            .into_iter()
            .any(|text| text.as_ref().is_some_and(|text| !text.is_empty()))
    }
}

/// Tokens as the provider reports them.
#[derive(Debug, Deserialize)]
pub(super) struct Usage {
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
    #[serde(default)]
    prompt_tokens_details: Option<PromptDetails>,
    #[serde(default)]
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Debug, Default, Deserialize)]
struct PromptDetails {
    #[serde(default)]
    cached_tokens: Option<u64>,
    /// Routers in front of several providers name it; `OpenAI` itself does not.
    #[serde(default)]
    cache_write_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct CompletionDetails {
    #[serde(default)]
    reasoning_tokens: Option<u64>,
}

impl From<Usage> for TokenUsage {
    fn from(usage: Usage) -> Self {
        let prompt_details = usage.prompt_tokens_details.unwrap_or_default();
        Self {
            prompt: usage.prompt_tokens,
            completion: usage.completion_tokens,
            cached: prompt_details.cached_tokens.unwrap_or(0),
            cache_written: prompt_details.cache_write_tokens.unwrap_or(0),
            reasoning: usage
                .completion_tokens_details
                .and_then(|details| details.reasoning_tokens)
                .unwrap_or(0),
        }
    }
}
