//! The API that people and bots use.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use botmeter_bot::ErrorKind;
use botmeter_http::matched_path;
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::chat;
use super::docs_server::DocsServer;
use super::round::Round;
use super::world::World;

#[derive(Debug)]
struct Service {
    world: Arc<World>,
    docs: DocsServer,
    reports: Round,
}

type Shared = State<Arc<Service>>;

/// All routes, each of them counted.
pub(super) fn routes(world: Arc<World>) -> Router {
    let layer = world.http.layer(matched_path);
    let service = Service { world, docs: DocsServer::new(), reports: Round::of(16) };
    Router::new()
        .route("/chat", post(talk))
        .route("/tickets", post(write_ticket))
        .route("/tickets/{id}", get(read_ticket))
        .route("/posts", get(list_posts))
        .route("/reports/weekly", get(report))
        .route("/mcp", post(ask_docs))
        .route("/healthz", get(async || answer(StatusCode::OK, &json!("ok"))))
        .layer(layer)
        .with_state(Arc::new(service))
}

async fn talk(State(service): Shared, body: Bytes) -> Response {
    let Some(question) = field(&body, "question") else {
        return wrong(r#"write the question as {"question":"…"}"#);
    };
    match chat::reply(&service.world, &question).await {
        Ok(reply) => answer(StatusCode::OK, &json!({ "reply": reply })),
        Err(trouble) => {
            let status = match trouble.kind() {
                ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
                _ => StatusCode::BAD_GATEWAY,
            };
            answer(status, &json!({ "error": "the chat bot has no answer; ask again" }))
        }
    }
}

async fn write_ticket(State(service): Shared, body: Bytes) -> Response {
    let Some(text) = field(&body, "text") else {
        return wrong(r#"write the ticket as {"text":"…"}"#);
    };
    let Some(id) = service.world.mailbox.put(text) else {
        let error = json!({ "error": "too many tickets wait; try again later" });
        return answer(StatusCode::SERVICE_UNAVAILABLE, &error);
    };
    answer(StatusCode::ACCEPTED, &json!({ "id": id }))
}

async fn read_ticket(State(service): Shared, Path(id): Path<String>) -> Response {
    match id.parse().ok().and_then(|id| service.world.mailbox.state(id)) {
        Some(state) => answer(StatusCode::OK, &json!({ "state": state })),
        None => answer(StatusCode::NOT_FOUND, &json!({ "error": "there is no such ticket" })),
    }
}

async fn list_posts(State(service): Shared) -> Response {
    service.world.takes(5..40).await;
    answer(StatusCode::OK, &json!(service.world.blog.front_page()))
}

/// Adds up the week, unless the database is locked, as it is now and then.
async fn report(State(service): Shared) -> Response {
    service.world.takes(60..500).await;
    if service.reports.next() == 2 {
        let error = json!({ "error": "the database is locked" });
        return answer(StatusCode::INTERNAL_SERVER_ERROR, &error);
    }
    let (tickets, posts) = (service.world.mailbox.last(), service.world.blog.front_page().len());
    answer(StatusCode::OK, &json!({ "tickets": tickets, "posts": posts }))
}

async fn ask_docs(State(service): Shared, body: Bytes) -> Response {
    let Ok(message) = serde_json::from_slice::<Value>(&body) else {
        return wrong("write the message as JSON-RPC");
    };
    match service.docs.answer(&message).await {
        Some(response) => answer(StatusCode::OK, &response),
        None => answer(StatusCode::ACCEPTED, &Value::Null),
    }
}

/// The text of one field of a body that is a JSON object.
fn field(body: &[u8], name: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body[name].as_str()?.to_owned())
}

fn wrong(hint: &str) -> Response {
    answer(StatusCode::BAD_REQUEST, &json!({ "error": hint }))
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
