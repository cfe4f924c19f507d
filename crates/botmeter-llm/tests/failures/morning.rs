//! Failures of one morning, and what no text tells.

use botmeter_llm::ErrorKind::{
    self, Auth, ContextLength, InvalidRequest, Network, Overloaded, Quota, RateLimit, Server,
    Timeout,
};

/// Who, the status and the code or the sentence in its place, as a client
/// prints it, and the kind. Status 200 is an error in the middle of a stream,
/// 0 one that never was an answer.
pub(crate) type Failure = (&'static str, u16, Option<&'static str>, &'static str, ErrorKind);

/// What a Rust program saw of `OpenAI` within one morning, printed by
/// async-openai.
pub(crate) const MORNING: &[Failure] = &[
    (
        "too many requests",
        429,
        Some("rate_limit_exceeded"),
        "429 Too Many Requests requests: Rate limit reached for gpt-4o in organization org-1 on \
         requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms. \
         (code: rate_limit_exceeded)",
        RateLimit,
    ),
    (
        "it failed",
        500,
        Some("server_error"),
        "500 Internal Server Error server_error: The server had an error while processing your \
         request. Sorry about that!",
        Server,
    ),
    ("a gateway failed", 502, None, "502 Bad Gateway Bad gateway", Server),
    (
        "wrong key",
        401,
        Some("invalid_api_key"),
        "401 Unauthorized invalid_request_error: Incorrect API key provided: sk-b***. You can \
         find your API key at https://platform.openai.com/account/api-keys. (code: \
         invalid_api_key)",
        Auth,
    ),
    (
        "too long",
        400,
        Some("context_length_exceeded"),
        "400 Bad Request invalid_request_error: This model's maximum context length is 8192 \
         tokens. However, your messages resulted in 9000 tokens. (param: messages) (code: \
         context_length_exceeded)",
        ContextLength,
    ),
    (
        "nobody there",
        0,
        None,
        "http error: error sending request for url (http://127.0.0.1:500/v1/chat/completions)",
        Network,
    ),
    ("too slow", 0, None, "http error: operation timed out", Timeout),
    (
        "a parameter that is called like an error",
        400,
        Some("unknown_parameter"),
        "400 Bad Request invalid_request_error: Unknown parameter: 'timeout'. (param: timeout) \
         (code: unknown_parameter)",
        InvalidRequest,
    ),
    (
        "no such model",
        404,
        Some("model_not_found"),
        "404 Not Found invalid_request_error: The model `gpt-9` does not exist or you do not have \
         access to it. (code: model_not_found)",
        InvalidRequest,
    ),
    (
        "too much to do",
        503,
        Some("The engine is currently overloaded, the network is busy"),
        "503 Service Unavailable server_error: The engine is currently overloaded, the network is \
         busy",
        Overloaded,
    ),
    (
        "another reply than was expected",
        0,
        None,
        "failed to deserialize api response: error:missing field `id` at line 1 column 52 \
         content:{\"poem\":\"your connection timed out, said the poem\"}",
        Server,
    ),
    (
        "a stream that was cut",
        0,
        None,
        "stream failed: EventStream error: Transport error: error decoding response body",
        Network,
    ),
];

/// Their codes stand in the body alone, which no text is taken from; whoever
/// gives the code gets the kind.
pub(crate) const QUOTED: &[(Failure, ErrorKind)] = &[
    (
        (
            "empty account, by a client that prints the body",
            429,
            Some("insufficient_quota"),
            r#"429: {"error":{"message":"You exceeded","code":"insufficient_quota"}}"#,
            Quota,
        ),
        RateLimit,
    ),
    (
        (
            "empty account at Anthropic, by a client that prints the body",
            400,
            Some("Your credit balance is too low"),
            r#"Error: 400 {"error":{"message":"Your credit balance is too low"}}"#,
            Quota,
        ),
        InvalidRequest,
    ),
    (
        (
            "a field that is too long",
            400,
            Some("string_above_max_length"),
            "400 Bad Request invalid_request_error: Invalid 'messages[0].content': string too \
             long. (code: string_above_max_length)",
            ContextLength,
        ),
        InvalidRequest,
    ),
];
