//! What all actors have at hand.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use botmeter_bot::Bots;
use botmeter_http::Http;
use botmeter_llm::ErrorKind;
use botmeter_narrative::Narratives;
use botmeter_orchestrator::Orchestrator;
use fastrand::Rng;
use tokio::time::{sleep, timeout};

use super::blog::Blog;
use super::docs::Docs;
use super::ending::End;
use super::loopback::Loopback;
use super::mailbox::Mailbox;
use super::plan::Plan;
use super::tasks::Tasks;
use super::trouble::Trouble;
use crate::model::{Model, why};

#[derive(Debug)]
pub(super) struct World {
    pub(super) model: Model,
    pub(super) bots: Bots,
    pub(super) narratives: Narratives,
    pub(super) orchestrator: Orchestrator,
    pub(super) http: Http,
    /// Talks to the story's own API.
    pub(super) loopback: Loopback,
    pub(super) docs: Docs,
    pub(super) mailbox: Mailbox,
    pub(super) blog: Blog,
    pub(super) plan: Plan,
    pub(super) tasks: Tasks,
    pub(super) end: End,
    pub(super) rng: Mutex<Rng>,
}

impl World {
    /// Puts a question to one of the models.
    pub(super) async fn ask(&self, prompt: &str) -> Result<String, Trouble> {
        Ok(self.model.ask(prompt).await?)
    }

    /// Puts a question to one of the models, and once more if it has no answer: for work that
    /// nobody waits for.
    pub(super) async fn insist(&self, prompt: &str) -> Result<String, Trouble> {
        match self.model.ask(prompt).await {
            // What is too long stays too long.
            Err(error) if why(&error) != ErrorKind::ContextLength => self.ask(prompt).await,
            first => Ok(first?),
        }
    }

    /// Does nothing for this time, and says whether the story goes on after it.
    pub(super) async fn rest(&self, time: Duration) -> bool {
        timeout(time, self.end.comes()).await.is_err()
    }

    /// Takes so many milliseconds.
    pub(super) async fn takes(&self, milliseconds: Range<u64>) {
        sleep(self.some(milliseconds)).await;
    }

    /// So many milliseconds.
    pub(super) fn some(&self, milliseconds: Range<u64>) -> Duration {
        Duration::from_millis(self.rng().u64(milliseconds))
    }

    pub(super) fn rng(&self) -> MutexGuard<'_, Rng> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
