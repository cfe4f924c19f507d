//! Bridges as a program has them: by the builder, beside a push of our own.

#![cfg(test)]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use botmeter_core::{Counter, Domain, Gauge, Histogram, Instrument, Memory, Meter, Unit, buckets};
use botmeter_telemetry::{
    Environment, Telemetry,
    export::{
        bridge,
        macros::{Buckets, Macros},
    },
};
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{MetricExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value},
    metrics::v1::{NumberDataPoint, metric::Data},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;

use witness::Receiver;
use witness::logged;

const SOON: Duration = Duration::from_secs(20);

static RUNS: Instrument<Counter, ()> =
    Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
static LEVEL: Instrument<Gauge, ()> = Instrument::gauge("bot.level", Unit::RATIO, "A level.");
static DURATION: Instrument<Histogram, ()> =
    Instrument::histogram("bot.duration", Unit::SECONDS, "How long.", buckets::FAST);

#[derive(Debug)]
struct Bot {
    meter: Meter,
    runs: Counter,
    level: Gauge,
    duration: Histogram,
}

impl Domain for Bot {
    const NAME: &'static str = "bot";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self {
            meter: meter.clone(),
            runs: RUNS.bind(meter, ()),
            level: LEVEL.bind_late(meter, ()),
            duration: DURATION.bind_late(meter, ()),
        }
    }
}

/// Posts as OpenTelemetry's exporter asks it to, without a runtime.
#[derive(Debug)]
struct Post;

#[async_trait]
impl HttpClient for Post {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let address = request.uri().authority().ok_or("no address")?;
        let mut socket = TcpStream::connect(address.as_str())?;
        let (path, length) = (request.uri().path(), request.body().len());
        write!(socket, "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n")?;
        write!(socket, "content-type: application/x-protobuf\r\nconnection: close\r\n\r\n")?;
        socket.write_all(request.body())?;
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer)?;
        let is_taken = answer.starts_with(b"HTTP/1.1 200");
        Ok(Response::builder().status(if is_taken { 200 } else { 500 }).body(Bytes::new())?)
    }
}

fn provider(receiver: &Receiver) -> SdkMeterProvider {
    let exporter = MetricExporter::builder()
        .with_http()
        .with_http_client(Post)
        .with_endpoint(receiver.endpoint())
        .build()
        .unwrap();
    SdkMeterProvider::builder().with_periodic_exporter(exporter).build()
}

#[test]
fn a_provider_pushes_what_we_push() {
    let (ours, theirs) = (Receiver::http().start(), Receiver::http().start());
    let provider = provider(&theirs);
    let (telemetry, bot) = Telemetry::builder("bridges")
        .environment(Environment::default())
        .otlp(ours.endpoint())
        .interval(Duration::from_hours(1))
        .backend(bridge::OpenTelemetry::new(Arc::new(provider.clone())))
        .start::<Bot>()
        .unwrap();
    let macros = Macros::new(&bot.meter, Buckets::new()).unwrap();
    bot.runs.add(3);
    bot.level.set(0.25);
    bot.duration.record(0.3);
    metrics::with_local_recorder(&macros, || {
        metrics::describe_counter!("db.queries", "Queries of others.");
        metrics::counter!("db.queries", "table" => "users", "le" => "é\"\\").increment(2);
        metrics::gauge!("db.pool.free").set(-1.5);
        for x in [0.3, 0.7] {
            metrics::histogram!("db.wait", "table" => "users").record(x);
        }
    });
    // What tells of pushes is there after the first.
    telemetry.flush_blocking(SOON).unwrap();
    telemetry.flush_blocking(SOON).unwrap();
    provider.force_flush().unwrap();
    let (ours, theirs) =
        (lines(ours.requests().last().unwrap()), lines(theirs.requests().last().unwrap()));
    assert!(ours.len() > 20, "{ours:#?}");
    let missing: Vec<_> = ours.symmetric_difference(&theirs).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    telemetry.shutdown_blocking(SOON).unwrap();
    provider.shutdown().unwrap();
}

