//! The labels of calls to model providers.

use botmeter_core::{closed_label, open_label};

closed_label! {
    /// Who answers the call.
    ///
    /// The text is a short name of the provider, not the one of OpenTelemetry's
    /// GenAI conventions; a name that is not known is [`Provider::Other`].
    ///
    /// ```
    /// use botmeter_llm::Provider;
    ///
    /// assert_eq!(Provider::named("OpenAI"), Provider::OpenAi);
    /// assert_eq!(Provider::named("gcp.vertex_ai"), Provider::VertexAi);
    /// assert_eq!(Provider::named("my-own-server"), Provider::Other);
    /// ```
    pub enum Provider: "provider" {
        /// Anthropic.
        Anthropic => "anthropic",
        /// Azure `OpenAI` and Azure AI Inference.
        Azure => "azure",
        /// AWS Bedrock.
        Bedrock => "bedrock",
        /// Cohere.
        Cohere => "cohere",
        /// `DeepSeek`.
        DeepSeek => "deepseek",
        /// Google Gemini.
        Gemini => "gemini",
        /// Groq.
        Groq => "groq",
        /// Hugging Face inference.
        HuggingFace => "huggingface",
        /// Mistral.
        Mistral => "mistral",
        /// Moonshot.
        Moonshot => "moonshot",
        /// A local Ollama.
        Ollama => "ollama",
        /// `OpenAI`.
        OpenAi => "openai",
        /// `OpenRouter`.
        OpenRouter => "openrouter",
        /// Perplexity.
        Perplexity => "perplexity",
        /// Google Vertex AI.
        VertexAi => "vertex_ai",
        /// IBM watsonx.
        Watsonx => "watsonx",
        /// xAI.
        XAi => "xai",
        /// Any other.
        Other => "other",
    }
}

impl Provider {
    /// The provider of this name, in any case and in the spelling of
    /// OpenTelemetry's GenAI conventions or the usual short one; [`Other`] if
    /// it is not known.
    ///
    /// [`Other`]: Provider::Other
    pub fn named(name: &str) -> Self {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if let Some(provider) = Self::ALL.iter().find(|provider| is(provider.as_str())) {
            return *provider;
        }
        ALIASES.iter().find(|(alias, _)| is(alias)).map_or(Self::Other, |(_, provider)| *provider)
    }

    /// The name in OpenTelemetry's GenAI conventions, `gen_ai.provider.name`,
    /// which spans carry; where they know none, the short name.
    ///
    /// ```
    /// use botmeter_llm::Provider;
    ///
    /// assert_eq!(Provider::VertexAi.gen_ai_name(), "gcp.vertex_ai");
    /// ```
    pub fn gen_ai_name(self) -> &'static str {
        match self {
            Self::Azure => "azure.ai.openai",
            Self::Bedrock => "aws.bedrock",
            Self::Gemini => "gcp.gemini",
            Self::Mistral => "mistral_ai",
            Self::Moonshot => "moonshot_ai",
            Self::VertexAi => "gcp.vertex_ai",
            Self::Watsonx => "ibm.watsonx.ai",
            Self::XAi => "x_ai",
            Self::Anthropic
            | Self::Cohere
            | Self::DeepSeek
            | Self::Groq
            | Self::HuggingFace
            | Self::Ollama
            | Self::OpenAi
            | Self::OpenRouter
            | Self::Perplexity
            | Self::Other => self.as_str(),
        }
    }
}

/// Other spellings, those of OpenTelemetry's `gen_ai.provider.name` among them.
const ALIASES: &[(&str, Provider)] = &[
    ("aws", Provider::Bedrock),
    ("aws.bedrock", Provider::Bedrock),
    ("azure.ai.inference", Provider::Azure),
    ("azure.ai.openai", Provider::Azure),
    ("azure_openai", Provider::Azure),
    ("claude", Provider::Anthropic),
    ("gcp.gemini", Provider::Gemini),
    ("gcp.gen_ai", Provider::Gemini),
    ("gcp.vertex_ai", Provider::VertexAi),
    ("google", Provider::Gemini),
    ("grok", Provider::XAi),
    ("hugging_face", Provider::HuggingFace),
    ("ibm.watsonx.ai", Provider::Watsonx),
    ("mistral_ai", Provider::Mistral),
    ("moonshot_ai", Provider::Moonshot),
    ("open_router", Provider::OpenRouter),
    ("vertex", Provider::VertexAi),
    ("vertexai", Provider::VertexAi),
    ("x_ai", Provider::XAi),
];

open_label! {
    /// The model, as the caller names it.
    pub struct Model: "model", limit 100;
}

closed_label! {
    /// Why a call failed.
    ///
    /// [`ErrorKind::of_http`] and [`ErrorKind::of`] tell it.
    pub enum ErrorKind: "error_type" {
        /// The provider asks for fewer calls or fewer tokens (429).
        RateLimit => "rate_limit",
        /// The account is empty, or its limit of money is reached: nothing
        /// works until somebody pays (402, and a 429 or 400 whose code says so).
        Quota => "quota",
        /// The key is missing, wrong or not allowed to do this (401, 403).
        Auth => "auth",
        /// The provider could not be reached, or the connection broke.
        Network => "network",
        /// No reply in time (408, 504).
        Timeout => "timeout",
        /// The provider does not accept the request (400, 404, 422).
        InvalidRequest => "invalid_request",
        /// The request has too many bytes, or more tokens than a whole minute
        /// allows, so that waiting does not help (413).
        TooLarge => "too_large",
        /// The provider failed (5xx), or its reply made no sense.
        Server => "server",
        /// The provider has too much to do (529, and a 503 or 429 that says so).
        Overloaded => "overloaded",
        /// The provider refused the content.
        ContentFilter => "content_filter",
        /// The prompt is longer than the model's window.
        ContextLength => "context_length",
        /// None of the above.
        Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_is_needed_and_lower_case() {
        for (alias, provider) in ALIASES {
            assert_ne!(*alias, provider.as_str());
            assert_eq!(alias.to_lowercase(), *alias);
            assert_eq!(Provider::named(&alias.to_uppercase()), *provider);
        }
    }

    #[test]
    fn the_name_in_spans_leads_back_to_the_provider() {
        for provider in Provider::ALL {
            assert_eq!(Provider::named(provider.gen_ai_name()), *provider);
        }
    }

    #[test]
    fn seventeen_providers_are_known() {
        assert_eq!(Provider::ALL.len(), 17 + 1);
    }
}
