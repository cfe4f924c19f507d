//! The page in a router of the program's own, beside the layer that counts its
//! requests.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use axum::{Router, body::Body, extract::Request, http::HeaderMap, routing::get};
use botmeter_http::{Http, matched_path};
use botmeter_telemetry::{Builder, Environment, Telemetry};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use witness::logged;

fn builder(variables: &[(&str, &str)]) -> Builder {
    let environment: Environment = variables.iter().copied().collect();
    Telemetry::builder("my-server").environment(environment)
}

/// The status, the headers and the text of an answer.
fn ask(app: &Router, method: &str, path: &str, accept: &str) -> (u16, HeaderMap, String) {
    let request = Request::builder().method(method).uri(path).header("accept", accept);
    let request = request.body(Body::empty()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (head, body) = app.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.status.as_u16(), head.headers, String::from_utf8(body.into()).unwrap())
    })
}

#[test]
fn the_page_is_answered_outside_of_the_layer_and_so_not_counted() {
    let (telemetry, http) = builder(&[]).scrape_mounted().start::<Http>().unwrap();
    let app: Router = Router::new()
        .route("/users/{id}", get(|| async { "a user" }))
        .layer(http.layer(matched_path))
        .route("/metrics", telemetry.page_route());
    assert_eq!(ask(&app, "GET", "/users/7", "*/*").2, "a user");
    assert_eq!(ask(&app, "GET", "/nowhere", "*/*").0, 404);
    for _ in 0..3 {
        assert_eq!(ask(&app, "GET", "/metrics", "*/*").0, 200);
    }
    let (status, headers, text) = ask(&app, "HEAD", "/metrics", "*/*");
    assert_eq!((status, text.as_str()), (200, ""));
    assert_eq!(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let (status, headers, _) = ask(&app, "POST", "/metrics", "*/*");
    assert_eq!((status, headers["allow"].to_str().unwrap()), (405, "GET,HEAD"));
    let (_, headers, text) = ask(&app, "GET", "/metrics", "application/openmetrics-text");
    assert!(headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let counted: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("http_requests_total{") && !line.ends_with(" 0"))
        .collect();
    assert_eq!(
        counted,
        [
            "http_requests_total{method=\"GET\",route=\"/users/{id}\",status=\"200\"} 1",
            "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
        ],
        "{text}"
    );
    // The page itself is an export, of which each whole answer counts.
    let exports = "telemetry_exports_total{backend=\"scrape\",status=\"success\"} 3";
    assert!(text.contains(exports), "{text}");
}

#[test]
fn a_router_with_a_state_of_its_own_takes_the_page_as_well() {
    let (telemetry, ()) = builder(&[]).scrape_mounted().start::<()>().unwrap();
    let greet = |state: axum::extract::State<&'static str>| async move { state.0 };
    let app: Router = Router::new()
        .route("/", get(greet))
        .route("/metrics", telemetry.page_route())
        .with_state("hello");
    assert_eq!(ask(&app, "GET", "/", "*/*").2, "hello");
    assert!(ask(&app, "GET", "/metrics", "*/*").2.contains("telemetry_startup_total 1"));
}

#[test]
fn where_there_is_no_page_the_answer_and_the_log_say_why() {
    let off: &[(&str, &str)] = &[("OTEL_SDK_DISABLED", "true")];
    let none: &[(&str, &str)] = &[("OTEL_METRICS_EXPORTER", "none")];
    for (builder, why) in [
        (builder(off).scrape_mounted(), "telemetry is off, because OTEL_SDK_DISABLED is true"),
        (builder(none), "call `Builder::scrape_mounted` before the start"),
    ] {
        let (telemetry, ()) = builder.start::<()>().unwrap();
        let mut app = Router::new();
        let log = logged(|| app = Router::new().route("/metrics", telemetry.page_route()));
        let expected = format!(" WARN the program's own router has no page of metrics: {why}\n");
        assert_eq!(log, expected);
        let (status, _, text) = ask(&app, "GET", "/metrics", "*/*");
        assert_eq!((status, text), (404, format!("there is no page of metrics: {why}\n")));
    }
}