#[test]
fn a_provider_that_was_shut_down_under_the_bridge_is_said_at_the_end() {
    let receiver = Receiver::http().start();
    let provider = provider(&receiver);
    let (telemetry, bot) = Telemetry::builder("bridges")
        .environment(Environment::default())
        .backend(bridge::OpenTelemetry::new(Arc::new(provider.clone())))
        .start::<Bot>()
        .unwrap();
    provider.shutdown().unwrap();
    bot.duration.record(0.3);
    let error = telemetry.shutdown_blocking(SOON).unwrap_err().chain();
    assert!(
        error.ends_with(
            "hand the last metrics to the MeterProvider: it was shut down before, and what was \
             recorded since is lost; end the telemetry first"
        ),
        "{error}"
    );

    let lines = logged(|| {
        let (telemetry, bot) = Telemetry::builder("bridges")
            .environment(Environment::default())
            .backend(bridge::OpenTelemetry::new(Arc::new(provider.clone())))
            .start::<Bot>()
            .unwrap();
        bot.duration.record(0.3);
        let _said_again = telemetry.shutdown_blocking(SOON);
    });
    assert_eq!(lines.matches("the MeterProvider does not take what it is given").count(), 1);
}

/// It becomes the recorder of the process, so this is one test.
#[test]
fn a_process_without_a_recorder_and_one_with_our_own_are_said_once() {
    let start = |wants_macros| {
        let memory = Memory::new();
        let builder = Telemetry::builder("bridges")
            .environment(Environment::default())
            .backend(memory.clone())
            .backend(bridge::Metrics::new());
        let builder = if wants_macros { builder.metrics_macros() } else { builder };
        (builder.start::<Bot>().unwrap(), memory)
    };
    let nobody = "WARN metrics are fed to no recorder of `metrics`, because the process has none";
    let circle =
        "WARN the recorder of `metrics` that metrics are to be fed to records into botmeter";
    let lines = logged(|| {
        let ((telemetry, bot), memory) = start(true);
        bot.duration.record(0.3);
        metrics::counter!("db.queries").increment(1);
        assert_eq!(memory.value("db_queries_total", &[]), Some(1.0));
        telemetry.shutdown_blocking(SOON).unwrap();
    });
    assert_eq!((lines.matches(nobody).count(), lines.matches(circle).count()), (1, 1), "{lines}");
    let lines = logged(|| {
        let ((telemetry, bot), memory) = start(false);
        bot.runs.add(1);
        assert_eq!(memory.value("bot_runs_total", &[]), Some(1.0));
        telemetry.shutdown_blocking(SOON).unwrap();
    });
    assert_eq!((lines.matches(nobody).count(), lines.matches(circle).count()), (0, 1), "{lines}");
}

/// Every series at its last point, but for what tells of the pushes themselves
/// and of the time.
fn lines(request: &ExportMetricsServiceRequest) -> BTreeSet<String> {
    let mut lines = BTreeMap::new();
    let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    for scope in scopes {
        assert_eq!(scope.scope.as_ref().unwrap().name, "botmeter");
        for metric in &scope.metrics {
            let name = &metric.name;
            if name.starts_with("telemetry.export") || name.ends_with("timestamp") {
                continue;
            }
            let head = format!("{name} {:?} {:?}", metric.unit, metric.description);
            let mut line = |attributes: &[KeyValue], value: String| {
                // The last point of a series stands for it.
                lines.insert((head.clone(), attributes_of(attributes)), value);
            };
            let mut numbers = |points: &[NumberDataPoint], kind: &str| {
                for point in points {
                    line(&point.attributes, format!("{kind} {:?}", point.value));
                }
            };
            match metric.data.as_ref().unwrap() {
                Data::Gauge(gauge) => numbers(&gauge.data_points, "gauge"),
                Data::Sum(sum) => {
                    let (temporality, is_monotonic) =
                        (sum.aggregation_temporality, sum.is_monotonic);
                    numbers(&sum.data_points, &format!("sum {temporality} {is_monotonic}"));
                }
                Data::Histogram(histogram) => {
                    let temporality = histogram.aggregation_temporality;
                    for point in histogram.data_points.iter().filter(|point| point.count > 0) {
                        let (count, sum) = (point.count, point.sum);
                        let (bounds, counts) = (&point.explicit_bounds, &point.bucket_counts);
                        let value = format!(
                            "histogram {temporality} {count} {sum:?} {bounds:?} {counts:?}"
                        );
                        line(&point.attributes, value);
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }
    lines.into_iter().map(|((head, labels), value)| format!("{head} {labels:?} {value}")).collect()
}

fn attributes_of(attributes: &[KeyValue]) -> BTreeSet<(String, String)> {
    let text = |value: &Option<AnyValue>| match value.as_ref().and_then(|it| it.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        other => panic!("{other:?}"),
    };
    attributes.iter().map(|label| (label.key.clone(), text(&label.value))).collect()
}
