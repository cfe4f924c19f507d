//! Which calls have a cost, which are missing, and what is said of them.

#![cfg(test)]

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex},
};

use botmeter_llm::{
    ErrorKind, Llm, LlmConfig, Price, PriceBook, Provider, Usage,
    core::{Memory, Meter},
};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    subscriber::with_default,
};
use tracing_subscriber::{
    Layer,
    filter::LevelFilter,
    layer::{Context, SubscriberExt},
};

const MODEL: &str = "gpt-4o-2024-11-20";

struct Bench {
    memory: Memory,
    llm: Llm,
}

impl Bench {
    fn with(price: Price) -> Self {
        let memory = Memory::new();
        let own = PriceBook::new().with(Provider::OpenAi, "gpt-4o", price);
        let config = LlmConfig::new().prices(PriceBook::built_in().and(own));
        let llm = Llm::with_config(&Meter::new(memory.clone()), config);
        Self { memory, llm }
    }

    fn finish(&self, model: &str, usage: &Usage) {
        self.llm.start(Provider::OpenAi, model).finish(usage);
    }

    /// Dollars, and calls without a cost.
    fn costs(&self, model: &str) -> (f64, f64) {
        let value = |name| {
            let labels = [("provider", "openai"), ("model", model)];
            self.memory.value(name, &labels).unwrap()
        };
        (value("llm_cost_dollars_total"), value("llm_cost_unpriced_total"))
    }
}

/// Each warning with its fields.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        assert_eq!(*event.metadata().level(), Level::WARN);
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

fn warnings(during: impl FnOnce()) -> Vec<String> {
    let warnings = Warnings::default();
    let subscriber =
        tracing_subscriber::registry().with(warnings.clone().with_filter(LevelFilter::WARN));
    with_default(subscriber, during);
    warnings.0.lock().unwrap().clone()
}

#[test]
fn a_price_without_a_rate_that_a_call_needs_is_warned_of_once_for_each_model() {
    let bench = Bench::with(Price::per_million(4.0, 20.0).unwrap());
    let cached = Usage::including_cache(1_000_000, 0).cache_read(500_000);
    let said = warnings(|| {
        for _ in 0..3 {
            bench.finish(MODEL, &cached);
        }
        bench.finish(MODEL, &Usage::including_cache(1_000_000, 0));
        // Listed with a rate for its cache.
        bench.finish("gpt-4.1", &cached);
        // Without any price, which the counter is for.
        bench.finish("unheard-of", &cached);
    });
    assert_eq!(bench.costs(MODEL), (4.0, 3.0));
    assert_eq!(bench.costs("unheard-of"), (0.0, 1.0));
    let [line] = said.as_slice() else { panic!("{said:#?}") };
    for part in [
        "provider=\"openai\"",
        "model=\"gpt-4o-2024-11-20\"",
        "read from the provider's cache",
        "`Price::cache_read`",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }

    let written = warnings(|| {
        bench.finish(MODEL, &cached.cache_write(1));
        bench.finish(MODEL, &cached.cache_write(1));
        bench.finish("gpt-4o-mini", &cached);
    });
    let [write, other] = written.as_slice() else { panic!("{written:#?}") };
    assert!(write.contains("written to") && write.contains("`Price::cache_write`"), "{write}");
    assert!(other.contains("gpt-4o-mini") && other.contains("`Price::cache_read`"), "{other}");
    assert_eq!(bench.costs(MODEL), (4.0, 5.0));
}

#[test]
fn a_stream_that_breaks_off_is_billed_by_what_is_known_of_it_or_unpriced() {
    let bench = Bench::with(Price::per_million(2.0, 10.0).unwrap());
    let stream = || {
        let mut call = bench.llm.start(Provider::OpenAi, MODEL);
        call.first_token();
        call
    };
    drop(stream());
    stream().fail(ErrorKind::Network);
    assert_eq!(bench.costs(MODEL), (0.0, 2.0));

    let mut told = stream();
    told.consumed(&Usage::including_cache(1_000_000, 100_000));
    drop(told);
    assert_eq!(bench.costs(MODEL), (3.0, 2.0));

    // Nothing came of these, and nobody bills a refusal.
    drop(bench.llm.start(Provider::OpenAi, MODEL));
    bench.llm.start(Provider::OpenAi, MODEL).fail(ErrorKind::RateLimit);
    stream().finish(&Usage::including_cache(1_000_000, 0));
    assert_eq!(bench.costs(MODEL), (5.0, 2.0));
}
