//! The recorder of the whole process, which is why this is one test and a
//! program of its own.

#![cfg(test)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use botmeter_core::{Counter, Domain, Instrument, Memory, Meter, Unit};
use botmeter_telemetry::{Environment, Telemetry, export::macros::Buckets};

use witness::logged;

const LONG: Duration = Duration::from_secs(30);

static RUNS: Instrument<Counter, ()> =
    Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");

#[derive(Debug)]
struct Bot(Counter);

impl Domain for Bot {
    const NAME: &'static str = "bot";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(RUNS.bind(meter, ()))
    }
}

fn start(memory: &Memory, buckets: Buckets) -> Result<(Telemetry, Bot), String> {
    Telemetry::builder("macros")
        .environment(Environment::default())
        .scrape(([127, 0, 0, 1], 0).into())
        .backend(memory.clone())
        .metrics_macros_with(buckets)
        .start()
        .map_err(|error| error.chain())
}

#[test]
fn what_others_record_leaves_by_every_route_until_the_end_and_is_counted_after_it() {
    let buckets = || Buckets::new().for_suffix("_seconds", &[0.25, 0.5]);
    let memory = Memory::new();
    let never = start(&memory, Buckets::new().by_default(&[])).unwrap_err();
    assert_eq!(
        never,
        "set the buckets of others' histograms to [] (by default): give at least one bound, finite \
         and growing"
    );
    let memory = Memory::new();
    let (telemetry, bot) = start(&memory, buckets()).unwrap();
    bot.0.add(1);
    metrics::describe_counter!("app_requests_total", "Requests of the application.");
    metrics::counter!("app_requests_total", "route" => "/").increment(3);
    metrics::gauge!("app.queue-length").set(2.5);
    let histogram = metrics::histogram!("app_duration_seconds");
    histogram.record(0.3);
    metrics::counter!("bot.runs").increment(1);

    let page = scraped(telemetry.scrape_address().unwrap());
    let expected = "\
# TYPE app_duration_seconds histogram
app_duration_seconds_bucket{le=\"0.25\"} 0
app_duration_seconds_bucket{le=\"0.5\"} 1
app_duration_seconds_bucket{le=\"+Inf\"} 1
app_duration_seconds_sum 0.3
app_duration_seconds_count 1
# TYPE app_queue_length gauge
app_queue_length 2.5
# HELP app_requests_total Requests of the application.
# TYPE app_requests_total counter
app_requests_total{route=\"/\"} 3
# HELP bot_runs_total Runs of bots.
# TYPE bot_runs_total counter
bot_runs_total 2
";
    assert!(page.starts_with(expected), "{page}");
    assert!(page.contains("telemetry_series{instrument=\"app.queue-length\"} 1\n"), "{page}");
    assert!(memory.text().starts_with(expected), "{}", memory.text());

    let lines = logged(|| {
        metrics::histogram!("app_queue_length").record(1.0);
        metrics::histogram!("app_queue_length").record(1.0);
    });
    assert_eq!(
        lines,
        " WARN what is recorded through `metrics` is dropped: failed to record \"app.queue-length\" \
         as a histogram: it is a gauge already; rename one of them name=\"app_queue_length\"\n"
    );
    let dropped = |reason| memory.value("telemetry_dropped_total", &[("reason", reason)]);
    assert_eq!(dropped("implausible"), Some(2.0));

    let lines = logged(|| {
        for user in 0..2010 {
            metrics::counter!("app_logins", "user" => user.to_string()).increment(1);
        }
    });
    assert_eq!(lines.matches(" WARN a name of another library has as many series").count(), 1);
    let overflow = [("instrument", "app_logins")];
    assert_eq!(memory.value("telemetry_overflow_total", &overflow), Some(10.0));

    let lines = logged(|| {
        for end in ["a", "b"] {
            let path = format!("{}{end}", "x".repeat(200));
            metrics::counter!("app_requests_total", "path" => path).increment(1);
        }
    });
    assert_eq!(lines.matches(" WARN a label value of another library is longer").count(), 1);
    let overflow = [("instrument", "app_requests_total")];
    assert_eq!(memory.value("telemetry_overflow_total", &overflow), Some(2.0));

    let error = start(&Memory::new(), buckets()).unwrap_err();
    assert_eq!(
        error,
        "become the recorder of the `metrics` crate: this process has one already; leave it its \
         place by leaving the macros out, or start telemetry before it: attempted to set a recorder \
         after the metrics system was already initialized"
    );

    telemetry.shutdown_blocking(LONG).unwrap();
    let lines = logged(|| {
        histogram.record(0.3);
        metrics::counter!("app_late").increment(1);
    });
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert!(lines.contains("came after the shutdown of its telemetry"), "{lines}");
    assert_eq!(dropped("after_shutdown"), Some(2.0));
}

fn scraped(address: SocketAddr) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}
