//! The bot records what its calls were.

use std::time::Duration;

use botmeter_demo::bot::{Bot, Habits};
use botmeter_demo::provider::{Faults, Latency, Profile, Share};
use botmeter_llm::core::{Domain, Meter, backend::Memory};
use botmeter_llm::{ErrorKind, Llm, Price, PriceBook, Provider, Status};

use crate::{client, failing, quick};

/// What a bot recorded in a short time.
struct Record {
    memory: Memory,
    calls_of_provider: u64,
    last_error: Option<String>,
}

const HABITS: fn() -> Habits = || Habits {
    provider: Provider::OpenAi,
    models: vec!["small".into()],
    rate: 400.0,
    concurrency: 16,
    streaming: Share::NONE,
    seed: 1,
};

impl Record {
    /// Lets a bot run against such a provider until it has begun enough calls.
    async fn of(profile: Profile, habits: Habits, timeout: Duration, grace: Duration) -> Self {
        let provider = botmeter_demo::provider::Provider::start(profile).await.unwrap();
        let memory = Memory::new();
        let llm = Llm::register(&Meter::new(memory.clone()));
        let price = Price::per_million(1.0, 2.0).unwrap().cache_read(0.5).unwrap();
        llm.set_prices(PriceBook::new().with(Provider::OpenAi, "small", price)).unwrap();
        let bot = Bot::new(client(&provider.base_url(), None, timeout), llm, habits);
        let enough = async {
            let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
            while provider.calls() < 40 && tokio::time::Instant::now() < deadline {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        bot.run(enough, grace).await;
        Self { memory, calls_of_provider: provider.calls(), last_error: bot.take_last_error() }
    }

    async fn quickly(profile: Profile, habits: Habits) -> Self {
        Self::of(profile, habits, Duration::from_secs(10), Duration::from_secs(10)).await
    }

    fn value(&self, name: &str, more: &[(&str, &str)]) -> u64 {
        let labels = [&[("provider", "openai"), ("model", "small")], more].concat();
        let value = self.memory.value(name, &labels).unwrap_or_default();
        assert!(value >= 0.0 && value.fract() == 0.0, "{name} {value}");
        format!("{value}").parse().unwrap()
    }

    fn calls(&self, status: Status) -> u64 {
        self.value("llm_requests_total", &[("status", status.as_str())])
    }

    fn errors(&self, kind: ErrorKind) -> u64 {
        self.value("llm_errors_total", &[("error_type", kind.as_str())])
    }

    fn retries(&self, kind: ErrorKind) -> u64 {
        self.value("llm_retries_total", &[("error_type", kind.as_str())])
    }
}

#[tokio::test]
async fn good_calls_are_recorded_with_tokens_and_cost() {
    let record = Record::quickly(quick(), HABITS()).await;
    assert!(record.calls_of_provider >= 40, "{}", record.calls_of_provider);
    assert_eq!(record.calls(Status::Success), record.calls_of_provider);
    assert_eq!(record.calls(Status::Error) + record.calls(Status::Cancelled), 0);
    assert_eq!(record.value("llm_requests_in_flight", &[]), 0);
    assert_eq!(record.value("llm_cost_unpriced_total", &[]), 0);
    let prompt = record.value("llm_tokens_prompt_total", &[]);
    let completion = record.value("llm_tokens_completion_total", &[]);
    assert_eq!(record.value("llm_tokens_total", &[]), prompt + completion);
    assert!(record.value("llm_tokens_cache_read_total", &[]) > 0);
    assert!(record.value("llm_tokens_reasoning_total", &[]) > 0);

    let labels = [("provider", "openai"), ("model", "small")];
    let cost = record.memory.value("llm_cost_dollars_total", &labels).unwrap();
    let cached = record.value("llm_tokens_cache_read_total", &[]);
    let expected =
        ((prompt - cached) as f64 + cached as f64 * 0.5 + completion as f64 * 2.0) * 1e-6;
    assert!((cost - expected).abs() < 1e-9, "{cost} {expected}");
    assert_eq!(record.last_error, None);
}

#[tokio::test]
async fn streamed_calls_have_a_first_token() {
    let record = Record::quickly(quick(), Habits { streaming: Share::ALL, ..HABITS() }).await;
    let good = record.calls(Status::Success);
    assert!(good >= 30, "{good}");
    assert!(record.value("llm_time_to_first_token_seconds_count", &[]) >= good);
    assert_eq!(record.value("llm_time_per_output_token_seconds_count", &[]), good);
}

#[tokio::test]
async fn a_rate_limit_is_retried_once_and_then_counted() {
    let faults = Faults { rate_limited: Share::ALL, ..Faults::none() };
    let profile = Profile { retry_after: Duration::ZERO, ..failing(faults) };
    let record = Record::quickly(profile, HABITS()).await;
    let errors = record.errors(ErrorKind::RateLimit);
    assert!(errors >= 20, "{errors}");
    assert_eq!(record.calls(Status::Error), errors);
    assert_eq!(record.retries(ErrorKind::RateLimit), errors);
    assert_eq!(record.calls_of_provider, 2 * errors);
    assert_eq!(record.value("llm_rate_limit_events_total", &[]), 2 * errors);
}

#[tokio::test]
async fn a_user_who_waits_is_not_kept_waiting_by_a_retry() {
    let faults = Faults { server_errors: Share::ALL, ..Faults::none() };
    let habits = Habits { streaming: Share::ALL, ..HABITS() };
    let record = Record::quickly(failing(faults), habits).await;
    assert_eq!(record.errors(ErrorKind::Server), record.calls_of_provider);
    assert_eq!(record.retries(ErrorKind::Server), 0);
    assert_eq!(
        record.last_error.as_deref(),
        Some(
            "provider refused with status 500 (server_error): the server had an error while \
             processing the request"
        )
    );
}

#[tokio::test]
async fn each_fault_is_counted_under_its_kind() {
    let all = Share::ALL;
    for (faults, kind) in [
        (Faults { unauthorized: all, ..Faults::none() }, ErrorKind::Auth),
        (Faults { filtered: all, ..Faults::none() }, ErrorKind::ContentFilter),
        (Faults { malformed: all, ..Faults::none() }, ErrorKind::Server),
        (Faults { dropped: all, ..Faults::none() }, ErrorKind::Network),
    ] {
        let record = Record::quickly(failing(faults), HABITS()).await;
        assert_eq!(record.errors(kind), record.calls_of_provider, "{kind}");
        assert_eq!(record.calls(Status::Error), record.calls_of_provider, "{kind}");
    }
}

#[tokio::test]
async fn a_provider_that_hangs_is_a_timeout() {
    let faults = Faults { hangs: Share::ALL, ..Faults::none() };
    let (timeout, grace) = (Duration::from_millis(30), Duration::from_secs(10));
    let record = Record::of(failing(faults), HABITS(), timeout, grace).await;
    let errors = record.errors(ErrorKind::Timeout);
    assert!(errors >= 40, "{errors}");
    assert_eq!(record.calls(Status::Error), errors);
}

#[tokio::test]
async fn calls_that_outlast_the_end_are_cancelled() {
    let faults = Faults { hangs: Share::ALL, ..Faults::none() };
    let habits = Habits { concurrency: 50, ..HABITS() };
    let (timeout, grace) = (Duration::from_mins(1), Duration::from_millis(20));
    let record = Record::of(failing(faults), habits, timeout, grace).await;
    assert!(record.calls(Status::Cancelled) >= 40);
    assert_eq!(record.calls(Status::Error), 0);
    assert_eq!(record.value("llm_requests_in_flight", &[]), 0);
}

#[tokio::test]
async fn some_users_go_away() {
    let first_token = Latency::always(Duration::from_secs(2));
    let habits = Habits { streaming: Share::ALL, rate: 2000.0, concurrency: 1000, ..HABITS() };
    let profile = Profile { first_token, ..quick() };
    let record = Record::quickly(profile, habits).await;
    let (cancelled, good) = (record.calls(Status::Cancelled), record.calls(Status::Success));
    assert!(cancelled >= 1 && good > cancelled, "{cancelled} of {}", good + cancelled);
}
