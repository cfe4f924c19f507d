//! Failures of those who make models: `OpenAI`, Anthropic, Google.

use botmeter_llm::ErrorKind::{
    Auth, ContentFilter, ContextLength, InvalidRequest, Overloaded, Quota, RateLimit, Server,
    Timeout, TooLarge,
};

use crate::morning::Failure;

/// What they send, and how it is printed.
pub(crate) const MAKERS: &[Failure] = &[
    (
        "OpenAI, empty account",
        429,
        Some("insufficient_quota"),
        "429 Too Many Requests insufficient_quota: You exceeded your current quota, please check \
         your plan and billing details. (code: insufficient_quota)",
        Quota,
    ),
    (
        "OpenAI, limit of money",
        400,
        Some("billing_hard_limit_reached"),
        "400 Bad Request invalid_request_error: Billing hard limit has been reached (code: \
         billing_hard_limit_reached)",
        Quota,
    ),
    (
        "OpenAI, no payment",
        429,
        Some("billing_not_active"),
        "429 Too Many Requests billing_not_active: Your account is not active, please check your \
         billing details on our website. (code: billing_not_active)",
        Quota,
    ),
    (
        "OpenAI, wrong country",
        403,
        Some("unsupported_country_region_territory"),
        "403 Forbidden request_forbidden: Country, region, or territory not supported (code: \
         unsupported_country_region_territory)",
        Auth,
    ),
    (
        "OpenAI, policy",
        400,
        Some("content_policy_violation"),
        "400 Bad Request image_generation_user_error: Your request was rejected by our safety \
         system. (code: content_policy_violation)",
        ContentFilter,
    ),
    (
        "OpenAI, slow down",
        503,
        Some("slow_down"),
        "503 Service Unavailable server_error: Please reduce your request rate. (code: slow_down)",
        Overloaded,
    ),
    (
        "OpenAI, failed while it streamed",
        200,
        Some("server_error"),
        "server_error: The server had an error processing your request",
        Server,
    ),
    (
        "Anthropic, overloaded, by reqwest",
        529,
        Some("overloaded_error"),
        "HTTP status server error (529 <unknown status code>) for url \
         (https://api.anthropic.com/v1/messages)",
        Overloaded,
    ),
    (
        "Anthropic, overloaded while it streamed",
        200,
        Some("overloaded_error"),
        "overloaded_error: Overloaded",
        Overloaded,
    ),
    (
        "Anthropic, too many tokens",
        429,
        Some("rate_limit_error"),
        "rate_limit_error: This request would exceed your organization's rate limit of 50,000 \
         input tokens per minute",
        RateLimit,
    ),
    (
        "Anthropic, empty account",
        400,
        Some("Your credit balance is too low to access the Anthropic API. Please go to Plans"),
        "400 Bad Request: invalid_request_error: Your credit balance is too low to access the \
         Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
        Quota,
    ),
    ("Anthropic, billing", 402, Some("billing_error"), "HTTP 402: billing_error", Quota),
    (
        "Anthropic, wrong key",
        401,
        Some("authentication_error"),
        "authentication_error: invalid x-api-key",
        Auth,
    ),
    (
        "Anthropic, not allowed",
        403,
        Some("permission_error"),
        "permission_error: Your API key does not have permission to use the specified resource",
        Auth,
    ),
    (
        "Anthropic, no such model",
        404,
        Some("not_found_error"),
        "not_found_error: model: claude-9",
        InvalidRequest,
    ),
    (
        "Anthropic, too many bytes",
        413,
        Some("request_too_large"),
        "413 Payload Too Large: request_too_large: Request exceeds the maximum size",
        TooLarge,
    ),
    (
        "Anthropic, too long",
        400,
        Some("prompt is too long: 210000 tokens > 200000 maximum"),
        "HTTP 400: invalid_request_error: prompt is too long: 210000 tokens > 200000 maximum",
        ContextLength,
    ),
    ("Anthropic, failed", 500, Some("api_error"), "api_error: Internal server error", Server),
    (
        "Anthropic, too slow",
        504,
        Some("timeout_error"),
        "timeout_error: Request timed out",
        Timeout,
    ),
    (
        "Gemini, too many requests in words of money",
        429,
        Some("RESOURCE_EXHAUSTED"),
        "429 Too Many Requests: You exceeded your current quota, please check your plan and \
         billing details.",
        RateLimit,
    ),
    (
        "Gemini, overloaded",
        503,
        Some("The model is overloaded. Please try again later."),
        "503 Service Unavailable: The model is overloaded. Please try again later.",
        Overloaded,
    ),
    (
        "Gemini, wrong key",
        400,
        Some("API_KEY_INVALID"),
        "400 Bad Request: API key not valid. Please pass a valid API key.",
        Auth,
    ),
    (
        "Gemini, too long",
        400,
        Some("The input token count (1200000) exceeds the maximum number of tokens allowed"),
        "400 Bad Request: The input token count (1200000) exceeds the maximum number of tokens \
         allowed (1048576).",
        ContextLength,
    ),
    ("Gemini, not allowed", 403, Some("PERMISSION_DENIED"), "PERMISSION_DENIED: no", Auth),
    (
        "Gemini, failed",
        500,
        Some("INTERNAL"),
        "status: 500, An internal error has occurred",
        Server,
    ),
    ("Gemini, too slow", 504, Some("DEADLINE_EXCEEDED"), "DEADLINE_EXCEEDED: expired", Timeout),
];
