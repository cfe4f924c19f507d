//! Requests of servers that are no tower service.

use botmeter_core::label::Clean;

use super::{Bench, panicking};
use crate::{Method, Status};

#[test]
fn a_request_is_in_flight_until_it_is_counted() {
    let bench = Bench::new();
    let request = bench.http.start(Method::Get, Some("/runs/{id}"));
    bench.check(&["http_requests_in_flight{method=\"GET\"} 1"]);
    request.finish(http::StatusCode::OK);
    bench.check(&[
        "http_request_duration_seconds_count{method=\"GET\",route=\"/runs/{id}\"} 1",
        "http_requests_total{method=\"GET\",route=\"/runs/{id}\",status=\"200\"} 1",
    ]);
}

#[test]
fn a_request_nobody_ends_is_499_and_one_that_panics_is_500() {
    let bench = Bench::new();
    drop(bench.http.start(&http::Method::POST, Some("/runs")));
    panicking(|| {
        let _request = bench.http.start(&http::Method::POST, Some("/runs"));
        panic!("on purpose");
    });
    bench.check(&[
        "http_request_duration_seconds_count{method=\"POST\",route=\"/runs\"} 2",
        "http_requests_total{method=\"POST\",route=\"/runs\",status=\"499\"} 1",
        "http_requests_total{method=\"POST\",route=\"/runs\",status=\"500\"} 1",
    ]);
}

#[test]
fn a_known_route_starts_from_zero_with_what_every_route_can_end_with() {
    let bench = Bench::new();
    let runs = bench.http.route(Method::Get, "/runs");
    let of = |status: &str| {
        let labels = [("method", "GET"), ("route", "/runs"), ("status", status)];
        bench.memory.value("http_requests_total", &labels)
    };
    for status in ["200", "499", "500"] {
        assert_eq!(of(status), Some(0.0), "{status}");
    }
    assert_eq!(of("503"), None);
    runs.start().finish(Status::ServiceUnavailable);
    runs.start().finish(503);
    assert_eq!(of("503"), Some(2.0));
}

#[test]
fn routes_past_the_limit_are_other() {
    let bench = Bench::new();
    for n in 0..300 {
        bench.http.start(Method::Get, Some(&format!("/route-{n}"))).finish(200);
        bench.http.start(Method::Put, Some(&format!("/route-{n}"))).finish(299);
    }
    let of = |method: &str, route: &str, status: &str| {
        let labels = [("method", method), ("route", route), ("status", status)];
        bench.memory.value("http_requests_total", &labels)
    };
    assert_eq!(of("GET", "/route-199", "200"), Some(1.0));
    assert_eq!(of("GET", "/route-200", "200"), None);
    assert_eq!(of("GET", "other", "200"), Some(100.0));
    assert_eq!(of("PUT", "other", "2xx"), Some(100.0));
}

#[test]
fn any_text_is_a_route() {
    let long = "/x".repeat(5_000);
    let bench = Bench::new();
    for route in ["", "/a\nb\\c\u{0}", "/say/\"hi\"", "/日本語", &long] {
        bench.http.start(Method::Get, Some(route)).finish(Status::Ok);
    }
    for route in ["unknown", "/a_b_c_", "/say/\"hi\"", "/日本語", Clean::of(&long).as_str()] {
        let labels = [("method", "GET"), ("route", route), ("status", "200")];
        let requests = bench.memory.value("http_requests_total", &labels);
        assert_eq!(requests, Some(1.0), "{route}\n{}", bench.memory.text());
    }
}
