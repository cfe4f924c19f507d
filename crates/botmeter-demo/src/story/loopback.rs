//! A client of the story's own API, over real HTTP.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// Asks the API at one address. Dropping a request hangs up.
#[derive(Debug)]
pub(super) struct Loopback {
    http: Client<HttpConnector, Full<Bytes>>,
    base: String,
}

/// What the API said: its status and its body, which is null if it is not JSON.
pub(super) type Answer = anyhow::Result<(StatusCode, Value)>;

impl Loopback {
    pub(super) fn new(base: String) -> Self {
        Self { http: Client::builder(TokioExecutor::new()).build_http(), base }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(format!("{}{path}", self.base)), Bytes::new()).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = Request::post(format!("{}{path}", self.base));
        let request = request.header(CONTENT_TYPE, "application/json");
        self.send(request, body.to_string().into()).await
    }

    async fn send(&self, request: http::request::Builder, body: Bytes) -> Answer {
        // On the heap, because whoever asks is wrapped in futures that would all grow with it.
        let response = Box::pin(self.http.request(request.body(Full::new(body))?)).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}
