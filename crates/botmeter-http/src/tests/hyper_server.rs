//! A hyper server without axum.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;
use tower::{Layer, service_fn};

use super::{Bench, server::Client};

#[tokio::test]
async fn a_function_tells_the_route() {
    let bench = Bench::new();
    let layer = bench.http.layer(|request| {
        let (first, rest) = request.uri.path().strip_prefix('/')?.split_once('/')?;
        (first == "runs" && !rest.is_empty()).then_some("/runs/{id}")
    });
    let service = layer.layer(service_fn(async |request: Request<Incoming>| {
        let status = if request.uri().path() == "/runs/0" { 599 } else { 200 };
        let body = Full::new(Bytes::from("it runs"));
        Ok::<_, Infallible>(Response::builder().status(status).body(body).unwrap())
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let service = TowerToHyperService::new(service);
        drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
    });

    let mut client = Client::connect(address).await;
    assert_eq!(client.text("GET", "/runs/7").await, (200, "it runs".to_owned()));
    assert_eq!(client.text("GET", "/runs/0").await, (599, "it runs".to_owned()));
    assert_eq!(client.text("GET", "/elsewhere").await, (200, "it runs".to_owned()));
    bench
        .check_soon(&[
            "http_request_duration_seconds_count{method=\"GET\",route=\"/runs/{id}\"} 2",
            "http_request_duration_seconds_count{method=\"GET\",route=\"unmatched\"} 1",
            "http_requests_total{method=\"GET\",route=\"/runs/{id}\",status=\"200\"} 1",
            "http_requests_total{method=\"GET\",route=\"/runs/{id}\",status=\"5xx\"} 1",
            "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"200\"} 1",
        ])
        .await;
}
