//! Pushes by a program whose clock is set forward and back, as a receiver
//! decodes them.

use std::{
    collections::BTreeMap,
    env,
    process::Command,
    time::{Duration, UNIX_EPOCH},
};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::KeyValue,
    metrics::v1::{AggregationTemporality, metric::Data, number_data_point::Value},
};

use botmeter_core::{Counter, Domain, Histogram, Instrument, Meter, Unit, wall};
use botmeter_telemetry::{Environment, Telemetry};
use witness::{self, Behavior, Receiver};

/// Set in the process whose clock is set: what it is told to push with.
const INSIDE: &str = "BOTMETER_TEST_CLOCK_WITH";
const NAME: &str = "otlp::clock::a_clock_that_jumps_costs_no_point_and_no_count";
const AHEAD: &str = "otlp::clock::a_clock_that_was_ahead_for_a_while_costs_no_later_push";
const SOON: Duration = Duration::from_secs(20);

/// Where the clock stands at each push, in seconds ahead of the true one.
const CLOCK: [i64; 8] = [0, -3600, -3600, -3599, 7200, 7200, 0, -60];

static JOBS: Instrument<Counter, ()> =
    Instrument::counter("clock.jobs", Unit::of("{job}"), "Jobs.");
static TOOK: Instrument<Histogram, ()> =
    Instrument::histogram("clock.took", Unit::SECONDS, "How long jobs took.", &[0.5]);

struct Jobs(Counter, Histogram);

impl Domain for Jobs {
    const NAME: &'static str = "jobs";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(JOBS.bind(meter, ()), TOOK.bind(meter, ()))
    }
}

#[test]
fn a_clock_that_jumps_costs_no_point_and_no_count() {
    if let Ok(variables) = env::var(INSIDE) {
        return run(&variables);
    }
    let protocol = "OTEL_EXPORTER_OTLP_PROTOCOL=grpc";
    let gzip = "OTEL_EXPORTER_OTLP_COMPRESSION=gzip";
    let delta = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta";
    let mut all = vec![String::new(), gzip.to_owned(), delta.to_owned()];
    if cfg!(feature = "otlp-grpc") {
        all.extend([protocol.to_owned(), format!("{protocol} {delta}")]);
    }
    for variables in all {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env(INSIDE, &variables)
            .output()
            .unwrap();
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{variables}: {failed}");
        // Once for each time that it was set back, and not for each push.
        let warnings = failed.matches("the clock is behind the times of earlier pushes").count();
        assert_eq!(warnings, 2, "{variables}: {failed}");
    }
}

/// What the receiver does, and where the clock stands; and whether the push is
/// taken, as far as the program can tell.
const STORIES: [&[(Behavior, i64, bool)]; 3] = [
    // The clock was wrong when the machine started, and is set right.
    &[
        (Behavior::AcceptNoFuture, 0, true),
        (Behavior::AcceptNoFuture, DAY, false),
        (Behavior::AcceptNoFuture, 0, true),
        (Behavior::AcceptNoFuture, 0, true),
        // Within what is taken: until the clock has caught up, a push is a
        // millisecond later than the one before.
        (Behavior::AcceptNoFuture, 540, true),
        (Behavior::AcceptNoFuture, 0, true),
        (Behavior::AcceptNoFuture, 0, true),
    ],
    // It arrived, though nobody said so.
    &[
        (Behavior::AcceptNoFuture, 0, true),
        (Behavior::AcceptAndClose, 540, false),
        (Behavior::AcceptNoFuture, 0, true),
        (Behavior::AcceptNoFuture, 0, true),
    ],
    // It did not, and nobody said so: one more push finds it out.
    &[
        (Behavior::AcceptNoFuture, 0, true),
        (Behavior::Close, DAY, false),
        (Behavior::AcceptNoFuture, 0, false),
        (Behavior::AcceptNoFuture, 0, true),
        (Behavior::AcceptNoFuture, 0, true),
    ],
];
const DAY: i64 = 86_400;

#[test]
fn a_clock_that_was_ahead_for_a_while_costs_no_later_push() {
    if let Ok(protocol) = env::var(INSIDE) {
        for story in STORIES {
            tell(story, &protocol);
        }
        return what_was_never_sent_is_in_no_doubt(&protocol);
    }
    let mut protocols = vec!["http/protobuf"];
    if cfg!(feature = "otlp-grpc") {
        protocols.push("grpc");
    }
    for protocol in protocols {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", AHEAD, "--nocapture"])
            .env(INSIDE, protocol)
            .output()
            .unwrap();
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{protocol}: {failed}");
    }
}

fn receiver_of(protocol: &str) -> witness::Builder {
    if protocol == "grpc" { Receiver::grpc() } else { Receiver::http() }
}

