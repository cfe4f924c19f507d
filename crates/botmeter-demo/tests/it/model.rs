//! Whatever becomes of a question to a model, it is recorded as what it was.

use std::time::{Duration, Instant};

use botmeter_demo::model::{Habits, Model};
use botmeter_demo::provider::{Faults, Latency, Profile, Share};
use botmeter_llm::core::{Memory, Meter};
use botmeter_llm::{ErrorKind, Llm, LlmConfig, Price, PriceBook, Provider, Status};

use futures_util::future::join_all;

use crate::{client, failing, quick};

/// What was recorded of some questions.
struct Record {
    memory: Memory,
    calls_of_provider: u64,
    last_error: Option<String>,
}

/// Questions that are put at the same time.
const AT_ONCE: usize = 16;

/// Questions in all.
const QUESTIONS: usize = 48;

const HABITS: fn() -> Habits = || Habits {
    provider: Provider::OpenAi,
    is_own: true,
    models: vec!["small".into()],
    trial: None,
    rate: 400.0,
    concurrency: AT_ONCE,
    streaming: Share::NONE,
    seed: 1,
};

impl Record {
    /// Puts the questions to such a provider; who asks waits so long for each answer.
    async fn of(profile: Profile, habits: Habits, timeout: Duration, patience: Duration) -> Self {
        let provider = botmeter_demo::provider::Provider::start(profile).await.unwrap();
        let memory = Memory::new();
        let price = Price::per_million(1.0, 2.0).unwrap().cache_read(0.5).unwrap();
        let price = price.cache_write(1.0).unwrap();
        let prices = PriceBook::new().with(Provider::OpenAi, "small", price);
        let config = LlmConfig::new().prices(prices);
        let llm = Llm::with_config(&Meter::new(memory.clone()), config);
        let model = Model::new(client(&provider.base_url(), None, timeout), llm, habits);
        let question = || tokio::time::timeout(patience, model.ask("What is new today?"));
        drop(join_all((0..QUESTIONS).map(|_| question())).await);
        Self { memory, calls_of_provider: provider.calls(), last_error: model.take_last_error() }
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
    assert_eq!(record.calls_of_provider, QUESTIONS as u64);
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
    let (timeout, patience) = (Duration::from_millis(30), Duration::from_mins(1));
    let record = Record::of(failing(faults), HABITS(), timeout, patience).await;
    let errors = record.errors(ErrorKind::Timeout);
    assert_eq!((errors, record.calls(Status::Error)), (QUESTIONS as u64, errors));
}

#[tokio::test]
async fn whoever_goes_away_cancels_the_call() {
    let faults = Faults { hangs: Share::ALL, ..Faults::none() };
    let habits = Habits { concurrency: QUESTIONS, ..HABITS() };
    let (timeout, patience) = (Duration::from_mins(1), Duration::from_millis(200));
    let record = Record::of(failing(faults), habits, timeout, patience).await;
    assert_eq!(record.calls(Status::Cancelled), QUESTIONS as u64);
    assert_eq!(record.calls(Status::Error), 0);
    assert_eq!(record.value("llm_requests_in_flight", &[]), 0);
}

#[tokio::test]
async fn a_question_that_finds_no_place_waits_for_one() {
    let answer = Duration::from_millis(20);
    let profile = Profile { first_token: Latency::always(answer), ..quick() };
    let begun = Instant::now();
    let record = Record::quickly(profile, Habits { concurrency: 4, ..HABITS() }).await;
    assert_eq!(record.calls(Status::Success), QUESTIONS as u64);
    let one_after_the_other = u32::try_from(QUESTIONS / 4).unwrap();
    assert!(begun.elapsed() >= answer * one_after_the_other, "{:?}", begun.elapsed());
    // Waiting for a place is no part of a call.
    let labels = [("provider", "openai"), ("model", "small"), ("status", "success")];
    let in_calls = record.memory.value("llm_duration_seconds_sum", &labels).unwrap();
    assert!(in_calls <= 4.0 * begun.elapsed().as_secs_f64(), "{in_calls}");
}

#[tokio::test]
async fn a_model_on_trial_is_called_now_and_then() {
    let habits = Habits { trial: Some("large".into()), concurrency: QUESTIONS, ..HABITS() };
    let record = Record::quickly(quick(), habits).await;
    let labels = [("provider", "openai"), ("model", "large"), ("status", "success")];
    let on_trial = record.memory.value("llm_requests_total", &labels).unwrap();
    let usual = record.calls(Status::Success) as f64;
    assert!(on_trial >= 1.0 && usual > 5.0 * on_trial, "{on_trial} of {}", usual + on_trial);
}
