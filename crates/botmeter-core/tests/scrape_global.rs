//! The recorder of the whole process, which is why this is a program of its
//! own.

#![cfg(test)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use botmeter_core::{
    Backend, BackendKind, Counter, Exports, Instrument, Meter, Unit,
    backend::scrape::{Scrape, Settings},
};

static RUNS: Instrument<Counter, ()> =
    Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");

#[test]
fn what_others_record_is_on_the_same_page() {
    let settings =
        Settings { address: ([127, 0, 0, 1], 0).into(), global: true, ..Settings::default() };
    let start = || Scrape::start(settings, &[RUNS.descriptor()], Exports::new(BackendKind::Scrape));
    let scrape = start().unwrap();
    RUNS.bind(&Meter::new(scrape.clone()), ()).add(1);
    metrics::describe_counter!("app_requests_total", "Requests of the application.");
    metrics::counter!("app_requests_total", "route" => "/").increment(3);
    metrics::gauge!("app.queue-length").set(2.5);
    let histogram = metrics::histogram!("app_duration_seconds");
    histogram.record(0.3);

    let page = scraped(scrape.address().unwrap());
    let expected = "\
# TYPE app_duration_seconds histogram
app_duration_seconds_bucket{le=\"0.001\"} 0
app_duration_seconds_bucket{le=\"0.0025\"} 0
app_duration_seconds_bucket{le=\"0.005\"} 0
app_duration_seconds_bucket{le=\"0.01\"} 0
app_duration_seconds_bucket{le=\"0.025\"} 0
app_duration_seconds_bucket{le=\"0.05\"} 0
app_duration_seconds_bucket{le=\"0.1\"} 0
app_duration_seconds_bucket{le=\"0.25\"} 0
app_duration_seconds_bucket{le=\"0.5\"} 1
app_duration_seconds_bucket{le=\"1\"} 1
app_duration_seconds_bucket{le=\"2.5\"} 1
app_duration_seconds_bucket{le=\"5\"} 1
app_duration_seconds_bucket{le=\"10\"} 1
app_duration_seconds_bucket{le=\"25\"} 1
app_duration_seconds_bucket{le=\"50\"} 1
app_duration_seconds_bucket{le=\"100\"} 1
app_duration_seconds_bucket{le=\"250\"} 1
app_duration_seconds_bucket{le=\"500\"} 1
app_duration_seconds_bucket{le=\"1000\"} 1
app_duration_seconds_bucket{le=\"2500\"} 1
app_duration_seconds_bucket{le=\"5000\"} 1
app_duration_seconds_bucket{le=\"10000\"} 1
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
bot_runs_total 1
";
    assert_eq!(page, expected);

    let error = start().unwrap_err();
    assert_eq!(
        error.chain(),
        "become the recorder of the `metrics` crate: this process has one already; leave it its \
         place by turning the global recorder off, or start telemetry before it: attempted to set \
         a recorder after the metrics system was already initialized"
    );

    let before = scrape.page().render();
    scrape.shutdown(Duration::from_secs(30)).unwrap();
    metrics::histogram!("app_duration_seconds").record(0.3);
    assert_eq!(scrape.page().render(), before, "nobody would empty it any more");
}

fn scraped(address: SocketAddr) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}
