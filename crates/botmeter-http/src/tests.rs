//! Requests and calls in, the text that a scraper sees out.

mod catalogue;
mod guards;
mod hyper_server;
mod requests;
mod server;
mod streams;

use std::time::{Duration, Instant};

use botmeter_core::{Domain, Memory, Meter};

use crate::Http;

struct Bench {
    memory: Memory,
    http: Http,
}

impl Bench {
    fn new() -> Self {
        let memory = Memory::new();
        let http = Http::register(&Meter::new(memory.clone()));
        Self { memory, http }
    }

    #[track_caller]
    fn check(&self, expected: &[&str]) {
        assert_eq!(self.memory.moved(), expected, "\n{}", self.memory.text());
    }

    /// The same for what a server does on its own, some time after the client
    /// has its response or has gone away.
    async fn check_soon(&self, expected: &[&str]) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.memory.moved() != expected && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        self.check(expected);
    }
}

/// Runs it to its panic.
fn panicking(what: impl FnOnce()) {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(what));
    assert!(result.is_err());
}
