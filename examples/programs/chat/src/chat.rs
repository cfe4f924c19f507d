//! The calls themselves.

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    types::chat::{
        ChatCompletionRequestUserMessage, ChatCompletionStreamOptions, CreateChatCompletionRequest,
    },
};
use botmeter::llm::{Llm, Provider::OpenAi};
use futures_util::StreamExt;

use crate::conversions::{look, usage};

const MODEL: &str = "gpt-4o-mini";

/// A chat with one model, whose calls are counted.
#[derive(Debug)]
pub struct Chat {
    client: Client<OpenAIConfig>,
    llm: Llm,
}

impl Chat {
    /// Asks the provider that the client has.
    pub fn new(client: Client<OpenAIConfig>, llm: Llm) -> Self {
        Self { client, llm }
    }

    /// The whole answer at once.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn ask(&self, question: &str) -> Result<String, OpenAIError> {
        let chat = self.client.chat();
        let call = chat.create(request(question));
        let reply =
            self.llm.observe_with(OpenAi, MODEL, call, |r| r.usage.as_ref().map(usage)).await?;
        let choice = reply.choices.into_iter().next();
        Ok(choice.and_then(|choice| choice.message.content).unwrap_or_default())
    }

    /// The answer as it comes, part by part.
    ///
    /// # Errors
    ///
    /// When it does not begin, or breaks off.
    pub async fn stream(
        &self,
        question: &str,
        mut show: impl FnMut(&str),
    ) -> Result<(), OpenAIError> {
        let mut request = request(question);
        // Without it, OpenAI does not say what a stream costs.
        request.stream_options =
            Some(ChatCompletionStreamOptions { include_usage: Some(true), ..Default::default() });
        let chat = self.client.chat();
        let call = chat.create_stream(request);
        let mut chunks = self.llm.observe_stream(OpenAi, MODEL, call, look).await?;
        while let Some(chunk) = chunks.next().await {
            for choice in chunk?.choices {
                show(choice.delta.content.as_deref().unwrap_or_default());
            }
        }
        Ok(())
    }
}

fn request(question: &str) -> CreateChatCompletionRequest {
    let message = ChatCompletionRequestUserMessage::from(question);
    CreateChatCompletionRequest {
        model: MODEL.to_owned(),
        messages: vec![message.into()],
        ..Default::default()
    }
}
