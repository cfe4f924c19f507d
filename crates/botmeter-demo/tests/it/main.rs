//! The parts of the demo against each other and against servers that only a test would write, and
//! the demo as a whole.

#![cfg(test)]

mod answers;
mod breakdowns;
mod catalogue;
mod demo;
mod lifecycle;
mod model;
mod process;
mod raw_server;
mod refusals;
mod story;
mod tls_front;
mod traces;

use std::time::Duration;

use botmeter_demo::client::{Chat, Client, Key, Settings};
use botmeter_demo::provider::{Faults, Latency, Profile, Provider};

/// A provider that answers at once.
fn quick() -> Profile {
    Profile {
        models: vec!["small".into(), "large".into()],
        first_token: Latency::always(Duration::from_millis(1)),
        per_token: Latency::always(Duration::ZERO),
        ..Profile::default()
    }
}

/// A provider that answers at once and in one way only.
fn failing(faults: Faults) -> Profile {
    Profile { faults, ..quick() }
}

async fn start(profile: Profile) -> (Provider, Client) {
    let provider = Provider::start(profile).await.unwrap();
    let client = client(&provider.base_url(), None, Duration::from_secs(10));
    (provider, client)
}

fn client(url: &str, key: Option<&str>, timeout: Duration) -> Client {
    Client::new(Settings { base_url: url.parse().unwrap(), key: key.map(Key::new), timeout })
        .unwrap()
}

const CHAT: Chat<'static> =
    Chat { model: "small", prompt: "What is new today?", most_tokens: None };
