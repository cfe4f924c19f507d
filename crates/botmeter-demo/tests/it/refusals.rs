//! Calls that the provider turns down.

use std::time::Duration;

use botmeter_demo::client::{CallError, Chat, Refusal};
use botmeter_demo::provider::{Faults, Profile, Share};

use crate::raw_server::answering_body;
use crate::{CHAT, client, failing, quick, start};

/// Asks both ways, which must end alike, and returns the refusal and its text.
async fn refused(profile: Profile, chat: &Chat<'_>) -> (Refusal, String) {
    let (_provider, client) = start(profile).await;
    let in_one_piece = client.chat(chat).await.unwrap_err();
    let streamed = client.chat_streaming(chat, || panic!("there is no token")).await.unwrap_err();
    assert_eq!(in_one_piece.to_string(), streamed.to_string());
    let text = in_one_piece.to_string();
    match in_one_piece {
        CallError::Refused(refusal) => (refusal, text),
        other => panic!("{other:?}"),
    }
}

fn refusal(status: u16, code: &str, message: &str) -> Refusal {
    Refusal { status, code: Some(code.into()), message: message.into(), retry_after: None }
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let faults = Faults { rate_limited: Share::ALL, ..Faults::none() };
    let profile = Profile { retry_after: Duration::from_millis(1200), ..failing(faults) };
    let (seen, text) = refused(profile, &CHAT).await;
    assert_eq!(
        seen,
        Refusal {
            retry_after: Some(Duration::from_secs(2)),
            ..refusal(429, "rate_limit_exceeded", "the rate limit of the account is reached")
        }
    );
    assert_eq!(
        text,
        "provider refused with status 429 (rate_limit_exceeded): the rate limit of the account is \
         reached; retry after 2 s"
    );
}

#[tokio::test]
async fn a_server_error_is_told_apart() {
    let faults = Faults { server_errors: Share::ALL, ..Faults::none() };
    let message = "the server had an error while processing the request";
    assert_eq!(refused(failing(faults), &CHAT).await.0, refusal(500, "server_error", message));
}

#[tokio::test]
async fn a_revoked_key_is_told_apart() {
    let faults = Faults { unauthorized: Share::ALL, ..Faults::none() };
    let message = "the key given with the request is not valid";
    assert_eq!(refused(failing(faults), &CHAT).await.0, refusal(401, "invalid_api_key", message));
}

#[tokio::test]
async fn a_content_filter_is_told_by_its_code() {
    let faults = Faults { filtered: Share::ALL, ..Faults::none() };
    let message = "the content management policy filtered the request";
    assert_eq!(refused(failing(faults), &CHAT).await.0, refusal(400, "content_filter", message));
}

#[tokio::test]
async fn a_prompt_that_is_too_long_is_told_by_its_code() {
    let profile = Profile { context_tokens: 100, ..quick() };
    let long = "word ".repeat(100);
    let message = "the prompt has 129 tokens, but the model reads at most 100";
    assert_eq!(
        refused(profile, &Chat { prompt: &long, ..CHAT }).await.0,
        refusal(400, "context_length_exceeded", message)
    );
}

#[tokio::test]
async fn an_unknown_model_is_told_by_its_code() {
    let message = "the model \"huge\" does not exist; there are small, large";
    assert_eq!(
        refused(quick(), &Chat { model: "huge", ..CHAT }).await.0,
        refusal(404, "model_not_found", message)
    );
}

#[tokio::test]
async fn a_wrong_path_is_told_with_what_there_is() {
    let (provider, _client) = start(quick()).await;
    let url = provider.base_url().replace("/v1", "/v2");
    let error = client(&url, None, Duration::from_secs(10)).chat(&CHAT).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "provider refused with status 404 (invalid_request_error): there is nothing here; the \
         provider serves /v1/chat/completions and /v1/models"
    );
}

#[tokio::test]
async fn a_gateway_that_answers_in_its_own_words_is_quoted() {
    let (url, _request) = answering_body("503 Busy\r\nRetry-After: 0.5", "<h1>Busy</h1>\n").await;
    let error = client(&url, None, Duration::from_secs(10)).chat(&CHAT).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "provider refused with status 503: <h1>Busy</h1>; retry after 0.5 s"
    );
}

#[tokio::test]
async fn a_redirection_is_not_followed_with_the_key() {
    let (url, _request) = answering_body("302 Found\r\nLocation: http://other/", "").await;
    let client = client(&url, Some("sk-test"), Duration::from_secs(10));
    let error = client.chat(&CHAT).await.unwrap_err();
    assert_eq!(error.to_string(), "provider refused with status 302");
}

#[tokio::test]
async fn a_key_that_the_provider_repeats_is_blanked() {
    let body = r#"{"error":{"message":"Incorrect key: sk-test","code":"invalid_api_key"}}"#;
    let (url, _request) = answering_body("401 Unauthorized", body).await;
    let client = client(&url, Some("sk-test"), Duration::from_secs(10));
    let error = client.chat(&CHAT).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "provider refused with status 401 (invalid_api_key): Incorrect key: ***"
    );
    assert!(!format!("{error:?}").contains("sk-test"), "{error:?}");
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream_is_a_refusal() {
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\n\
                  data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n";
    let (url, _request) = answering_body("200 OK", stream).await;
    let client = client(&url, None, Duration::from_secs(10));
    let error = client.chat_streaming(&CHAT, || ()).await.unwrap_err();
    let CallError::Refused(seen) = error else { panic!("{error:?}") };
    assert_eq!(seen, refusal(200, "server_error", "overloaded"));
}
