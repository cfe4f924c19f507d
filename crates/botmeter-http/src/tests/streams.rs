//! Responses whose body takes its time.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Body, routing::get};
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header::CONTENT_LENGTH};
use http_body_util::{
    BodyExt,
    channel::{Channel, Sender},
};

use super::{
    Bench,
    server::{Client, serve},
};
use crate::matched_path;

type Feed = Sender<Bytes, std::io::Error>;

const RUNNING: &[&str] = &["http_requests_in_flight{method=\"GET\"} 1"];

/// A server that answers one request with a body that the test feeds.
async fn streaming(bench: &Bench, response: http::response::Builder) -> (Client, Feed) {
    let (feed, body) = Channel::<Bytes, std::io::Error>::new(4);
    let response = response.body(Body::new(body)).unwrap();
    let response = Arc::new(Mutex::new(Some(response)));
    let answer = async move || response.lock().unwrap().take().unwrap();
    let app = Router::new().route("/stream", get(answer)).layer(bench.http.layer(matched_path));
    (Client::connect(serve(app).await).await, feed)
}

fn ended(status: u16) -> [String; 2] {
    [
        "http_request_duration_seconds_count{method=\"GET\",route=\"/stream\"} 1".to_owned(),
        format!("http_requests_total{{method=\"GET\",route=\"/stream\",status=\"{status}\"}} 1"),
    ]
}

async fn check_ended(bench: &Bench, status: u16) {
    let [duration, requests] = ended(status);
    bench.check_soon(&[&duration, &requests]).await;
}

#[tokio::test]
async fn a_stream_is_in_flight_until_its_last_byte() {
    let bench = Bench::new();
    let (mut client, mut feed) = streaming(&bench, Response::builder()).await;
    let mut response = client.send("GET", "/stream").await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    for word in ["one", "two"] {
        feed.send_data(word.into()).await.unwrap();
        let frame = response.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), word);
        bench.check(RUNNING);
    }
    drop(feed);
    assert!(response.frame().await.is_none());
    check_ended(&bench, 200).await;
}

#[tokio::test]
async fn trailers_end_a_stream() {
    let bench = Bench::new();
    let (mut client, mut feed) = streaming(&bench, Response::builder().status(206)).await;
    let mut response = client.send("GET", "/stream").await.unwrap();
    feed.send_data("one".into()).await.unwrap();
    assert_eq!(response.frame().await.unwrap().unwrap().into_data().unwrap(), "one");
    bench.check(RUNNING);
    feed.send_trailers(HeaderMap::new()).await.unwrap();
    check_ended(&bench, 206).await;
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_is_499() {
    let bench = Bench::new();
    let (mut client, mut feed) = streaming(&bench, Response::builder()).await;
    let mut response = client.send("GET", "/stream").await.unwrap();
    feed.send_data("one".into()).await.unwrap();
    assert_eq!(response.frame().await.unwrap().unwrap().into_data().unwrap(), "one");
    bench.check(RUNNING);
    drop((response, client));
    check_ended(&bench, 499).await;
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_500() {
    let bench = Bench::new();
    let (mut client, mut feed) = streaming(&bench, Response::builder()).await;
    let mut response = client.send("GET", "/stream").await.unwrap();
    feed.send_data("one".into()).await.unwrap();
    assert_eq!(response.frame().await.unwrap().unwrap().into_data().unwrap(), "one");
    feed.abort(std::io::Error::other("the model hung up"));
    assert!(response.frame().await.unwrap().is_err());
    check_ended(&bench, 500).await;
}

#[tokio::test]
async fn a_stream_of_known_length_ends_with_its_last_byte_even_if_it_stays_open() {
    let bench = Bench::new();
    let head = Response::builder().header(CONTENT_LENGTH, 6);
    let (mut client, mut feed) = streaming(&bench, head).await;
    let mut response = client.send("GET", "/stream").await.unwrap();
    for word in ["one", "two"] {
        bench.check(RUNNING);
        feed.send_data(word.into()).await.unwrap();
        assert_eq!(response.frame().await.unwrap().unwrap().into_data().unwrap(), word);
    }
    check_ended(&bench, 200).await;
    drop(feed);
}

#[tokio::test]
async fn a_response_without_a_body_on_the_wire_ends_with_its_head() {
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED] {
        let bench = Bench::new();
        let (mut client, feed) = streaming(&bench, Response::builder().status(status)).await;
        assert_eq!(client.send("GET", "/stream").await.unwrap().status(), status);
        check_ended(&bench, status.as_u16()).await;
        drop(feed);
    }
}

#[tokio::test]
async fn a_body_that_panics_is_500() {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    struct Panics;

    impl http_body::Body for Panics {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
            panic!("on purpose")
        }
    }

    let bench = Bench::new();
    let app = Router::new()
        .route("/stream", get(async || Response::new(Body::new(Panics))))
        .layer(bench.http.layer(matched_path));
    let mut client = Client::connect(serve(app).await).await;
    assert!(client.send("GET", "/stream").await.is_err());
    check_ended(&bench, 500).await;
}
