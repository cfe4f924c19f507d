//! The JSON and the event stream of the chat completions API, as the provider writes them.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::dice::Plan;

/// The part of a request that the provider looks at.
#[derive(Debug, Deserialize)]
pub(super) struct ChatRequest {
    pub(super) model: String,
    pub(super) messages: Vec<Message>,
    #[serde(default)]
    pub(super) stream: bool,
    #[serde(default)]
    stream_options: StreamOptions,
    /// The newer name for the limit of the completion.
    max_completion_tokens: Option<u64>,
    max_tokens: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    content: String,
}

#[derive(Debug, Default, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

impl ChatRequest {
    /// Four characters are about a token, and each message carries a few of its own.
    pub(super) fn prompt_tokens(&self) -> u64 {
        self.messages
            .iter()
            .map(|message| message.content.chars().count().div_ceil(4) as u64 + 4)
            .sum()
    }

    /// What the model is asked last.
    pub(super) fn prompt(&self) -> &str {
        self.messages.last().map_or("", |message| &message.content)
    }

    fn completion_limit(&self) -> u64 {
        self.max_completion_tokens.or(self.max_tokens).unwrap_or(u64::MAX)
    }
}

/// One whole answer, before it is put into one body or into many chunks.
#[derive(Debug)]
pub(super) struct Answer {
    id: String,
    created: u64,
    model: String,
    words: Vec<String>,
    finish_reason: &'static str,
    usage: Value,
    include_usage: bool,
}

/// A piece of a streamed answer and the pause before it.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) pause: Duration,
    pub(super) bytes: Bytes,
}

impl Answer {
    /// An answer of these words, one for each token, as far as the request's limit allows.
    pub(super) fn new(request: &ChatRequest, plan: &Plan, mut words: Vec<String>) -> Self {
        let wanted = plan.reasoning_tokens + words.len() as u64;
        let limit = request.completion_limit();
        let reasoning = plan.reasoning_tokens.min(limit);
        words.truncate(usize::try_from(limit - reasoning).unwrap_or(usize::MAX));

        let prompt = request.prompt_tokens();
        let completion = reasoning + words.len() as u64;
        let cut = completion < wanted;
        let cached = part(prompt, plan.cached.get());
        Self {
            id: format!("chatcmpl-{:016x}", plan.text_seed),
            created: SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs()),
            model: request.model.clone(),
            words,
            finish_reason: if cut { "length" } else { "stop" },
            usage: json!({
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
                "prompt_tokens_details": {
                    "cached_tokens": cached,
                    // A prompt that is new to the cache is kept there from now on.
                    "cache_write_tokens": if cached == 0 { prompt / 2 } else { 0 },
                },
                "completion_tokens_details": { "reasoning_tokens": reasoning },
            }),
            include_usage: request.stream_options.include_usage,
        }
    }

    /// All that the model wrote, in one body.
    pub(super) fn body(&self) -> Bytes {
        let body = json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{
                "index": 0,
                "message": { "role": "assistant", "content": self.words.concat() },
                "finish_reason": self.finish_reason,
            }],
            "usage": self.usage,
        });
        body.to_string().into()
    }

    /// The same as events: the role, one chunk per token, the reason to stop, the usage if it was
    /// asked for, and the mark of the end.
    pub(super) fn frames(&self, per_token: Duration) -> Vec<Frame> {
        let event =
            |pause, data: &Value| Frame { pause, bytes: format!("data: {data}\n\n").into() };
        let choice = |delta: &Value, finish_reason: Option<&str>| {
            self.chunk(&json!([{ "index": 0, "delta": delta, "finish_reason": finish_reason }]))
        };

        let mut frames = vec![event(
            Duration::ZERO,
            &choice(&json!({ "role": "assistant", "content": "" }), None),
        )];
        for (place, word) in self.words.iter().enumerate() {
            let pause = if place == 0 { Duration::ZERO } else { per_token };
            frames.push(event(pause, &choice(&json!({ "content": word }), None)));
        }
        frames.push(event(Duration::ZERO, &choice(&json!({}), Some(self.finish_reason))));
        if self.include_usage {
            let mut chunk = self.chunk(&json!([]));
            chunk["usage"] = self.usage.clone();
            frames.push(event(Duration::ZERO, &chunk));
        }
        frames
            .push(Frame { pause: Duration::ZERO, bytes: Bytes::from_static(b"data: [DONE]\n\n") });
        frames
    }

    /// How many tokens the model writes one after the other.
    pub(super) fn tokens(&self) -> u32 {
        u32::try_from(self.words.len()).unwrap_or(u32::MAX)
    }

    fn chunk(&self, choices: &Value) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        })
    }
}

