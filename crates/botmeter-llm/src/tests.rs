//! Events in, the text that a scraper sees out.

use std::{panic, time::Duration};

use botmeter_core::{DropReason, Memory, Meter};

use crate::{ErrorKind, Llm, LlmConfig, Price, PriceBook, Provider, Usage};

struct Bench {
    memory: Memory,
    meter: Meter,
    llm: Llm,
}

impl Bench {
    fn new() -> Self {
        Self::with(LlmConfig::new())
    }

    fn priced(model: &str, price: Price) -> Self {
        Self::with(LlmConfig::new().prices(PriceBook::new().with(Provider::OpenAi, model, price)))
    }

    fn with(config: LlmConfig) -> Self {
        let memory = Memory::new();
        let meter = Meter::new(memory.clone());
        let llm = Llm::with_config(&meter, config);
        Self { memory, meter, llm }
    }

    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let model = |line: &String| {
            line.replace("provider=\"openai\",model=\"gpt-4o\"", "…").replace(",}", "}")
        };
        let moved: Vec<String> = self.memory.moved().iter().map(model).collect();
        assert_eq!(moved, expected, "\n{}", self.memory.text());
    }
}

const MODEL: &str = "gpt-4o";

#[test]
fn a_reply_is_counted_with_its_tokens_and_its_cost() {
    let price = Price::per_million(2.0, 10.0).unwrap().cache_read(1.0).unwrap();
    let bench = Bench::priced("gpt", price);
    let usage = Usage::including_cache(1000, 100).cache_read(600).reasoning(40);
    bench.llm.start(Provider::OpenAi, MODEL).finish(&usage);
    bench.check(&[
        "llm_cost_dollars_total{…} 0.0024",
        "llm_duration_seconds_count{…,status=\"success\"} 1",
        "llm_requests_total{…,status=\"success\"} 1",
        "llm_tokens_cache_read_total{…} 600",
        "llm_tokens_completion_total{…} 100",
        "llm_tokens_prompt_total{…} 1000",
        "llm_tokens_reasoning_total{…} 40",
        "llm_tokens_total{…} 1100",
    ]);
}

#[test]
fn every_instrument_is_fed_by_some_event() {
    let price = Price::per_million(2.0, 10.0).unwrap();
    let bench = Bench::priced("gpt", price);
    let _in_flight = bench.llm.start(Provider::OpenAi, MODEL);
    let mut call = bench.llm.start(Provider::OpenAi, MODEL);
    call.retry(ErrorKind::RateLimit);
    call.first_token();
    call.finish(&Usage::including_cache(10, 5));
    let cached = Usage::including_cache(10, 5).cache_read(3).cache_write(2).reasoning(1);
    bench.llm.start(Provider::OpenAi, MODEL).finish(&cached);
    bench.llm.start(Provider::OpenAi, MODEL).fail(ErrorKind::Server);
    assert_eq!(bench.memory.unfed::<Llm>(), [""; 0], "\n{}", bench.memory.text());
}

#[test]
fn a_failure_is_counted_once_with_its_retries() {
    let bench = Bench::new();
    let mut call = bench.llm.start(Provider::OpenAi, MODEL);
    call.retry(ErrorKind::RateLimit);
    call.retry(ErrorKind::of_status(500));
    call.fail(ErrorKind::RateLimit);
    bench.check(&[
        "llm_duration_seconds_count{…,status=\"error\"} 1",
        "llm_errors_total{…,error_type=\"rate_limit\"} 1",
        "llm_rate_limit_events_total{…} 2",
        "llm_requests_total{…,status=\"error\"} 1",
        "llm_retries_total{…,error_type=\"rate_limit\"} 1",
        "llm_retries_total{…,error_type=\"server\"} 1",
    ]);
}

#[test]
fn a_dropped_call_is_cancelled_and_what_it_consumed_is_billed() {
    let bench = Bench::new();
    let mut call = bench.llm.start(Provider::OpenAi, MODEL);
    bench.check(&["llm_requests_in_flight{…} 1"]);
    call.consumed(&Usage::including_cache(10, 5));
    drop(call);
    bench.check(&[
        "llm_cost_unpriced_total{…} 1",
        "llm_duration_seconds_count{…,status=\"cancelled\"} 1",
        "llm_requests_total{…,status=\"cancelled\"} 1",
        "llm_tokens_completion_total{…} 5",
        "llm_tokens_prompt_total{…} 10",
        "llm_tokens_total{…} 15",
    ]);
}

