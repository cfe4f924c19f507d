//! The client of the docs server, which speaks the Model Context Protocol.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use botmeter_http::McpMethod;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::trouble::Trouble;
use super::world::World;

/// How long a search may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Searches that one session is good for.
const SESSION: usize = 10;

/// How often the server is asked whether it is there.
const PING: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Docs {
    requests: AtomicU64,
    searches: AtomicUsize,
}

impl Docs {
    /// Finds a page about a topic and reads it, which are two tools.
    pub(super) async fn look_up(&self, world: &World, topic: &str) -> Result<String, Trouble> {
        if self.searches.fetch_add(1, Ordering::Relaxed).is_multiple_of(SESSION) {
            self.begin_session(world).await?;
        }
        let query = json!({ "name": "search_docs", "arguments": { "query": topic } });
        let search = self.request(world, "tools/call", query);
        let search = world.http.observe_tool("search_docs", search);
        // Giving up drops the search, which cancels the tool and the operation in it.
        let found = timeout(PATIENCE, search).await.map_err(|_| Trouble::Slow(PATIENCE))??;
        let page = json!({ "uri": text(&found["content"]) });
        let read = self.request(world, "resources/read", page);
        let read = world.http.observe_tool("read_page", read).await?;
        Ok(text(&read["contents"]))
    }

    /// Asks at intervals whether the server is there.
    pub(super) async fn watch(&self, world: &World) {
        while world.rest(PING).await {
            if let Err(error) = self.request(world, "ping", json!({})).await {
                tracing::warn!(%error, "the docs server does not answer");
            }
        }
    }

    async fn begin_session(&self, world: &World) -> Result<(), Trouble> {
        let client = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": { "name": "botmeter-demo", "version": env!("CARGO_PKG_VERSION") },
        });
        self.request(world, "initialize", client).await?;
        self.notify(world, "notifications/initialized").await?;
        let answer = self.request(world, "tools/list", json!({})).await?;
        let mut tools = answer["tools"].as_array().into_iter().flatten();
        if tools.any(|tool| tool["name"] == "search_docs") {
            return Ok(());
        }
        Err(Trouble::Tool("the docs server has no search_docs".to_owned()))
    }

    /// One request and the result of its response.
    async fn request(&self, world: &World, method: &str, params: Value) -> Result<Value, Trouble> {
        let id = self.requests.fetch_add(1, Ordering::Relaxed);
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let operation = async {
            let (_, mut answer) = send(world, &request).await?;
            let result = answer["result"].take();
            if result["isError"] == true {
                return Err(Trouble::Tool(text(&result["content"])));
            }
            match answer["error"]["message"].as_str() {
                Some(message) => Err(Trouble::Tool(message.to_owned())),
                None => Ok(result),
            }
        };
        world.http.observe_mcp(McpMethod::named(method), operation).await
    }

    /// One message that has no response.
    async fn notify(&self, world: &World, method: &str) -> Result<(), Trouble> {
        let message = json!({ "jsonrpc": "2.0", "method": method });
        let operation = async {
            let (status, _) = send(world, &message).await?;
            match status {
                StatusCode::ACCEPTED => Ok(()),
                _ => Err(Trouble::Tool(format!("the docs server answered with {status}"))),
            }
        };
        world.http.observe_mcp(McpMethod::named(method), operation).await
    }
}

async fn send(world: &World, message: &Value) -> Result<(StatusCode, Value), Trouble> {
    world.loopback.post("/mcp", message).await.map_err(|error| Trouble::Tool(error.to_string()))
}

/// The text of the first piece of content.
fn text(content: &Value) -> String {
    content[0]["text"].as_str().unwrap_or_default().to_owned()
}
