//! How a provider and a failure are called in the metrics.

use std::io;

use botmeter_llm::{ErrorKind, Provider};

use crate::client::{BaseUrl, CallError};

/// The provider behind a URL, by its host; [`Provider::Other`] if the host tells nothing.
///
/// ```
/// use botmeter_demo::model::provider_at;
/// use botmeter_llm::Provider;
///
/// assert_eq!(provider_at(&"https://api.groq.com/openai/v1".parse().unwrap()), Provider::Groq);
/// assert_eq!(provider_at(&"http://localhost:8000".parse().unwrap()), Provider::Other);
/// ```
pub fn provider_at(url: &BaseUrl) -> Provider {
    let host = url.host().to_ascii_lowercase();
    let is_at = |domain: &str| match host.strip_suffix(domain) {
        Some(rest) => rest.is_empty() || rest.ends_with('.') || domain.starts_with('-'),
        None => false,
    };
    HOSTS
        .iter()
        .find(|(domain, _)| is_at(domain))
        .map_or(Provider::Other, |(_, provider)| *provider)
}

const HOSTS: &[(&str, Provider)] = &[
    // The region stands before it.
    ("-aiplatform.googleapis.com", Provider::VertexAi),
    ("aiplatform.googleapis.com", Provider::VertexAi),
    ("anthropic.com", Provider::Anthropic),
    ("azure.com", Provider::Azure),
    ("cohere.ai", Provider::Cohere),
    ("cohere.com", Provider::Cohere),
    ("deepseek.com", Provider::DeepSeek),
    ("generativelanguage.googleapis.com", Provider::Gemini),
    ("groq.com", Provider::Groq),
    ("huggingface.co", Provider::HuggingFace),
    ("mistral.ai", Provider::Mistral),
    ("moonshot.ai", Provider::Moonshot),
    ("moonshot.cn", Provider::Moonshot),
    ("openai.com", Provider::OpenAi),
    ("openrouter.ai", Provider::OpenRouter),
    ("perplexity.ai", Provider::Perplexity),
    ("x.ai", Provider::XAi),
];

/// Why a call failed, by what the client knows about it.
pub fn why(error: &CallError) -> ErrorKind {
    match error {
        CallError::Refused(refusal) => ErrorKind::of_http(refusal.status, refusal.code.as_deref()),
        CallError::TimedOut { .. } | CallError::Network { kind: io::ErrorKind::TimedOut, .. } => {
            ErrorKind::Timeout
        }
        CallError::Network { .. } => ErrorKind::Network,
        CallError::Malformed { .. } => ErrorKind::Server,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Refusal;

    #[test]
    fn a_provider_is_known_by_its_host_and_by_nothing_else() {
        for (url, provider) in [
            ("https://api.openai.com/v1", Provider::OpenAi),
            ("https://API.OpenAI.com:443/v1", Provider::OpenAi),
            ("https://me.openai.azure.com/openai", Provider::Azure),
            ("https://europe-west1-aiplatform.googleapis.com/v1", Provider::VertexAi),
            ("https://aiplatform.googleapis.com/v1", Provider::VertexAi),
            ("https://notopenai.com/v1", Provider::Other),
            ("https://not-openai.com/v1", Provider::Other),
            ("https://openai.com.example/v1", Provider::Other),
            ("http://127.0.0.1:11434/v1", Provider::Other),
        ] {
            assert_eq!(provider_at(&url.parse().unwrap()), provider, "{url}");
        }
    }

    #[test]
    fn a_refusal_is_told_by_its_code_and_else_by_its_status() {
        for (status, code, kind) in [
            (400, Some("context_length_exceeded"), ErrorKind::ContextLength),
            (400, Some("content_filter"), ErrorKind::ContentFilter),
            (400, Some("invalid_request_error"), ErrorKind::InvalidRequest),
            (401, Some("invalid_api_key"), ErrorKind::Auth),
            (404, None, ErrorKind::InvalidRequest),
            (429, Some("rate_limit_exceeded"), ErrorKind::RateLimit),
            (200, Some("rate_limit_exceeded"), ErrorKind::RateLimit),
            (200, Some("overloaded_error"), ErrorKind::Overloaded),
            (200, Some("insufficient_quota"), ErrorKind::Quota),
            (200, Some("server_error"), ErrorKind::Server),
            (200, None, ErrorKind::Unknown),
            (503, None, ErrorKind::Server),
        ] {
            let refusal = Refusal {
                status,
                code: code.map(str::to_owned),
                message: "context length, rate limit, connection".into(),
                retry_after: None,
            };
            assert_eq!(why(&CallError::Refused(refusal)), kind, "{status} {code:?}");
        }
    }

    #[test]
    fn what_happened_on_the_way_is_told_by_its_type() {
        let network = |kind| CallError::Network { kind, source: "why".into() };
        assert_eq!(why(&network(io::ErrorKind::TimedOut)), ErrorKind::Timeout);
        assert_eq!(why(&network(io::ErrorKind::InvalidData)), ErrorKind::Network);
        assert_eq!(why(&network(io::ErrorKind::Other)), ErrorKind::Network);
        let malformed = CallError::Malformed { reason: "no".into(), excerpt: String::new() };
        assert_eq!(why(&malformed), ErrorKind::Server);
    }
}