#[test]
fn a_panic_is_an_error_not_a_cancellation() {
    let bench = Bench::new();
    let llm = bench.llm.clone();
    let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let _call = llm.start(Provider::OpenAi, MODEL);
        panic!("on purpose");
    }));
    assert!(result.is_err());
    bench.check(&[
        "llm_duration_seconds_count{…,status=\"error\"} 1",
        "llm_errors_total{…,error_type=\"unknown\"} 1",
        "llm_requests_total{…,status=\"error\"} 1",
    ]);
}

#[test]
fn a_stream_has_a_first_token_and_a_pace() {
    let bench = Bench::new();
    let mut call = bench.llm.start(Provider::OpenAi, MODEL);
    call.first_token();
    call.first_token();
    call.finish(&Usage::including_cache(1, 11));
    let labels = [("provider", "openai"), ("model", MODEL)];
    let count = |name: &str| bench.memory.value(name, &labels);
    assert_eq!(count("llm_time_to_first_token_seconds_count"), Some(1.0));
    assert_eq!(count("llm_time_per_output_token_seconds_count"), Some(1.0));
}

#[test]
fn a_model_that_never_streams_has_no_empty_histograms_of_streams() {
    let bench = Bench::new();
    bench.llm.start(Provider::OpenAi, MODEL).finish(&Usage::unknown());
    assert!(!bench.memory.text().contains("first_token"), "{}", bench.memory.text());
}

#[test]
fn the_first_error_of_a_known_model_starts_from_zero() {
    let bench = Bench::new();
    let _model = bench.llm.model(Provider::OpenAi, MODEL);
    for kind in ErrorKind::ALL {
        let labels = [("provider", "openai"), ("model", MODEL), ("error_type", kind.as_str())];
        assert_eq!(bench.memory.value("llm_errors_total", &labels), Some(0.0));
        assert_eq!(bench.memory.value("llm_retries_total", &labels), Some(0.0));
    }
}

#[test]
fn impossible_usage_is_dropped_and_counted_and_unpriced() {
    let bench = Bench::new();
    bench.llm.start(Provider::OpenAi, MODEL).finish(&Usage::including_cache(-1, 5));
    bench.llm.start(Provider::OpenAi, MODEL).finish(&Usage::including_cache(u64::MAX, 5));
    bench.llm.start(Provider::OpenAi, MODEL).finish(&Usage::including_cache(5, 5).reasoning(6));
    bench.check(&[
        "llm_cost_unpriced_total{…} 3",
        "llm_duration_seconds_count{…,status=\"success\"} 3",
        "llm_requests_total{…,status=\"success\"} 3",
    ]);
    assert_eq!(bench.meter.dropped_count(DropReason::Implausible), 3);
}

#[test]
fn a_reply_without_usage_is_unpriced_not_free() {
    let price = Price::per_million(2.0, 10.0).unwrap();
    let bench = Bench::priced(MODEL, price);
    bench.llm.start(Provider::OpenAi, MODEL).finish(&Usage::unknown());
    bench.check(&[
        "llm_cost_unpriced_total{…} 1",
        "llm_duration_seconds_count{…,status=\"success\"} 1",
        "llm_requests_total{…,status=\"success\"} 1",
    ]);
}

#[test]
fn models_past_the_limit_are_other() {
    let bench = Bench::new();
    for n in 0..150 {
        bench.llm.start(Provider::OpenAi, &format!("model-{n}")).finish(&Usage::unknown());
    }
    let labels = [("provider", "openai"), ("model", "other"), ("status", "success")];
    assert_eq!(bench.memory.value("llm_requests_total", &labels), Some(50.0));
}

#[tokio::test(start_paused = true)]
async fn a_future_that_loses_a_race_is_cancelled() {
    let bench = Bench::new();
    let never = async {
        tokio::time::sleep(Duration::from_hours(1)).await;
        Ok::<_, std::io::Error>(Nothing)
    };
    let call = bench.llm.observe(Provider::OpenAi, MODEL, never);
    assert!(tokio::time::timeout(Duration::from_secs(1), call).await.is_err());
    bench.check(&[
        "llm_duration_seconds_count{…,status=\"cancelled\"} 1",
        "llm_requests_total{…,status=\"cancelled\"} 1",
    ]);
}

#[test]
fn a_call_can_be_sent_and_is_no_span_where_nobody_wants_one() {
    fn is_sent<T: Send + 'static>(_: &T) {}
    let call = Bench::new().llm.start(Provider::OpenAi, MODEL);
    is_sent(&call);
    assert!(call.span().is_disabled());
}

struct Nothing;

impl crate::Reply for Nothing {
    fn usage(&self) -> Usage {
        Usage::unknown()
    }
}
