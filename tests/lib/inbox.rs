//! Where alerts arrive: what a webhook of somebody's would get.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::http_server::{Answer, HttpServer};

/// Takes every POST of JSON, and keeps it.
#[derive(Debug)]
pub struct Inbox {
    server: HttpServer,
    letters: Arc<Mutex<Vec<Value>>>,
}

impl Inbox {
    /// On any free port of the loopback.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn open() -> Result<Self> {
        let letters = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&letters);
        let server = HttpServer::start(move |request| {
            let letter = serde_json::from_slice(&request.body);
            let letter = letter.with_context(|| format!("what came is no JSON: {request:?}"));
            let (status, body) = match letter {
                Ok(letter) => {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
                    (200, "ok".to_owned())
                }
                Err(error) => (400, format!("{error:#}")),
            };
            Answer { status, content_type: "text/plain".to_owned(), body: body.into_bytes() }
        })?;
        Ok(Self { server, letters })
    }

    /// Where to send to.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What arrived so far.
    pub fn letters(&self) -> Vec<Value> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
