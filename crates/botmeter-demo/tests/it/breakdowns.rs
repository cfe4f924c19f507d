//! Calls that end without an answer that can be understood.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use botmeter_demo::client::{CallError, Chat};
use botmeter_demo::provider::{Faults, Profile, Share};
use tokio::net::TcpListener;

use crate::raw_server::{answering, answering_body, url};
use crate::{CHAT, client, failing, start};

#[tokio::test]
async fn every_malformed_answer_is_recognized() {
    let faults = Faults { malformed: Share::ALL, ..Faults::none() };
    let (_provider, client) = start(failing(faults)).await;
    let mut excerpts = Vec::new();
    for _ in 0..40 {
        let error = client.chat(&CHAT).await.unwrap_err();
        let CallError::Malformed { excerpt, .. } = &error else { panic!("{error:?}") };
        excerpts.push(excerpt.clone());

        let error = client.chat_streaming(&CHAT, || panic!("no token")).await.unwrap_err();
        assert!(matches!(error, CallError::Malformed { .. }), "{error:?}");
    }
    excerpts.sort();
    excerpts.dedup();
    assert_eq!(excerpts.len(), 4, "{excerpts:#?}");
}

#[tokio::test]
async fn a_provider_that_hangs_is_given_up_in_time() {
    let faults = Faults { hangs: Share::ALL, ..Faults::none() };
    let (provider, _) = start(failing(faults)).await;
    let patience = Duration::from_millis(80);
    let client = client(&provider.base_url(), None, patience);
    for streamed in [false, true] {
        let begun = Instant::now();
        let error = if streamed {
            client.chat_streaming(&CHAT, || panic!("no token")).await.unwrap_err()
        } else {
            client.chat(&CHAT).await.unwrap_err()
        };
        let CallError::TimedOut { after } = error else { panic!("{error:?}") };
        assert_eq!(after, patience);
        assert!(begun.elapsed() >= patience);
        assert_eq!(error.to_string(), "no complete answer within 0.08 s");
    }
}

#[tokio::test]
async fn an_answer_that_stops_halfway_is_a_broken_connection() {
    let faults = Faults { dropped: Share::ALL, ..Faults::none() };
    let (_provider, client) = start(failing(faults)).await;
    let error = client.chat(&CHAT).await.unwrap_err();
    assert_cut_off(&error);

    // However short the answer is, what was sent before the break arrives. One answer in three
    // has no text, because the model thinks until the limit is reached.
    for most_tokens in [4, 8, 12] {
        let chat = Chat { most_tokens: Some(most_tokens), ..CHAT };
        let mut begun = 0;
        for _ in 0..30 {
            let error = client.chat_streaming(&chat, || begun += 1).await.unwrap_err();
            assert_cut_off(&error);
        }
        assert!((12..=28).contains(&begun), "{begun} of 30 answers of {most_tokens} tokens");
    }
}

fn assert_cut_off(error: &CallError) {
    let CallError::Network { kind, .. } = error else { panic!("{error:?}") };
    assert!(matches!(kind, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_is_closed_without_a_word_is_a_broken_connection() {
    let (url, _request) = answering("").await;
    let error = client(&url, None, Duration::from_secs(10)).chat(&CHAT).await.unwrap_err();
    assert_cut_off(&error);
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    // The port was free a moment ago, and nobody listens on it now.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url(listener.local_addr().unwrap());
    drop(listener);
    let error = client(&url, None, Duration::from_secs(10)).chat(&CHAT).await.unwrap_err();
    let CallError::Network { kind, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*kind, ErrorKind::ConnectionRefused);
    assert!(error.to_string().starts_with("connection to the provider failed: "), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_a_network_error() {
    // No name has a part of more than 63 characters, so nobody on the network is asked.
    let url = format!("http://{}.invalid/v1", "a".repeat(64));
    let client = client(&url, None, Duration::from_secs(20));
    let error = client.chat(&CHAT).await.unwrap_err();
    assert!(matches!(error, CallError::Network { .. }), "{error:?}");
}

#[tokio::test]
async fn what_is_not_http_is_a_network_error() {
    let (url, _request) = answering("SSH-2.0-OpenSSH_9.9\r\n").await;
    let error = client(&url, None, Duration::from_secs(10)).chat(&CHAT).await.unwrap_err();
    assert!(matches!(error, CallError::Network { .. }), "{error:?}");
}

#[tokio::test]
async fn a_stream_without_an_end_is_malformed() {
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: {\"cho";
    let (url, _request) = answering_body("200 OK", stream).await;
    let client = client(&url, None, Duration::from_secs(10));
    let error = client.chat_streaming(&CHAT, || ()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "streamed answer ended before it was complete; it begins \"data: {\\\"cho\""
    );
}

#[tokio::test]
async fn an_answer_without_choices_is_malformed() {
    let (url, _request) = answering_body("200 OK", r#"{"choices":[]}"#).await;
    let error = client(&url, None, Duration::from_secs(10)).chat(&CHAT).await.unwrap_err();
    assert_eq!(error.to_string(), "answer has no choices; it begins \"{\\\"choices\\\":[]}\"");
}

#[tokio::test]
async fn an_endless_answer_is_given_up() {
    let body = "x".repeat(5 << 20);
    for streamed in [false, true] {
        let (url, _request) = answering_body("200 OK", &body).await;
        let client = client(&url, None, Duration::from_secs(10));
        let error = if streamed {
            client.chat_streaming(&CHAT, || ()).await.unwrap_err()
        } else {
            client.chat(&CHAT).await.unwrap_err()
        };
        assert_eq!(error.to_string(), "answer has more than 4 MiB");
    }
}

#[tokio::test]
async fn the_client_goes_on_after_each_breakdown() {
    let third = Share::new(0.3).unwrap();
    let faults = Faults { malformed: third, dropped: third, ..Faults::none() };
    let (_provider, client) = start(Profile { seed: 3, ..failing(faults) }).await;
    let mut good = 0;
    for _ in 0..60 {
        good += usize::from(client.chat_streaming(&CHAT, || ()).await.is_ok());
    }
    // The seed decides: 60 calls of which 40 percent go well.
    assert!((12..=36).contains(&good), "{good}");
}
