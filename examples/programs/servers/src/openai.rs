//! What OpenAI writes.

/// A completion of 1000 tokens of prompt, 600 of them cached, and 200 tokens,
/// 50 of them for reasoning.
pub fn reply(text: &str) -> String {
    format!(
        r#"{{"id": "1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
            "choices": [{{"index": 0, "finish_reason": "stop", "logprobs": null,
                "message": {{"role": "assistant", "content": "{text}", "refusal": null}}}}],
            "usage": {USAGE}}}"#
    )
}

/// A stream of these texts, with a role before them and the usage at the end.
pub fn stream(texts: &[&str]) -> Vec<String> {
    let role =
        chunk(r#"{"index": 0, "delta": {"role": "assistant"}, "finish_reason": null}"#, "null");
    let stop = chunk(r#"{"index": 0, "delta": {}, "finish_reason": "stop"}"#, "null");
    let texts = texts.iter().map(|text| {
        let delta = format!(r#"{{"content": "{text}"}}"#);
        chunk(&format!(r#"{{"index": 0, "delta": {delta}, "finish_reason": null}}"#), "null")
    });
    let end = [stop, chunk("", USAGE), "data: [DONE]\n\n".to_owned()];
    [role].into_iter().chain(texts).chain(end).collect()
}

fn chunk(choice: &str, usage: &str) -> String {
    let chunk = format!(
        r#"{{"id": "1", "object": "chat.completion.chunk", "created": 1,
            "model": "gpt-4o-mini", "choices": [{choice}], "usage": {usage}}}"#
    );
    format!("data: {}\n\n", chunk.replace('\n', " "))
}

/// An error; the code is JSON, for it may be null.
pub fn refusal(message: &str, kind: &str, code: &str) -> String {
    format!(
        r#"{{"error": {{"message": "{message}", "type": "{kind}", "param": null, "code": {code}}}}}"#
    )
}

const USAGE: &str = r#"{
    "prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200,
    "prompt_tokens_details": {"cached_tokens": 600},
    "completion_tokens_details": {"reasoning_tokens": 50}
}"#;
