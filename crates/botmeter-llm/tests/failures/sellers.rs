//! Failures of those who sell the models of others, and of servers of one's own.

use botmeter_llm::ErrorKind::{
    Auth, ContentFilter, ContextLength, InvalidRequest, Overloaded, Quota, RateLimit, Server,
    Timeout, TooLarge,
};

use crate::morning::Failure;

/// What other providers send.
pub(crate) const SELLERS: &[Failure] = &[
    (
        "Azure, content",
        400,
        Some("content_filter"),
        "400 Bad Request The response was filtered due to the prompt triggering Azure OpenAI's \
         content management policy. Please modify your prompt and retry. (param: prompt) (code: \
         content_filter)",
        ContentFilter,
    ),
    (
        "Azure, wrong key",
        401,
        Some("401"),
        "401 Unauthorized Access denied due to invalid subscription key or wrong API endpoint. \
         (code: 401)",
        Auth,
    ),
    (
        "Azure, no such deployment",
        404,
        Some("DeploymentNotFound"),
        "404 Not Found The API deployment for this resource does not exist. (code: \
         DeploymentNotFound)",
        InvalidRequest,
    ),
    (
        "Azure, too many tokens",
        429,
        Some("429"),
        "429 Too Many Requests Requests to the ChatCompletions_Create Operation under Azure \
         OpenAI API have exceeded token rate limit of your current pricing tier. (code: 429)",
        RateLimit,
    ),
    (
        "OpenRouter, empty account",
        402,
        Some("402"),
        "402 Insufficient credits. Add more using https://openrouter.ai/settings/credits",
        Quota,
    ),
    (
        "OpenRouter, moderation",
        403,
        Some("Your chosen model requires moderation and your input was flagged"),
        "403 Forbidden: Your chosen model requires moderation and your input was flagged",
        ContentFilter,
    ),
    (
        "OpenRouter, too many requests while it streamed",
        200,
        Some("429"),
        "Provider returned error (code: 429)",
        RateLimit,
    ),
    ("OpenRouter, no provider", 502, Some("502"), "openrouter: 502 Bad Gateway", Server),
    (
        "Groq, more tokens than a minute allows",
        413,
        Some("rate_limit_exceeded"),
        "Error code: 413 - {'error': {'message': 'Request too large for model `llama-3.3-70b` on \
         tokens per minute (TPM): Limit 12000', 'type': 'tokens', 'code': 'rate_limit_exceeded'}}",
        TooLarge,
    ),
    (
        "DeepSeek, empty account",
        402,
        Some("invalid_request_error"),
        "402 Payment Required unknown_error: Insufficient Balance (code: invalid_request_error)",
        Quota,
    ),
    (
        "DeepSeek, too much to do",
        503,
        Some("Service is too busy. We advise users to temporarily switch"),
        "503 Service Unavailable: Service is too busy. We advise users to temporarily switch",
        Overloaded,
    ),
    (
        "Moonshot, empty account",
        403,
        Some("exceeded_current_quota_error"),
        "403 Forbidden exceeded_current_quota_error: Your account org-1<ak-1> is not active, \
         please check your plan and billing details",
        Quota,
    ),
    (
        "Moonshot, overloaded",
        429,
        Some("engine_overloaded_error"),
        "429 Too Many Requests engine_overloaded_error: The engine is currently overloaded",
        Overloaded,
    ),
    (
        "Moonshot, too many requests",
        429,
        Some("rate_limit_reached_error"),
        "429 Too Many Requests rate_limit_reached_error: Your account reached max request: 3",
        RateLimit,
    ),
    (
        "xAI, empty account",
        403,
        Some("Your team 1 has either used all available credits or reached its limit"),
        "403 Forbidden: Your team 1 has either used all available credits or reached its monthly \
         spending limit",
        Quota,
    ),
    (
        "xAI, wrong key",
        400,
        Some("Incorrect API key provided: xa***. You can obtain an API key from"),
        "400 Bad Request: Incorrect API key provided: xa***. You can obtain an API key from",
        Auth,
    ),
    (
        "Mistral, too many requests",
        429,
        Some("1300"),
        "API error occurred: Status 429: Rate limit exceeded",
        RateLimit,
    ),
    (
        "Mistral, wrong field",
        422,
        None,
        "API error occurred: Status 422: Input should be a valid string",
        InvalidRequest,
    ),
    (
        "Cohere, trial",
        429,
        None,
        "status_code: 429, body: data={'message': \"You are using a Trial key\"}",
        RateLimit,
    ),
    (
        "Bedrock, too many tokens",
        429,
        Some("ThrottlingException"),
        "ThrottlingException: Too many tokens, please wait before trying again.",
        RateLimit,
    ),
    (
        "Bedrock, too long",
        400,
        Some("Input is too long for requested model."),
        "ValidationException: Input is too long for requested model.",
        ContextLength,
    ),
    (
        "Bedrock, no access",
        403,
        Some("com.amazon.coral.service#AccessDeniedException"),
        "AccessDeniedException: You don't have access to the model with the specified model ID.",
        Auth,
    ),
    (
        "Bedrock, too slow",
        408,
        Some("ModelTimeoutException"),
        "ModelTimeoutException: The request took too long to process.",
        Timeout,
    ),
    (
        "Ollama, no such model",
        404,
        None,
        "404 Not Found: model 'llama9' not found, try pulling it first",
        InvalidRequest,
    ),
    ("Ollama, by ureq", 500, None, "http status: 500", Server),
    (
        "llama.cpp, too long",
        400,
        Some("exceed_context_size_error"),
        "400 Bad Request exceed_context_size_error: request (9000 tokens) exceeds the available \
         context size (8192 tokens), try increasing it",
        ContextLength,
    ),
    (
        "vLLM, too long",
        400,
        Some("This model's maximum context length is 4096 tokens."),
        "400 Bad Request BadRequestError: This model's maximum context length is 4096 tokens.",
        ContextLength,
    ),
    (
        "Hugging Face, empty account",
        402,
        None,
        "402 Payment Required: You have exceeded your monthly included credits",
        Quota,
    ),
    (
        "Hugging Face, loading",
        503,
        None,
        "HTTP/1.1 503: Model bigscience/bloom is currently loading",
        Server,
    ),
    (
        "DashScope, unpaid",
        400,
        Some("Arrearage"),
        "400 Bad Request: out of credits, please make sure your account is in good standing.",
        Quota,
    ),
    (
        "a client that prints the status of Rust's http crate",
        429,
        Some("rate_limit_error"),
        "HttpError: Invalid status code 429 Too Many Requests with message: {\"error\":1}",
        RateLimit,
    ),
];
