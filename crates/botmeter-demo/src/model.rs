//! The models: every question that is put to one is recorded as a call.

mod kind;
mod question;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use botmeter_llm::{Call, Llm, Provider, Usage};
use fastrand::Rng;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tracing::Instrument;

pub use self::kind::{provider_at, why};

use self::question::Question;
use crate::client::{CallError, Client, Reply, TokenUsage};
use crate::provider::Share;

/// How the models are used.
#[derive(Debug, Clone)]
pub struct Habits {
    /// The label that calls carry.
    pub provider: Provider,
    /// Whether that is the demo's own provider, where mistakes cost nothing.
    pub is_own: bool,
    /// The models that are called, each as often as the others.
    pub models: Vec<String>,
    /// A model that is so new that only few calls try it.
    pub trial: Option<String>,
    /// Calls that are begun in a second, on average.
    pub rate: f64,
    /// Most calls at the same time.
    pub concurrency: usize,
    /// Share of the calls whose answer is streamed.
    pub streaming: Share,
    /// Where the random numbers start.
    pub seed: u64,
}

/// Puts questions to models through one client. Clones are the same.
///
/// A streamed answer is for somebody who reads along: it is not asked for twice. The other answers
/// are for the bots themselves, which ask again after a rate limit or a failure of the server.
#[derive(Debug, Clone)]
pub struct Model(Arc<State>);

#[derive(Debug)]
struct State {
    client: Client,
    llm: Llm,
    habits: Habits,
    rng: Mutex<Rng>,
    places: Semaphore,
    last_error: Mutex<Option<String>>,
}

/// The longest wait before a question is put again, whatever the provider wishes.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Model {
    /// Asks through this client and records here.
    pub fn new(client: Client, llm: Llm, habits: Habits) -> Self {
        let rng = Mutex::new(Rng::with_seed(habits.seed));
        let places = Semaphore::new(habits.concurrency);
        Self(Arc::new(State { client, llm, habits, rng, places, last_error: Mutex::new(None) }))
    }

    /// How the models are used.
    pub fn habits(&self) -> &Habits {
        &self.0.habits
    }

    /// Puts a question to one of the models. Dropping the future cancels the call.
    ///
    /// # Errors
    ///
    /// Why there is no answer, after a second try where that makes sense.
    pub async fn ask(&self, prompt: &str) -> Result<String, CallError> {
        let question = {
            let mut rng = self.0.rng.lock().unwrap_or_else(PoisonError::into_inner);
            Question::draw(&self.0.habits, &mut rng)
        };
        // On the heap, because whoever asks is wrapped in futures that would all grow with it.
        Box::pin(self.0.ask(&question, prompt)).await
    }

    /// Puts a question to the model of this name, whether there is one or not.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub async fn ask_of(&self, model: &str, prompt: &str) -> Result<String, CallError> {
        let question = Question { model: model.to_owned(), is_streamed: false };
        Box::pin(self.0.ask(&question, prompt)).await
    }

    /// Waits until there is a place for one more call, behind all calls that wait for one.
    pub async fn room(&self) {
        drop(self.0.places.acquire().await);
    }

    /// Why the latest call that failed did so, since this was asked last.
    pub fn take_last_error(&self) -> Option<String> {
        self.0.last_error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl State {
    async fn ask(&self, question: &Question, prompt: &str) -> Result<String, CallError> {
        // Nobody closes the semaphore; if somebody did, calls would go on without a limit.
        let _place = self.places.acquire().await;
        let mut call = self.llm.start(self.habits.provider, &question.model);
        let mut may_retry = !question.is_streamed;
        loop {
            let span = call.span().clone();
            let attempt = self.attempt(question, prompt, &mut call).instrument(span.clone());
            let error = match attempt.await {
                Ok(reply) => {
                    call.finish(&reply.usage.map_or_else(Usage::unknown, Usage::from));
                    return Ok(reply.text);
                }
                Err(error) => error,
            };
            let because = why(&error);
            span.in_scope(|| {
                tracing::debug!(model = question.model, %because, %error, "a call failed");
            });
            match wait_before_retry(&error) {
                Some(wait) if may_retry => {
                    may_retry = false;
                    call.retry(because);
                    sleep(wait).await;
                }
                _ => {
                    call.fail(because);
                    let mut last = self.last_error.lock().unwrap_or_else(PoisonError::into_inner);
                    *last = Some(error.to_string());
                    return Err(error);
                }
            }
        }
    }

    async fn attempt(
        &self,
        question: &Question,
        prompt: &str,
        call: &mut Call,
    ) -> Result<Reply, CallError> {
        let chat = question.chat(prompt);
        if question.is_streamed {
            self.client.chat_streaming(&chat, || call.first_token()).await
        } else {
            self.client.chat(&chat).await
        }
    }
}

impl From<TokenUsage> for Usage {
    fn from(tokens: TokenUsage) -> Self {
        Self::including_cache(tokens.prompt, tokens.completion)
            .cache_read(tokens.cached)
            .cache_write(tokens.cache_written)
            .reasoning(tokens.reasoning)
    }
}

/// A limit passes and a server recovers; what is wrong with the request stays wrong.
fn wait_before_retry(error: &CallError) -> Option<Duration> {
    let CallError::Refused(refusal) = error else { return None };
    let passes = refusal.status == 429 || refusal.status >= 500;
    let wait = refusal.retry_after.unwrap_or(Duration::from_millis(250)).min(LONGEST_WAIT);
    passes.then_some(wait)
}
