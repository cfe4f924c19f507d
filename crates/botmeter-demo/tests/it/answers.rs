//! Calls that go well.

use std::cell::Cell;
use std::time::{Duration, Instant};

use botmeter_demo::client::{CallError, Chat, Reply, TokenUsage};
use botmeter_demo::provider::{Latency, Profile};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::raw_server::{answering, answering_body};
use crate::{CHAT, client, quick, start};

#[tokio::test]
async fn an_answer_in_one_piece_has_a_text_and_adds_up() {
    let (_provider, client) = start(quick()).await;
    let reply = client.chat(&CHAT).await.unwrap();
    check(&reply);
}

#[tokio::test]
async fn a_streamed_answer_is_the_same_as_one_in_one_piece() {
    let (_first, in_one_piece) = start(quick()).await;
    let (_second, streamed) = start(quick()).await;
    for _ in 0..10 {
        let first_tokens = Cell::new(0);
        let reply = streamed
            .chat_streaming(&CHAT, || first_tokens.set(first_tokens.get() + 1))
            .await
            .unwrap();
        assert_eq!(first_tokens.get(), 1);
        check(&reply);
        assert_eq!(reply, in_one_piece.chat(&CHAT).await.unwrap());
    }
}

#[tokio::test]
async fn cached_and_reasoning_tokens_come_in_both_ways() {
    let (_provider, client) = start(quick()).await;
    let mut sum =
        TokenUsage { prompt: 0, completion: 0, cached: 0, cache_written: 0, reasoning: 0 };
    for turn in 0..20 {
        let reply = if turn % 2 == 0 {
            client.chat(&CHAT).await
        } else {
            client.chat_streaming(&CHAT, || ()).await
        };
        let usage = reply.unwrap().usage.unwrap();
        sum.cached += usage.cached;
        sum.cache_written += usage.cache_written;
        sum.reasoning += usage.reasoning;
    }
    assert!(sum.cached > 0 && sum.cache_written > 0 && sum.reasoning > 0, "{sum:?}");
}

#[tokio::test]
async fn the_first_token_comes_before_the_end() {
    let profile = Profile {
        first_token: Latency::always(Duration::from_millis(40)),
        per_token: Latency::always(Duration::from_millis(5)),
        ..quick()
    };
    let (_provider, client) = start(profile).await;
    let begun = Instant::now();
    let first = Cell::new(None);
    let reply = client.chat_streaming(&CHAT, || first.set(Some(begun.elapsed()))).await.unwrap();
    let (first, whole) = (first.get().unwrap(), begun.elapsed());

    let words = u32::try_from(reply.text.split(' ').count()).unwrap();
    assert!(first >= Duration::from_millis(40), "{first:?}");
    let writing = Duration::from_millis(5) * (words - 1);
    // The first token may be noticed late, which shortens what is seen of the rest.
    assert!(whole >= first + writing / 2, "{first:?} {whole:?} {words}");
}

#[tokio::test]
async fn larger_models_are_slower() {
    let first_token = Latency::always(Duration::from_millis(60));
    let (_provider, client) = start(Profile { first_token, ..quick() }).await;
    let begun = Instant::now();
    client.chat(&Chat { model: "large", ..CHAT }).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(90), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_limit_of_tokens_is_kept() {
    let (_provider, client) = start(quick()).await;
    let reply = client.chat(&Chat { most_tokens: Some(5), ..CHAT }).await.unwrap();
    assert_eq!(reply.usage.unwrap().completion, 5);
}

#[tokio::test]
async fn many_calls_at_once_are_all_answered() {
    let (_provider, client) = start(quick()).await;
    let calls = (0..64).map(|_| client.chat_streaming(&CHAT, || ()));
    for reply in futures_util::future::join_all(calls).await {
        check(&reply.unwrap());
    }
}

#[tokio::test]
async fn the_models_are_listed() {
    let (provider, _client) = start(quick()).await;
    let http = HttpClient::builder(TokioExecutor::new()).build_http::<Empty<bytes::Bytes>>();
    let url = format!("{}/models", provider.base_url()).parse().unwrap();
    let body = http.get(url).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap(),
        json!({
            "object": "list",
            "data": [
                { "id": "small", "object": "model", "created": 0, "owned_by": "botmeter-demo" },
                { "id": "large", "object": "model", "created": 0, "owned_by": "botmeter-demo" },
            ],
        })
    );
}

#[tokio::test]
async fn the_request_carries_the_key_and_asks_for_the_usage_of_a_stream() {
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n";
    let (url, request) = answering_body("200 OK", stream).await;
    let client = client(&url, Some("sk-test"), Duration::from_secs(10));
    let reply = client.chat_streaming(&CHAT, || ()).await.unwrap();
    assert_eq!(reply, Reply { text: "hi".into(), usage: None });

    let request = request.await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: Bearer sk-test"), "{head}");
    assert_eq!(
        serde_json::from_str::<Value>(body).unwrap(),
        json!({
            "model": "small",
            "messages": [{ "role": "user", "content": "What is new today?" }],
            "stream": true,
            "stream_options": { "include_usage": true },
        })
    );
}

#[tokio::test]
async fn the_key_is_in_no_debug_text() {
    let (url, _request) = answering("").await;
    let client = client(&url, Some("sk-test"), Duration::from_secs(10));
    assert!(!format!("{client:?}").contains("sk-test"), "{client:?}");
}

#[tokio::test]
async fn thoughts_count_as_first_token_but_not_as_text() {
    let stream = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n\
                  data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}\n\n\
                  data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let (url, _request) = answering_body("200 OK", stream).await;
    let first = Cell::new(false);
    let reply = client(&url, None, Duration::from_secs(10))
        .chat_streaming(&CHAT, || first.set(true))
        .await
        .unwrap();
    assert!(first.get());
    assert_eq!(reply.text, "");
}

#[tokio::test]
async fn an_absurd_number_of_tokens_is_no_answer() {
    let body = r#"{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":-3}}"#;
    let (url, _request) = answering_body("200 OK", body).await;
    let error = client(&url, None, Duration::from_secs(10)).chat(&CHAT).await.unwrap_err();
    assert!(matches!(error, CallError::Malformed { .. }), "{error:?}");
    assert!(error.to_string().contains("invalid value: integer `-3`"), "{error}");
}

/// The demo's provider counts one token for each word, and the parts are within the whole.
fn check(reply: &Reply) {
    let usage = reply.usage.unwrap();
    let words = reply.text.split(' ').count() as u64;
    assert_eq!(usage.completion, words + usage.reasoning, "{reply:?}");
    let cached = usage.cached + usage.cache_written;
    assert!(words > 0 && usage.prompt > 0 && cached <= usage.prompt, "{reply:?}");
}
