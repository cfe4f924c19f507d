//! A server of documentation that speaks the Model Context Protocol over HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::round::Round;

/// Pages by address, with the words that a search finds them by.
const PAGES: [(&str, &str); 5] = [
    ("docs://start", "How to start: install it, run it, look at the first numbers."),
    ("docs://login", "How to log in: passwords, keys, and what to do when the page does not load."),
    ("docs://billing", "How to find an invoice, change the card, and get money back."),
    ("docs://release", "What is new in the release, and which posts and links tell about it."),
    ("docs://channel", "How a bot writes to a channel: sources, summaries, and how often."),
];

/// Longer than any client waits.
const TOO_LONG: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct DocsServer {
    searches: Round,
}

impl DocsServer {
    pub(super) const fn new() -> Self {
        Self { searches: Round::of(60) }
    }

    /// The response to a message, unless it is a notification, which has none.
    pub(super) async fn answer(&self, message: &Value) -> Option<Value> {
        let id = message.get("id")?;
        let method = message["method"].as_str().unwrap_or_default();
        let params = &message["params"];
        let answer = match method {
            "initialize" => Ok(json!({
                "protocolVersion": params["protocolVersion"],
                "capabilities": { "tools": {}, "resources": {} },
                "serverInfo": { "name": "botmeter-demo-docs", "version": "1" },
            })),
            "ping" => Ok(json!({})),
            "tools/list" => Ok(json!({ "tools": [{
                "name": "search_docs",
                "description": "Finds the page about something.",
                "inputSchema": { "type": "object", "properties": { "query": { "type": "string" } } },
            }] })),
            "tools/call" => Ok(self.search(&params["arguments"]["query"]).await),
            "resources/read" => read(&params["uri"]),
            _ => Err((-32601, format!("there is no method {method:?}"))),
        };
        Some(match answer {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err((code, message)) => {
                json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
            }
        })
    }

    async fn search(&self, query: &Value) -> Value {
        match self.searches.next() {
            4 => {
                let text = "the index is being made anew; try again later";
                return json!({ "content": [{ "type": "text", "text": text }], "isError": true });
            }
            9 => sleep(TOO_LONG).await,
            _ => sleep(Duration::from_millis(60)).await,
        }
        let page = best(query.as_str().unwrap_or_default());
        json!({ "content": [{ "type": "text", "text": page }], "isError": false })
    }
}

/// The page that has most of the words; the first one if none has any.
fn best(query: &str) -> &'static str {
    let hits = |text: &str| query.split_whitespace().filter(|word| text.contains(word)).count();
    let mut best = (PAGES[0].0, 0);
    for (page, text) in PAGES {
        let hits = hits(text);
        if hits > best.1 {
            best = (page, hits);
        }
    }
    best.0
}

fn read(page: &Value) -> Result<Value, (i32, String)> {
    let found = PAGES.iter().find(|(known, _)| page == known);
    let (page, text) = found.ok_or_else(|| (-32002, format!("there is no page {page}")))?;
    Ok(json!({ "contents": [{ "uri": page, "mimeType": "text/plain", "text": text }] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(server: &DocsServer, method: &str, params: Value) -> Option<Value> {
        let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        server.answer(&message).await
    }

    #[tokio::test]
    async fn what_a_search_finds_can_be_read() {
        let server = DocsServer::new();
        let query = json!({ "name": "search_docs", "arguments": { "query": "my invoice" } });
        let found = ask(&server, "tools/call", query).await.unwrap();
        assert_eq!(found["result"]["content"][0]["text"], "docs://billing");
        let page = ask(&server, "resources/read", json!({ "uri": "docs://billing" })).await;
        let text = page.unwrap()["result"]["contents"][0]["text"].to_string();
        assert!(text.contains("invoice"), "{text}");
    }

    #[tokio::test]
    async fn what_there_is_not_is_an_error_and_a_notification_is_not_answered() {
        let server = DocsServer::new();
        for (method, params, code) in [
            ("resources/read", json!({ "uri": "docs://none" }), -32002),
            ("prompts/list", json!({}), -32601),
        ] {
            assert_eq!(ask(&server, method, params).await.unwrap()["error"]["code"], code);
        }
        let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(server.answer(&notification).await, None);
    }
}
