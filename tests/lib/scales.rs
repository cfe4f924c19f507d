//! A receiver that weighs what it gets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;

use crate::http_server::{Answer, HttpServer};

/// Takes every push, and remembers how many bytes the last one had on its way.
#[derive(Debug)]
pub struct Scales {
    server: HttpServer,
    last: Arc<AtomicUsize>,
}

impl Scales {
    /// On any free port of the loopback.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn set_up() -> Result<Self> {
        let last = Arc::new(AtomicUsize::new(0));
        let written = Arc::clone(&last);
        let server = HttpServer::start(move |request| {
            written.store(request.body.len(), Ordering::Relaxed);
            // Nothing is how a success without a word is encoded.
            let content_type = "application/x-protobuf".to_owned();
            Answer { status: 200, content_type, body: Vec::new() }
        })?;
        Ok(Self { server, last })
    }

    /// The base to which exporters append `/v1/metrics`.
    pub fn endpoint(&self) -> String {
        self.server.url()
    }

    /// The bytes of the last push; none before the first.
    pub fn last(&self) -> Option<usize> {
        let last = self.last.load(Ordering::Relaxed);
        (last > 0).then_some(last)
    }
}
