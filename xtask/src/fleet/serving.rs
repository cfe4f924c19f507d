//! The pages of all bots from one thread.

use std::{
    net::TcpListener,
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::Value;
use tokio::runtime;

use super::{Story, bots};

/// What Prometheus has called it for ten years.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Bots that answer until the process ends.
#[derive(Debug)]
pub(super) struct Served {
    address: String,
    bots: Arc<Bots>,
}

#[derive(Debug)]
struct Bots {
    stories: Vec<Story>,
    count: u32,
    /// When they began, by the clock on the wall and by one that never goes back.
    begin: (Duration, Instant),
}

impl Bots {
    fn story(&self, number: u32) -> &Story {
        &self.stories[number as usize % self.stories.len()]
    }
}

impl Served {
    /// Serves so many bots, to each its story.
    pub(super) fn start(stories: Vec<Story>, count: u32) -> Result<Self> {
        let failed = "failed to serve the pages of the bots";
        let listener = TcpListener::bind("127.0.0.1:0").context(failed)?;
        listener.set_nonblocking(true).context(failed)?;
        let address = listener.local_addr().context(failed)?.to_string();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context(failed)?;
        let bots = Arc::new(Bots { stories, count, begin: (now, Instant::now()) });
        let pages = Router::new().route(&bots::path("{number}"), get(page));
        let pages = pages.with_state(Arc::clone(&bots));
        let runtime = runtime::Builder::new_current_thread().enable_io().build().context(failed)?;
        thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, pages).await
            })
        });
        Ok(Self { address, bots })
    }

    pub(super) fn targets(&self, count: u32) -> Value {
        bots::instances(&self.address, count)
    }

    /// How many series all of them have.
    pub(super) fn series(&self, count: u32) -> f64 {
        (0..count).map(|number| self.bots.story(number).series() as f64).sum()
    }
}

async fn page(State(bots): State<Arc<Bots>>, Path(number): Path<u32>) -> Response {
    if number >= bots.count {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (begin, since) = bots.begin;
    let page = bots.story(number).page(number, begin, since.elapsed());
    ([(CONTENT_TYPE, TEXT)], page).into_response()
}

/// How much this process has used of a core; nothing where that cannot be said.
#[cfg(unix)]
pub(super) fn processor_time() -> f64 {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}

#[cfg(not(unix))]
pub(super) fn processor_time() -> f64 {
    f64::NAN
}
