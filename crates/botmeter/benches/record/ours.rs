//! botmeter over each of its backends.

use std::{sync::OnceLock, time::Duration};

use botmeter::{
    Memory, Telemetry,
    core::{
        Counter, Discard, Domain, Histogram, Instrument, Meter, Table, Unit, buckets, open_label,
    },
    llm::{Llm, LlmConfig, Price, PriceBook, Provider},
    telemetry::{Builder, Environment},
};

open_label! {
    /// The first text.
    pub(crate) struct A: "a", limit 100;
}

open_label! {
    /// The second text.
    pub(crate) struct B: "b", limit 100;
}

open_label! {
    /// The third text.
    pub(crate) struct C: "c", limit 100;
}

static COUNTER: Instrument<Counter, (A, B, C)> =
    Instrument::counter("bench.counter", Unit::of("{event}"), "Events.");
static HISTOGRAM: Instrument<Histogram, (A, B, C)> =
    Instrument::histogram("bench.histogram", Unit::SECONDS, "Durations.", buckets::LLM);

/// What the benchmarks record with.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) counters: Table<(A, B, C), Counter>,
    pub(crate) histograms: Table<(A, B, C), Histogram>,
}

impl Domain for Bench {
    const NAME: &'static str = "bench";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self { counters: COUNTER.table(meter), histograms: HISTOGRAM.table(meter) }
    }
}

/// One backend.
pub(crate) struct Ours {
    backend: &'static str,
    pub(crate) domain: Bench,
    pub(crate) llm: Llm,
    /// Lives as long as the program does: once any telemetry has ended,
    /// measurements look twice whether theirs has.
    _telemetry: Telemetry,
}

impl Ours {
    pub(crate) fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Ours>> = OnceLock::new();
        ALL.get_or_init(Self::start_all)
    }

    fn start_all() -> Vec<Self> {
        // Nothing listens there, and nothing is pushed before the end.
        let pushing =
            |builder: Builder| builder.otlp("http://127.0.0.1:9").interval(Duration::from_hours(1));
        let serving = |builder: Builder| builder.scrape(([127, 0, 0, 1], 0).into());
        vec![
            Self::start("discard", |builder| builder.backend(Discard)),
            Self::start("memory", |builder| builder.backend(Memory::new())),
            Self::start("scrape", serving),
            Self::start("otlp", pushing),
            Self::start("both", |builder| pushing(serving(builder))),
        ]
    }

    fn start(backend: &'static str, choose: impl FnOnce(Builder) -> Builder) -> Self {
        let builder = Telemetry::builder("bench").environment(Environment::default());
        let price = Price::per_million(2.5, 10.0).unwrap();
        let prices = PriceBook::new().with(Provider::OpenAi, "", price);
        let builder = choose(builder).configure::<Llm>(LlmConfig::new().prices(prices));
        let (telemetry, (domain, llm)) = builder.start::<(Bench, Llm)>().unwrap();
        Self { backend, domain, llm, _telemetry: telemetry }
    }

    pub(crate) fn name(&self, what: &str) -> String {
        format!("botmeter {} {what}", self.backend)
    }

    pub(crate) fn call_name(&self) -> String {
        format!("botmeter {}", self.backend)
    }
}