fn push_to(receiver: &Receiver, protocol: &str) -> (Telemetry, Jobs) {
    let started = Telemetry::builder("my-bot")
        .environment([("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)].into_iter().collect())
        .otlp(format!("http://{}", receiver.address()))
        .interval(Duration::from_hours(1))
        .start()
        .unwrap();
    // The start pushes by itself, which must not happen amid what is told.
    receiver.wait_for(|requests| requests.first().map(|_| ()));
    started
}

/// The network comes up after the program, and the clock is right by then.
fn what_was_never_sent_is_in_no_doubt(protocol: &str) {
    let first = receiver_of(protocol).start();
    let address = first.address();
    let (telemetry, jobs) = push_to(&first, protocol);
    drop(first);
    wall::set_ahead(DAY);
    jobs.0.add(7);
    telemetry.flush_blocking(SOON).unwrap_err();
    wall::set_ahead(0);
    let receiver = receiver_of(protocol).at(address).behaving(Behavior::AcceptNoFuture).start();
    telemetry.flush_blocking(SOON).unwrap();
    telemetry.shutdown_blocking(SOON).unwrap();
    assert!(!receiver.requests().is_empty());
}

fn tell(story: &[(Behavior, i64, bool)], protocol: &str) {
    let receiver = receiver_of(protocol).start();
    let (telemetry, jobs) = push_to(&receiver, protocol);
    let mut seen = Seen::default();
    for (number, (behavior, ahead, is_taken)) in story.iter().enumerate() {
        wall::set_ahead(*ahead);
        receiver.behave(behavior.clone());
        jobs.0.add(7);
        let outcome = telemetry.flush_blocking(SOON);
        assert_eq!(outcome.is_ok(), *is_taken, "push {number} of {story:?}: {outcome:?}");
        if !matches!(behavior, Behavior::AcceptAndClose) {
            seen.read_all(&receiver);
            continue;
        }
        // It was pushed again and again, each time with the same points.
        let again = receiver.requests().split_off(seen.pushes);
        assert!(again.iter().all(|it| *it == again[0]), "{again:?}");
        seen.read(&again[0]);
        seen.pushes += again.len() - 1;
    }
    telemetry.shutdown_blocking(SOON).unwrap();
    seen.read_all(&receiver);
    assert_eq!(seen.totals.get("clock.jobs"), Some(&(7.0 * story.len() as f64)), "{story:?}");
}

fn run(variables: &str) {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();
    let environment: Environment =
        variables.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
    let is_grpc = variables.contains("grpc");
    let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() }.start();
    let (telemetry, jobs) = Telemetry::builder("my-bot")
        .environment(environment)
        .otlp(format!("http://{}", receiver.address()))
        .interval(Duration::from_hours(1))
        .start::<Jobs>()
        .unwrap();
    let mut seen = Seen::default();
    for ahead in CLOCK {
        wall::set_ahead(ahead);
        jobs.0.add(7);
        jobs.1.record(0.25);
        jobs.1.record(0.75);
        telemetry.flush_blocking(SOON).unwrap();
        seen.read_all(&receiver);
    }
    // What is a time and no stamp is what the clock says.
    let now = wall::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    telemetry.shutdown_blocking(SOON).unwrap();
    seen.read_all(&receiver);
    let alive = seen.gauges["telemetry.heartbeat.timestamp"];
    assert!((alive - now).abs() < 30.0, "{alive} at {now}");
    let rounds = CLOCK.len() as f64;
    for (name, expected) in [
        ("clock.jobs", 7.0 * rounds),
        ("clock.took count", 2.0 * rounds),
        ("clock.took sum", rounds),
    ] {
        assert_eq!(seen.totals.get(name), Some(&expected), "{name}");
    }
    assert!(seen.pushes > CLOCK.len(), "{} pushes", seen.pushes);
}

/// What a receiver that is strict with times has after some pushes.
#[derive(Default)]
struct Seen {
    pushes: usize,
    /// The last time of each series.
    times: BTreeMap<(String, String), u64>,
    totals: BTreeMap<String, f64>,
    gauges: BTreeMap<String, f64>,
}

impl Seen {
    /// What arrived since this was called last.
    fn read_all(&mut self, receiver: &Receiver) {
        for request in &receiver.requests()[self.pushes..] {
            self.read(request);
        }
    }

    fn read(&mut self, request: &ExportMetricsServiceRequest) {
        self.pushes += 1;
        let scopes = request.resource_metrics.iter().flat_map(|it| &it.scope_metrics);
        for metric in scopes.flat_map(|scope| &scope.metrics) {
            let name = metric.name.as_str();
            match metric.data.as_ref().unwrap() {
                Data::Gauge(gauge) => {
                    for point in &gauge.data_points {
                        let span = (point.start_time_unix_nano, point.time_unix_nano);
                        self.stamp(name, &point.attributes, span, false);
                        self.gauges.insert(name.to_owned(), number(point.value));
                    }
                }
                Data::Sum(sum) => {
                    let is_delta = sum.aggregation_temporality() == AggregationTemporality::Delta;
                    for point in &sum.data_points {
                        let span = (point.start_time_unix_nano, point.time_unix_nano);
                        self.stamp(name, &point.attributes, span, is_delta);
                        self.count(name, number(point.value), is_delta);
                    }
                }
                Data::Histogram(histogram) => {
                    let is_delta =
                        histogram.aggregation_temporality() == AggregationTemporality::Delta;
                    for point in &histogram.data_points {
                        let span = (point.start_time_unix_nano, point.time_unix_nano);
                        self.stamp(name, &point.attributes, span, is_delta);
                        self.count(&format!("{name} count"), point.count as f64, is_delta);
                        self.count(&format!("{name} sum"), point.sum.unwrap(), is_delta);
                    }
                }
                other => panic!("a kind that no instrument has: {other:?}"),
            }
        }
    }

    fn stamp(&mut self, name: &str, labels: &[KeyValue], (start, time): (u64, u64), delta: bool) {
        assert!(start <= time, "{name} begins at {start} and ends at {time}");
        let series = (name.to_owned(), format!("{labels:?}"));
        if let Some(before) = self.times.insert(series, time) {
            // Prometheus tells milliseconds apart.
            assert!(before / 1_000_000 < time / 1_000_000, "{name}: {time} after {before}");
            assert!(!delta || start >= before, "{name}: an interval from {start} after {before}");
        }
    }

    fn count(&mut self, name: &str, value: f64, is_delta: bool) {
        let total = self.totals.entry(name.to_owned()).or_default();
        *total = if is_delta { *total + value } else { total.max(value) };
    }
}

fn number(value: Option<Value>) -> f64 {
    match value.unwrap() {
        Value::AsInt(n) => n as f64,
        Value::AsDouble(x) => x,
    }
}
