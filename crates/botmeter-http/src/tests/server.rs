//! An axum server on loopback and a client that talks HTTP to it.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Path,
    routing::{get, post},
};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};

use super::Bench;
use crate::matched_path;

/// Serves until the test ends, and its runtime with it.
pub(super) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// A connection that ends when this is dropped.
pub(super) struct Client {
    sender: http1::SendRequest<Empty<Bytes>>,
    connection: tokio::task::JoinHandle<()>,
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        let connection = tokio::spawn(async move { drop(connection.await) });
        Self { sender, connection }
    }

    pub(super) async fn send(
        &mut self,
        method: &str,
        path: &str,
    ) -> hyper::Result<Response<Incoming>> {
        let request = Request::builder().method(method).uri(path).header("host", "test");
        self.sender.send_request(request.body(Empty::new()).unwrap()).await
    }

    /// The status and the text of the response.
    pub(super) async fn text(&mut self, method: &str, path: &str) -> (u16, String) {
        let response = self.send(method, path).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

#[tokio::test]
async fn the_route_is_the_matched_path_and_never_the_url() {
    let bench = Bench::new();
    let inner = Router::new().route("/{step}", post(|| async { StatusCode::CREATED }));
    let app = Router::new()
        .route("/runs/{id}", get(async |Path(id): Path<String>| format!("run {id}")))
        .nest("/runs/{id}/steps", inner)
        .layer(bench.http.layer(matched_path));
    let mut client = Client::connect(serve(app).await).await;

    assert_eq!(client.text("GET", "/runs/7?key=secret").await, (200, "run 7".to_owned()));
    assert_eq!(client.text("GET", "/runs/8").await, (200, "run 8".to_owned()));
    assert_eq!(client.text("HEAD", "/runs/9").await, (200, String::new()));
    assert_eq!(client.text("POST", "/runs/7/steps/2").await.0, 201);
    assert_eq!(client.text("PUT", "/runs/7").await.0, 405);
    assert_eq!(client.text("PURGE", "/runs/7").await.0, 405);
    assert_eq!(client.text("GET", "/wp-admin.php").await.0, 404);
    assert_eq!(client.text("GET", "/.env").await.0, 404);

    bench
        .check_soon(&[
            "http_request_duration_seconds_count{method=\"GET\",route=\"/runs/{id}\"} 2",
            "http_request_duration_seconds_count{method=\"GET\",route=\"unmatched\"} 2",
            "http_request_duration_seconds_count{method=\"HEAD\",route=\"/runs/{id}\"} 1",
            "http_request_duration_seconds_count{method=\"POST\",\
             route=\"/runs/{id}/steps/{step}\"} 1",
            "http_request_duration_seconds_count{method=\"PUT\",route=\"/runs/{id}\"} 1",
            "http_request_duration_seconds_count{method=\"other\",route=\"/runs/{id}\"} 1",
            "http_requests_total{method=\"GET\",route=\"/runs/{id}\",status=\"200\"} 2",
            "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 2",
            "http_requests_total{method=\"HEAD\",route=\"/runs/{id}\",status=\"200\"} 1",
            "http_requests_total{method=\"POST\",route=\"/runs/{id}/steps/{step}\",\
             status=\"201\"} 1",
            "http_requests_total{method=\"PUT\",route=\"/runs/{id}\",status=\"405\"} 1",
            "http_requests_total{method=\"other\",route=\"/runs/{id}\",status=\"405\"} 1",
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_at_once_are_all_in_flight_and_all_counted() {
    const REQUESTS: usize = 100;
    let bench = Bench::new();
    let gate = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let wait = async move || {
        opened.acquire().await.unwrap().forget();
        "through"
    };
    let app = Router::new().route("/wait", get(wait)).layer(bench.http.layer(matched_path));
    let address = serve(app).await;

    let mut clients = JoinSet::new();
    for _ in 0..REQUESTS {
        clients.spawn(async move { Client::connect(address).await.text("GET", "/wait").await });
    }
    bench.check_soon(&["http_requests_in_flight{method=\"GET\"} 100"]).await;
    gate.add_permits(REQUESTS);
    for (status, text) in clients.join_all().await {
        assert_eq!((status, text.as_str()), (200, "through"));
    }
    bench
        .check_soon(&[
            "http_request_duration_seconds_count{method=\"GET\",route=\"/wait\"} 100",
            "http_requests_total{method=\"GET\",route=\"/wait\",status=\"200\"} 100",
        ])
        .await;
}

#[tokio::test]
async fn a_client_that_goes_away_is_499() {
    let bench = Bench::new();
    let app = Router::new()
        .route("/slow", get(std::future::pending::<&'static str>))
        .layer(bench.http.layer(matched_path));
    let address = serve(app).await;

    let request = tokio::spawn(async move {
        let mut client = Client::connect(address).await;
        client.text("GET", "/slow").await
    });
    bench.check_soon(&["http_requests_in_flight{method=\"GET\"} 1"]).await;
    request.abort();
    bench
        .check_soon(&[
            "http_request_duration_seconds_count{method=\"GET\",route=\"/slow\"} 1",
            "http_requests_total{method=\"GET\",route=\"/slow\",status=\"499\"} 1",
        ])
        .await;
}

#[tokio::test]
async fn a_handler_that_panics_is_500() {
    let bench = Bench::new();
    let panics = async |Path(when): Path<String>| -> &'static str {
        if when == "later" {
            tokio::task::yield_now().await;
        }
        panic!("on purpose");
    };
    let app = Router::new().route("/{when}", get(panics)).layer(bench.http.layer(matched_path));
    let address = serve(app).await;
    for path in ["/now", "/later"] {
        assert!(Client::connect(address).await.send("GET", path).await.is_err());
    }
    bench
        .check_soon(&[
            "http_request_duration_seconds_count{method=\"GET\",route=\"/{when}\"} 2",
            "http_requests_total{method=\"GET\",route=\"/{when}\",status=\"500\"} 2",
        ])
        .await;
}

#[tokio::test]
async fn a_panic_that_is_caught_around_the_layer_is_500() {
    use std::{panic::AssertUnwindSafe, pin::pin, task::Poll};

    use tower::{Layer, Service};

    let bench = Bench::new();
    let panics =
        tower::service_fn(async |_: Request<Body>| -> Result<Response<Body>, Infallible> {
            panic!("on purpose")
        });
    let mut service = bench.http.layer(|_| None).layer(panics);
    let mut response = pin!(service.call(Request::new(Body::empty())));
    // As a layer that catches panics does it: the future outlives the panic.
    let caught = std::future::poll_fn(|cx| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| response.as_mut().poll(cx)));
        Poll::Ready(polled.is_err())
    });
    assert!(caught.await);
    bench.check(&[
        "http_request_duration_seconds_count{method=\"GET\",route=\"unmatched\"} 1",
        "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"500\"} 1",
    ]);
}

#[tokio::test]
async fn a_service_that_fails_is_500() {
    use tower::{Layer, ServiceExt};

    let bench = Bench::new();
    let fails = tower::service_fn(async |_: Request<Body>| {
        Err::<Response<Body>, _>(std::io::Error::other("no upstream"))
    });
    let service = bench.http.layer(|_| Some("/all")).layer(fails);
    let error = service.oneshot(Request::new(Body::empty())).await.unwrap_err();
    assert_eq!(error.to_string(), "no upstream");
    bench.check(&[
        "http_request_duration_seconds_count{method=\"GET\",route=\"/all\"} 1",
        "http_requests_total{method=\"GET\",route=\"/all\",status=\"500\"} 1",
    ]);
}
