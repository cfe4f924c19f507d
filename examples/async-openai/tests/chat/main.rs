//! Questions in, answers and what was counted out.

mod server;

use std::{future::Future, pin::pin, task::Context};

use async_openai::{Client, config::OpenAIConfig, error::OpenAIError};
use botmeter::llm::{
    Llm,
    core::{Memory, Meter},
};
use metered_chat::{Chat, config};
use server::{Answer, Server};

struct Bench {
    memory: Memory,
    chat: Chat,
}

impl Bench {
    fn new(server: &Server) -> Self {
        let memory = Memory::new();
        let llm = Llm::with_config(&Meter::new(memory.clone()), config());
        let there = OpenAIConfig::new().with_api_base(server.url()).with_api_key("a key");
        Self { memory, chat: Chat::new(Client::with_config(there), llm) }
    }

    /// What was counted, with less text.
    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let shorter = |line: &String| {
            line.replace("provider=\"openai\",model=\"gpt-4o-mini\"", "…").replace(",}", "}")
        };
        let counted: Vec<String> = self.memory.moved().iter().map(shorter).collect();
        assert_eq!(counted, expected, "\n{}", self.memory.text());
    }
}

const USAGE: &str = r#"{
    "prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200,
    "prompt_tokens_details": {"cached_tokens": 600},
    "completion_tokens_details": {"reasoning_tokens": 50}
}"#;

fn chunk(delta: &str, usage: &str) -> String {
    let choices = if delta.is_empty() {
        String::new()
    } else {
        format!(r#"{{"index": 0, "delta": {{{delta}}}, "finish_reason": null}}"#)
    };
    let chunk = format!(
        r#"{{"id": "1", "object": "chat.completion.chunk", "created": 1,
            "model": "gpt-4o-mini", "choices": [{choices}], "usage": {usage}}}"#
    );
    format!("data: {}\n\n", chunk.replace('\n', " "))
}

fn refusal(message: &str, kind: &str, code: &str) -> String {
    format!(
        r#"{{"error": {{"message": "{message}", "type": "{kind}", "param": null, "code": {code}}}}}"#
    )
}

const COUNTED: [&str; 8] = [
    "llm_cost_dollars_total{…} 0.000225",
    "llm_duration_seconds_count{…,status=\"success\"} 1",
    "llm_requests_total{…,status=\"success\"} 1",
    "llm_tokens_cache_read_total{…} 600",
    "llm_tokens_completion_total{…} 200",
    "llm_tokens_prompt_total{…} 1000",
    "llm_tokens_reasoning_total{…} 50",
    "llm_tokens_total{…} 1200",
];

#[tokio::test]
async fn a_plain_call_is_counted_with_its_tokens_and_its_cost() {
    let reply = format!(
        r#"{{"id": "1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
            "choices": [{{"index": 0, "finish_reason": "stop", "logprobs": null,
                "message": {{"role": "assistant", "content": "42", "refusal": null}}}}],
            "usage": {USAGE}}}"#
    );
    let server = Server::start(vec![Answer::json(200, reply)]);
    let bench = Bench::new(&server);
    assert_eq!(bench.chat.ask("What is it?").await.unwrap(), "42");
    bench.check(&COUNTED);
}

#[tokio::test]
async fn a_streamed_call_is_counted_with_its_first_token_too() {
    let parts = [
        chunk(r#""role": "assistant""#, "null"),
        chunk(r#""content": "forty-""#, "null"),
        chunk(r#""content": "two""#, "null"),
        chunk("", USAGE),
        "data: [DONE]\n\n".to_owned(),
    ];
    let server = Server::start(vec![Answer::stream(parts)]);
    let bench = Bench::new(&server);
    let mut answer = String::new();
    bench.chat.stream("What is it?", |part| answer.push_str(part)).await.unwrap();
    assert_eq!(answer, "forty-two");
    assert!(server.asked()[0].contains(r#""include_usage":true"#), "{:?}", server.asked());
    let streamed = [
        "llm_time_per_output_token_seconds_count{…} 1",
        "llm_time_to_first_token_seconds_count{…} 1",
    ];
    let mut expected: Vec<&str> = COUNTED.into_iter().chain(streamed).collect();
    expected.sort_unstable();
    bench.check(&expected);
}

#[tokio::test]
async fn a_stream_that_is_cut_is_a_failure_of_the_network_and_unpriced() {
    let parts = [chunk(r#""content": "forty-""#, "null")];
    let server = Server::start(vec![Answer::stream(parts).cut()]);
    let bench = Bench::new(&server);
    let cut = bench.chat.stream("What is it?", |_| ()).await.unwrap_err();
    assert!(matches!(cut, OpenAIError::StreamError(_)), "{cut}");
    bench.check(&[
        "llm_cost_unpriced_total{…} 1",
        "llm_duration_seconds_count{…,status=\"error\"} 1",
        "llm_errors_total{…,error_type=\"network\"} 1",
        "llm_requests_total{…,status=\"error\"} 1",
        "llm_time_to_first_token_seconds_count{…} 1",
    ]);
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_cancelled() {
    let parts = [chunk(r#""content": "forty-""#, "null")];
    let server = Server::start(vec![Answer::stream(parts).stalled()]);
    let bench = Bench::new(&server);
    let shown = std::cell::Cell::new(false);
    {
        let mut asking = pin!(bench.chat.stream("What is it?", |_| shown.set(true)));
        std::future::poll_fn(|context: &mut Context<'_>| {
            assert!(asking.as_mut().poll(context).is_pending());
            if shown.get() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }
    bench.check(&[
        "llm_cost_unpriced_total{…} 1",
        "llm_duration_seconds_count{…,status=\"cancelled\"} 1",
        "llm_requests_total{…,status=\"cancelled\"} 1",
        "llm_time_to_first_token_seconds_count{…} 1",
    ]);
}

#[tokio::test]
async fn a_refusal_has_the_kind_that_the_provider_gave_it() {
    let limited = || {
        let body = refusal("Rate limit reached", "requests", r#""rate_limit_exceeded""#);
        Answer::json(429, body).header("retry-after: 0")
    };
    let quota = refusal("You exceeded your quota", "insufficient_quota", r#""insufficient_quota""#);
    let key = refusal("Incorrect API key", "invalid_request_error", r#""invalid_api_key""#);
    let parameter = refusal("Unknown parameter: 'timeout'.", "invalid_request_error", "null");
    for (answers, kind) in [
        // The client tries it four times.
        (vec![limited(), limited(), limited(), limited()], "rate_limit"),
        (vec![Answer::json(429, quota)], "quota"),
        (vec![Answer::json(401, key)], "auth"),
        (vec![Answer::json(400, parameter)], "invalid_request"),
        (vec![Answer::json(200, r#"{"poem": "your connection timed out"}"#.to_owned())], "server"),
        (vec![Answer::nothing()], "network"),
    ] {
        let server = Server::start(answers);
        let bench = Bench::new(&server);
        assert!(bench.chat.ask("What is it?").await.is_err());
        let failed = format!("llm_errors_total{{…,error_type=\"{kind}\"}} 1");
        let mut expected = vec!["llm_duration_seconds_count{…,status=\"error\"} 1", &failed];
        if kind == "rate_limit" {
            expected.push("llm_rate_limit_events_total{…} 1");
        }
        expected.push("llm_requests_total{…,status=\"error\"} 1");
        bench.check(&expected);
    }
}
