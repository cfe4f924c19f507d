//! How the provider begins and ends.

use std::time::{Duration, Instant};

use botmeter_demo::client::CallError;
use botmeter_demo::provider::{Faults, Latency, Profile, Provider, Share};

use crate::{CHAT, failing, quick, start};

#[tokio::test]
async fn a_profile_that_cannot_be_followed_is_refused() {
    let error = Provider::start(Profile { models: Vec::new(), ..quick() }).await.unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        "failed to start the built-in provider: the provider has no model; name at least one"
    );
}

#[tokio::test]
async fn a_call_that_is_under_way_ends_before_the_provider_does() {
    let first_token = Latency::always(Duration::from_millis(100));
    let (provider, client) = start(Profile { first_token, ..quick() }).await;
    let call = tokio::spawn(async move { client.chat_streaming(&CHAT, || ()).await });
    taken(&provider).await;
    assert!(provider.shutdown(Duration::from_secs(10)).await);
    assert!(call.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_call_that_hangs_does_not_hold_up_the_end() {
    let faults = Faults { hangs: Share::ALL, ..Faults::none() };
    let (provider, client) = start(failing(faults)).await;
    let call = tokio::spawn(async move { client.chat(&CHAT).await });
    taken(&provider).await;
    let begun = Instant::now();
    assert!(provider.shutdown(Duration::from_secs(10)).await);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let error = call.await.unwrap().unwrap_err();
    let CallError::Refused(refusal) = error else { panic!("{error:?}") };
    assert_eq!(refusal.status, 503);
}

#[tokio::test]
async fn the_end_comes_at_the_deadline() {
    let first_token = Latency::always(Duration::from_secs(30));
    let (provider, client) = start(Profile { first_token, ..quick() }).await;
    let call = tokio::spawn(async move { client.chat(&CHAT).await });
    taken(&provider).await;
    assert!(!provider.shutdown(Duration::from_millis(50)).await);
    call.abort();
}

/// Waits until a call has arrived.
async fn taken(provider: &Provider) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while provider.calls() == 0 {
        assert!(Instant::now() < deadline, "no call arrived");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
