//! The libraries below botmeter and beside it, used as their documentation
//! shows.

use std::{
    hint::black_box,
    sync::OnceLock,
    time::{Duration, Instant},
};

use metrics_exporter_prometheus::PrometheusBuilder;
use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter, MeterProvider, UpDownCounter},
};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{
        PeriodicReader, SdkMeterProvider, Temporality, data::ResourceMetrics,
        exporter::PushMetricExporter,
    },
};
use prometheus_client::{encoding::EncodeLabelSet, metrics::family::Family};

use crate::{cases::Cases, texts::Texts};

const BOUNDS: &[f64] = botmeter::core::buckets::LLM;

pub(crate) struct Peers {
    otel: Otel,
    prometheus: Prometheus,
    client: Client,
}

struct Otel {
    _provider: SdkMeterProvider,
    meter: Meter,
    counter: Counter<u64>,
    histogram: Histogram<f64>,
}

struct Prometheus {
    counter: prometheus::IntCounterVec,
    histogram: prometheus::HistogramVec,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    a: String,
    b: String,
    c: String,
}

type ClientHistogram = prometheus_client::metrics::histogram::Histogram;

struct Client {
    counter: Family<Labels, prometheus_client::metrics::counter::Counter>,
    histogram: Family<Labels, ClientHistogram, fn() -> ClientHistogram>,
}

impl Peers {
    /// All of them, made once: `metrics` has one recorder per process.
    pub(crate) fn get() -> &'static Self {
        static PEERS: OnceLock<Peers> = OnceLock::new();
        PEERS.get_or_init(|| {
            PrometheusBuilder::new().set_buckets(BOUNDS).unwrap().install_recorder().unwrap();
            Self { otel: Otel::new(), prometheus: Prometheus::new(), client: Client::new() }
        })
    }

    pub(crate) fn counters(&'static self, cases: &mut Cases) {
        let held = metrics::counter!("held", "a" => "a", "b" => "b", "c" => "c");
        cases.add("metrics held", move || held.increment(black_box(1)));
        let mut texts = Texts::new();
        cases.add("metrics macro", move || {
            let (a, b, c) = texts.next();
            metrics::counter!("dynamic", "a" => a.to_owned(), "b" => b.to_owned(), "c" => c.to_owned())
                .increment(1);
        });
        let bound = self.otel.counter.bind(&attributes(("a", "b", "c")));
        cases.add("otel bound", move || bound.add(black_box(1)));
        let mut texts = Texts::new();
        cases.add("otel unbound", move || self.otel.counter.add(1, &attributes(texts.next())));
        let held = self.prometheus.counter.with_label_values(&["a", "b", "c"]);
        cases.add("prometheus held", move || held.inc_by(black_box(1)));
        let mut texts = Texts::new();
        cases.add("prometheus labels", move || {
            let (a, b, c) = texts.next();
            self.prometheus.counter.with_label_values(&[a, b, c]).inc();
        });
        let held = self.client.counter.get_or_create(&Labels::of(("a", "b", "c"))).clone();
        cases.add("prometheus-client held", move || held.inc_by(black_box(1)));
        let mut texts = Texts::new();
        cases.add("prometheus-client labels", move || {
            self.client.counter.get_or_create(&Labels::of(texts.next())).inc()
        });
    }

    pub(crate) fn histograms(&'static self, cases: &mut Cases) {
        let held = metrics::histogram!("held_seconds", "a" => "a", "b" => "b", "c" => "c");
        cases.add("metrics held", move || held.record(black_box(0.3)));
        let mut texts = Texts::new();
        cases.add("metrics macro", move || {
            let (a, b, c) = texts.next();
            metrics::histogram!("dynamic_seconds", "a" => a.to_owned(), "b" => b.to_owned(), "c" => c.to_owned())
                .record(black_box(0.3));
        });
        let bound = self.otel.histogram.bind(&attributes(("a", "b", "c")));
        cases.add("otel bound", move || bound.record(black_box(0.3)));
        let mut texts = Texts::new();
        cases.add("otel unbound", move || {
            self.otel.histogram.record(black_box(0.3), &attributes(texts.next()));
        });
        let held = self.prometheus.histogram.with_label_values(&["a", "b", "c"]);
        cases.add("prometheus held", move || held.observe(black_box(0.3)));
        let mut texts = Texts::new();
        cases.add("prometheus labels", move || {
            let (a, b, c) = texts.next();
            self.prometheus.histogram.with_label_values(&[a, b, c]).observe(black_box(0.3));
        });
        let held = self.client.histogram.get_or_create(&Labels::of(("a", "b", "c"))).clone();
        cases.add("prometheus-client held", move || held.observe(black_box(0.3)));
        let mut texts = Texts::new();
        cases.add("prometheus-client labels", move || {
            self.client.histogram.get_or_create(&Labels::of(texts.next())).observe(black_box(0.3));
        });
    }

    /// The same records as one finished call of `botmeter-llm` makes.
    pub(crate) fn calls(&'static self, cases: &mut Cases) {
        let mut texts = Texts::new();
        cases.add("metrics macros", move || call_by_macros(texts.model()));
        let call = OtelCall::new(&self.otel.meter);
        let mut texts = Texts::new();
        cases.add("otel unbound", move || call.run(texts.model()));
    }
}