/// The body of a failed request.
pub(super) fn error_body(kind: &str, code: Option<&str>, message: &str) -> Bytes {
    json!({ "error": { "message": message, "type": kind, "param": null, "code": code } })
        .to_string()
        .into()
}

/// The list of models.
pub(super) fn models_body(models: &[String]) -> Bytes {
    let data: Vec<Value> = models
        .iter()
        .map(|id| json!({ "id": id, "object": "model", "created": 0, "owned_by": "botmeter-demo" }))
        .collect();
    json!({ "object": "list", "data": data }).to_string().into()
}

/// Bodies that have been seen where an answer was due: a proxy's page, nothing at all, an answer
/// that stops in the middle, another program's JSON.
pub(super) fn malformed_body(seed: u64) -> &'static str {
    const BODIES: [&str; 4] = [
        "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
        "",
        r#"{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"mess"#,
        r#"{"status":"ok","result":null}"#,
    ];
    BODIES[usize::try_from(seed % 4).unwrap_or(0)]
}

/// The whole number that is a share of a whole number.
fn part(whole: u64, share: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share is from 0 to 1, so the product is neither negative nor more than the whole"
    )]
    let part = (whole as f64 * share) as u64;
    part.min(whole)
}

#[cfg(test)]
mod tests {
    use super::super::dice::Fate;
    use super::super::profile::Share;
    use super::super::words::prose;
    use super::*;

    fn plan() -> Plan {
        Plan {
            fate: Fate::Answered,
            first_token: Duration::ZERO,
            per_token: Duration::from_millis(1),
            visible_tokens: 3,
            reasoning_tokens: 5,
            cached: Share::new(0.5).unwrap(),
            text_seed: 1,
        }
    }

    fn answer(request: &ChatRequest) -> Answer {
        Answer::new(request, &plan(), prose(1, plan().visible_tokens))
    }

    fn request(extra: &str) -> ChatRequest {
        serde_json::from_str(&format!(
            r#"{{"model":"m","messages":[{{"role":"user","content":"12345678"}}]{extra}}}"#
        ))
        .unwrap()
    }

    #[test]
    fn a_body_holds_the_text_and_every_kind_of_token() {
        let body = answer(&request("")).body();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let text = body["choices"][0]["message"]["content"].as_str().unwrap();
        assert_eq!(text.split(' ').count(), 3);
        assert_eq!(body["choices"][0]["finish_reason"], "stop");
        assert_eq!(
            body["usage"],
            json!({
                "prompt_tokens": 6,
                "completion_tokens": 8,
                "total_tokens": 14,
                "prompt_tokens_details": { "cached_tokens": 3, "cache_write_tokens": 0 },
                "completion_tokens_details": { "reasoning_tokens": 5 },
            })
        );
    }

    #[test]
    fn a_limit_cuts_the_text_and_says_so() {
        for name in ["max_tokens", "max_completion_tokens"] {
            let request = request(&format!(r#","{name}":6"#));
            let body: Value = serde_json::from_slice(&answer(&request).body()).unwrap();
            assert_eq!(body["usage"]["completion_tokens"], 6);
            assert_eq!(body["choices"][0]["finish_reason"], "length");
        }
    }

    #[test]
    fn usage_is_streamed_only_if_asked_for() {
        let events = |extra: &str| -> Vec<String> {
            answer(&request(extra))
                .frames(Duration::ZERO)
                .iter()
                .map(|frame| String::from_utf8(frame.bytes.to_vec()).unwrap())
                .collect()
        };
        let without = events(r#","stream":true"#);
        assert_eq!(without.len(), 1 + 3 + 1 + 1, "{without:#?}");
        assert!(without.iter().all(|event| !event.contains("usage")), "{without:#?}");

        let with = events(r#","stream":true,"stream_options":{"include_usage":true}"#);
        assert_eq!(with.len(), 1 + 3 + 1 + 1 + 1, "{with:#?}");
        assert!(with[5].contains(r#""total_tokens":14"#), "{with:#?}");
        assert_eq!(with[6], "data: [DONE]\n\n");
    }
}
