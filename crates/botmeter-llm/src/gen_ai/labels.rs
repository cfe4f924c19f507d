//! The attributes of the conventions, as labels.

use botmeter_core::{closed_label, open_label};

use crate::Provider;

closed_label! {
    pub(super) enum Operation: "gen_ai_operation_name" {
        Chat => "chat",
    }
}

closed_label! {
    pub(super) enum TokenType: "gen_ai_token_type" {
        Input => "input",
        Output => "output",
    }
}

open_label! {
    pub(super) struct RequestModel: "gen_ai_request_model", limit 100;
}

closed_label! {
    pub(super) enum ProviderName: "gen_ai_provider_name" {
        Anthropic => "anthropic",
        Azure => "azure.ai.openai",
        Bedrock => "aws.bedrock",
        Cohere => "cohere",
        DeepSeek => "deepseek",
        Gemini => "gcp.gemini",
        Groq => "groq",
        HuggingFace => "huggingface",
        Mistral => "mistral_ai",
        Moonshot => "moonshot_ai",
        Ollama => "ollama",
        OpenAi => "openai",
        OpenRouter => "openrouter",
        Perplexity => "perplexity",
        VertexAi => "gcp.vertex_ai",
        Watsonx => "ibm.watsonx.ai",
        XAi => "x_ai",
        Other => "other",
    }
}

impl From<Provider> for ProviderName {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Anthropic => Self::Anthropic,
            Provider::Azure => Self::Azure,
            Provider::Bedrock => Self::Bedrock,
            Provider::Cohere => Self::Cohere,
            Provider::DeepSeek => Self::DeepSeek,
            Provider::Gemini => Self::Gemini,
            Provider::Groq => Self::Groq,
            Provider::HuggingFace => Self::HuggingFace,
            Provider::Mistral => Self::Mistral,
            Provider::Moonshot => Self::Moonshot,
            Provider::Ollama => Self::Ollama,
            Provider::OpenAi => Self::OpenAi,
            Provider::OpenRouter => Self::OpenRouter,
            Provider::Perplexity => Self::Perplexity,
            Provider::VertexAi => Self::VertexAi,
            Provider::Watsonx => Self::Watsonx,
            Provider::XAi => Self::XAi,
            Provider::Other => Self::Other,
        }
    }
}
