//! Through OpenTelemetry's SDK, as an exporter is given it.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use botmeter_core::{
    Backend, Counter, Gauge, Histogram, Kind, Memory, Meter, name, store::Identity,
};
use botmeter_export::bridge::OpenTelemetry;
use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::{
    InMemoryMetricExporter, PeriodicReader, SdkMeterProvider, Stream, Temporality,
    data::{AggregatedMetrics, Metric, MetricData, ResourceMetrics, ScopeMetrics},
};

use crate::played::{ALL, CALLS, DURATION, LEVEL, Status, page, play, series};

struct Sdk {
    provider: SdkMeterProvider,
    exporter: InMemoryMetricExporter,
}

impl Sdk {
    fn new() -> Self {
        let exporter = InMemoryMetricExporter::default();
        let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
        Self { provider, exporter }
    }

    fn bridge(&self) -> OpenTelemetry {
        OpenTelemetry::new(Arc::new(self.provider.clone()))
    }

    /// What the provider exports now, as a page would show it.
    fn page(&self) -> Vec<String> {
        self.exporter.reset();
        self.provider.force_flush().unwrap();
        self.last_page()
    }

    fn last_page(&self) -> Vec<String> {
        let all = self.exporter.get_finished_metrics().unwrap();
        let mut lines = String::new();
        for metrics in all.iter().flat_map(ResourceMetrics::scope_metrics) {
            assert_eq!(metrics.scope().name(), "botmeter");
            metrics.metrics().for_each(|metric| write(&mut lines, metric));
        }
        series(&lines)
    }
}

/// Writes a metric as Prometheus spells what it is sent.
fn write(lines: &mut String, metric: &Metric) {
    let kind = kind_of(metric.data());
    let name = name::prometheus(metric.name(), metric.unit(), kind).unwrap();
    let mut line = |suffix: &str, attributes: &mut dyn Iterator<Item = &KeyValue>, more, value| {
        writeln!(lines, "{name}{suffix}{} {value}", braces(attributes, more)).unwrap();
    };
    match metric.data() {
        AggregatedMetrics::U64(MetricData::Sum(sum)) => sum
            .data_points()
            .for_each(|point| line("", &mut point.attributes(), None, point.value().to_string())),
        AggregatedMetrics::I64(MetricData::Sum(sum)) => sum
            .data_points()
            .for_each(|point| line("", &mut point.attributes(), None, point.value().to_string())),
        AggregatedMetrics::F64(MetricData::Sum(sum)) => sum
            .data_points()
            .for_each(|point| line("", &mut point.attributes(), None, point.value().to_string())),
        AggregatedMetrics::F64(MetricData::Gauge(gauge)) => gauge
            .data_points()
            .for_each(|point| line("", &mut point.attributes(), None, point.value().to_string())),
        AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
            for point in histogram.data_points() {
                let bounds = point.bounds().map(|bound| bound.to_string());
                let mut below = 0;
                for (bound, count) in bounds.chain(["+Inf".to_owned()]).zip(point.bucket_counts()) {
                    below += count;
                    let le = Some(format!("le=\"{bound}\""));
                    line("_bucket", &mut point.attributes(), le, below.to_string());
                }
                line("_sum", &mut point.attributes(), None, point.sum().to_string());
                line("_count", &mut point.attributes(), None, point.count().to_string());
            }
        }
        other => panic!("{other:?}"),
    }
}

fn kind_of(data: &AggregatedMetrics) -> Kind {
    match data {
        AggregatedMetrics::U64(MetricData::Sum(sum)) if sum.is_monotonic() => Kind::Counter,
        AggregatedMetrics::F64(MetricData::Sum(sum)) if sum.is_monotonic() => Kind::FloatCounter,
        AggregatedMetrics::I64(MetricData::Sum(sum)) if !sum.is_monotonic() => Kind::UpDownCounter,
        AggregatedMetrics::F64(MetricData::Gauge(_)) => Kind::Gauge,
        AggregatedMetrics::F64(MetricData::Histogram(_)) => Kind::Histogram,
        other => panic!("{other:?}"),
    }
}

fn braces(attributes: &mut dyn Iterator<Item = &KeyValue>, more: Option<String>) -> String {
    let text = |KeyValue { key, value, .. }: &KeyValue| {
        let value = value.as_str().replace('\\', "\\\\").replace('"', "\\\"");
        format!("{key}=\"{value}\"")
    };
    let all: Vec<String> = attributes.map(text).chain(more).collect();
    if all.is_empty() { String::new() } else { format!("{{{}}}", all.join(",")) }
}

fn of(memory: &Memory, bridge: &OpenTelemetry) -> Meter {
    let backends: [Arc<dyn Backend>; 2] = [Arc::new(memory.clone()), Arc::new(bridge.clone())];
    Meter::of(&backends)
}

#[test]
fn what_the_provider_exports_is_our_page() {
    let (sdk, memory) = (Sdk::new(), Memory::new());
    play(&of(&memory, &sdk.bridge()));
    assert_eq!(sdk.page(), page(&memory));
    // Each metric has the name, the help and the unit of our pushes.
    let all = sdk.exporter.get_finished_metrics().unwrap();
    let mut heads: Vec<_> = all
        .iter()
        .flat_map(ResourceMetrics::scope_metrics)
        .flat_map(ScopeMetrics::metrics)
        .map(|metric| (metric.name(), metric.description(), metric.unit()))
        .collect();
    heads.sort_unstable();
    let mut ours = ALL.map(|ours| (ours.name(), ours.help(), ours.unit().as_str()));
    ours.sort_unstable();
    assert_eq!(heads, ours);
}

