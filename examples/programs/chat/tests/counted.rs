//! Questions in, answers and what was counted out.

use std::{future::Future, pin::pin, task::Context};

use async_openai::{Client, config::OpenAIConfig, error::OpenAIError};
use botmeter::llm::{
    Llm,
    core::{Memory, Meter},
};
use chat_bot::{Chat, config};
use local_servers::{Answer, Provider, reply, stream};

struct Bench {
    memory: Memory,
    chat: Chat,
}

impl Bench {
    fn new(provider: &Provider) -> Self {
        let memory = Memory::new();
        let llm = Llm::with_config(&Meter::new(memory.clone()), config());
        let there = OpenAIConfig::new().with_api_base(provider.url()).with_api_key("a key");
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
    let provider = Provider::start(vec![Answer::json(200, reply("42"))]);
    let bench = Bench::new(&provider);
    assert_eq!(bench.chat.ask("What is it?").await.unwrap(), "42");
    bench.check(&COUNTED);
}

#[tokio::test]
async fn a_streamed_call_is_counted_with_its_first_token_too() {
    let provider = Provider::start(vec![Answer::stream(stream(&["forty-", "two"]))]);
    let bench = Bench::new(&provider);
    let mut answer = String::new();
    bench.chat.stream("What is it?", |part| answer.push_str(part)).await.unwrap();
    assert_eq!(answer, "forty-two");
    assert!(provider.asked()[0].contains(r#""include_usage":true"#), "{:?}", provider.asked());
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
    let provider = Provider::start(vec![Answer::cut(&stream(&["forty-"])[..2])]);
    let bench = Bench::new(&provider);
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
    let provider = Provider::start(vec![Answer::stalled(&stream(&["forty-"])[..2])]);
    let bench = Bench::new(&provider);
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