/// A program that uses `metrics` as its documentation shows.
fn call_by_macros(model: &str) {
    use metrics::{counter, gauge, histogram};
    let (prompt, completion) = (black_box(1000_u64), black_box(100_u64));
    gauge!("in_flight", "provider" => "openai", "model" => model.to_owned()).increment(1.0);
    let start = Instant::now();
    let took = start.elapsed();
    gauge!("in_flight", "provider" => "openai", "model" => model.to_owned()).decrement(1.0);
    counter!("requests_total", "provider" => "openai", "model" => model.to_owned(), "status" => "success")
        .increment(1);
    histogram!("duration_seconds", "provider" => "openai", "model" => model.to_owned(), "status" => "success")
        .record(took.as_secs_f64());
    counter!("tokens_total", "provider" => "openai", "model" => model.to_owned())
        .increment(prompt + completion);
    counter!("tokens_prompt_total", "provider" => "openai", "model" => model.to_owned())
        .increment(prompt);
    counter!("tokens_completion_total", "provider" => "openai", "model" => model.to_owned())
        .increment(completion);
    gauge!("cost_dollars_total", "provider" => "openai", "model" => model.to_owned())
        .increment(cost(prompt, completion));
}

/// A program that uses OpenTelemetry as its documentation shows.
struct OtelCall {
    in_flight: UpDownCounter<i64>,
    requests: Counter<u64>,
    duration: Histogram<f64>,
    tokens: Counter<u64>,
    prompt: Counter<u64>,
    completion: Counter<u64>,
    cost: Counter<f64>,
}

impl OtelCall {
    fn new(meter: &Meter) -> Self {
        Self {
            in_flight: meter.i64_up_down_counter("in_flight").build(),
            requests: meter.u64_counter("requests").build(),
            duration: meter.f64_histogram("duration").with_boundaries(BOUNDS.to_vec()).build(),
            tokens: meter.u64_counter("tokens").build(),
            prompt: meter.u64_counter("prompt").build(),
            completion: meter.u64_counter("completion").build(),
            cost: meter.f64_counter("cost").build(),
        }
    }

    fn run(&self, model: &str) {
        let (prompt, completion) = (black_box(1000_u64), black_box(100_u64));
        let pair =
            || [KeyValue::new("model", model.to_owned()), KeyValue::new("provider", "openai")];
        let triple = || {
            let [model, provider] = pair();
            [model, provider, KeyValue::new("status", "success")]
        };
        self.in_flight.add(1, &pair());
        let start = Instant::now();
        let took = start.elapsed();
        self.in_flight.add(-1, &pair());
        self.requests.add(1, &triple());
        self.duration.record(took.as_secs_f64(), &triple());
        self.tokens.add(prompt + completion, &pair());
        self.prompt.add(prompt, &pair());
        self.completion.add(completion, &pair());
        self.cost.add(cost(prompt, completion), &pair());
    }
}

fn cost(prompt: u64, completion: u64) -> f64 {
    (prompt as f64 * 2.5 + completion as f64 * 10.0) * 1e-6
}

fn attributes((a, b, c): (&str, &str, &str)) -> [KeyValue; 3] {
    [("a", a), ("b", b), ("c", c)].map(|(key, text)| KeyValue::new(key, text.to_owned()))
}

impl Labels {
    fn of((a, b, c): (&str, &str, &str)) -> Self {
        Self { a: a.to_owned(), b: b.to_owned(), c: c.to_owned() }
    }
}

impl Otel {
    fn new() -> Self {
        let reader =
            PeriodicReader::builder(Nowhere).with_interval(Duration::from_hours(1)).build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        let meter = provider.meter("bench");
        let counter = meter.u64_counter("counter").build();
        let histogram = meter.f64_histogram("histogram").with_boundaries(BOUNDS.to_vec()).build();
        Self { _provider: provider, meter, counter, histogram }
    }
}

impl Prometheus {
    fn new() -> Self {
        let labels = &["a", "b", "c"];
        let counter =
            prometheus::IntCounterVec::new(prometheus::Opts::new("counter", "Events."), labels);
        let options =
            prometheus::HistogramOpts::new("histogram", "Durations.").buckets(BOUNDS.to_vec());
        let histogram = prometheus::HistogramVec::new(options, labels);
        Self { counter: counter.unwrap(), histogram: histogram.unwrap() }
    }
}

impl Client {
    fn new() -> Self {
        let make: fn() -> ClientHistogram = || ClientHistogram::new(BOUNDS.iter().copied());
        Self { counter: Family::default(), histogram: Family::new_with_constructor(make) }
    }
}

/// Exports to nowhere.
struct Nowhere;

impl PushMetricExporter for Nowhere {
    async fn export(&self, _: &ResourceMetrics) -> OTelSdkResult {
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}