#[test]
fn a_provider_that_exports_steps_gets_steps() {
    let exporter = opentelemetry_sdk::metrics::InMemoryMetricExporterBuilder::new()
        .with_temporality(Temporality::Delta)
        .build();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let sdk = Sdk { provider, exporter };
    let calls = CALLS.bind(&Meter::new(sdk.bridge()), ("search", Status::Error));
    for n in [3, 4] {
        calls.add(n);
        let line = format!("tool_calls_total{{status=\"error\",tool=\"search\"}} {n}");
        assert_eq!(sdk.page(), [line]);
    }
}

/// The SDK exports no histogram before its first measurement, which our page
/// shows at zero.
#[test]
fn a_histogram_without_measurements_is_not_exported() {
    let (sdk, memory) = (Sdk::new(), Memory::new());
    let meter = of(&memory, &sdk.bridge());
    let duration = DURATION.bind(&meter, ("search",));
    let fetch = DURATION.bind(&meter, ("fetch",));
    duration.record(0.5);
    let is_fetch = |line: &String| line.contains("tool=\"fetch\"");
    let ours = series(&memory.text());
    let used: Vec<_> = ours.iter().filter(|line| !is_fetch(line)).cloned().collect();
    assert_eq!((ours.len(), used.len()), (34, 17));
    assert_eq!(sdk.page(), used);
    fetch.record(0.5);
    assert_eq!(sdk.page(), series(&memory.text()));
}

fn many(meter: &Meter) {
    let identity = || Identity::foreign("app.users", Kind::Counter, "", "", &[]);
    for user in 0..3000 {
        meter.foreign::<Counter>(identity(), [("user", &*user.to_string())]).unwrap().add(1);
    }
    let identity = || Identity::foreign("app.own", Kind::Gauge, "", "", &[]);
    for user in 0..2100 {
        meter.foreign::<Gauge>(identity(), [("user", &*user.to_string())]).unwrap().set(1.0);
    }
}

/// Ours are limited to 2000 rows, and `other` is one more than the SDK takes.
#[test]
fn the_limit_of_the_sdk_holds_unless_a_view_raises_it() {
    let (sdk, memory) = (Sdk::new(), Memory::new());
    many(&of(&memory, &sdk.bridge()));
    let overflow = sdk.page().iter().filter(|line| line.contains("otel.metric.overflow")).count();
    assert_eq!(overflow, 2);

    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder()
        .with_periodic_exporter(exporter.clone())
        .with_view(|_: &_| Stream::builder().with_cardinality_limit(5000).build().ok())
        .build();
    let (sdk, memory) = (Sdk { provider, exporter }, Memory::new());
    many(&of(&memory, &sdk.bridge()));
    assert_eq!(sdk.page(), series(&memory.text()));
}

/// A name as Prometheus has it will do where the given one will not.
#[test]
fn a_name_that_the_sdk_cannot_have_is_given_as_on_the_page_or_not_at_all() {
    let (sdk, memory) = (Sdk::new(), Memory::new());
    let meter = of(&memory, &sdk.bridge());
    for name in ["app queue", "2xx", "app:queue"] {
        let identity = Identity::foreign(name, Kind::Gauge, "", "", &[]);
        meter.foreign::<Gauge>(identity, []).unwrap().set(1.0);
        let identity = Identity::foreign(format!("{name}.size"), Kind::Histogram, "", "", &[0.5]);
        meter.foreign::<Histogram>(identity, []).unwrap().record(1.0);
    }
    let page = sdk.page();
    assert_eq!(page.len(), 1 + 4, "{page:?}");
    assert!(page.iter().all(|line| line.starts_with("app_queue")), "{page:?}");
}

#[test]
fn a_provider_that_was_shut_down_is_no_panic_and_said_at_the_end() {
    let (sdk, memory) = (Sdk::new(), Memory::new());
    let bridge = sdk.bridge();
    let meter = of(&memory, &bridge);
    play(&meter);
    sdk.provider.shutdown().unwrap();
    assert_eq!(sdk.last_page(), page(&memory), "it collects for the last time");
    play(&meter);
    LEVEL.bind(&meter, ()).set(0.5);
    assert_eq!(
        bridge.shutdown(Duration::ZERO).unwrap_err().chain(),
        "hand the last metrics to the MeterProvider: it was shut down before, and what was recorded \
         since is lost; end the telemetry first"
    );
    assert_eq!(bridge.undelivered(), meter.store().len() as u64);

    let sdk = Sdk::new();
    let bridge = sdk.bridge();
    play(&of(&Memory::new(), &bridge));
    bridge.shutdown(Duration::ZERO).unwrap();
    assert_eq!(bridge.undelivered(), 0);
}

#[test]
fn telemetries_that_share_a_bridge_share_their_series() {
    let sdk = Sdk::new();
    let bridge = sdk.bridge();
    let (first, second) = (Meter::new(bridge.clone()), Meter::new(bridge));
    LEVEL.bind(&first, ()).set(0.5);
    for meter in [&first, &second] {
        CALLS.bind(meter, ("search", Status::Success)).add(1);
    }
    let calls = "tool_calls_total{status=\"success\",tool=\"search\"} 2";
    assert_eq!(sdk.page(), [calls, "tool_level_ratio 0.5"]);
}

#[test]
fn a_telemetry_after_another_begins_its_counts_again() {
    let sdk = Sdk::new();
    for n in [5, 2] {
        let meter = Meter::new(sdk.bridge());
        CALLS.bind(&meter, ("search", Status::Success)).add(n);
        let line = format!("tool_calls_total{{status=\"success\",tool=\"search\"}} {n}");
        assert_eq!(sdk.page(), [line]);
        meter.store().end();
    }
}
