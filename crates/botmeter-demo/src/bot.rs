//! The bot: it begins calls at random moments, and each of them is recorded.

mod job;
mod kind;

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use botmeter_llm::{Call, Llm, Provider, Usage};
use fastrand::Rng;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

pub use self::kind::{provider_at, why};

use self::job::Job;
use crate::client::{CallError, Client, Reply, TokenUsage};
use crate::provider::Share;

/// How a bot goes about its work.
#[derive(Debug, Clone)]
pub struct Habits {
    /// The label that its calls carry.
    pub provider: Provider,
    /// The models that it calls, each as often as the others.
    pub models: Vec<String>,
    /// Calls that it begins in a second, on average.
    pub rate: f64,
    /// Most calls at the same time.
    pub concurrency: usize,
    /// Share of the calls whose answer is streamed.
    pub streaming: Share,
    /// Where the random numbers start.
    pub seed: u64,
}

/// Makes calls until it is told to stop.
///
/// A streamed answer is for a user who waits for it: it is not asked for twice, and now and then
/// the user goes away. The other answers are for the bot itself, which asks again after a rate
/// limit or a failure of the server.
#[derive(Debug)]
pub struct Bot {
    caller: Arc<Caller>,
    habits: Habits,
}

#[derive(Debug)]
struct Caller {
    client: Client,
    llm: Llm,
    provider: Provider,
    last_error: Mutex<Option<String>>,
}

/// The longest wait before the bot asks again, whatever the provider wishes.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Bot {
    /// A bot that talks through this client and records here.
    pub fn new(client: Client, llm: Llm, habits: Habits) -> Self {
        let last_error = Mutex::new(None);
        let caller = Caller { client, llm, provider: habits.provider, last_error };
        Self { caller: Arc::new(caller), habits }
    }

    /// Why the latest call that failed did so, since this was asked last.
    pub fn take_last_error(&self) -> Option<String> {
        self.caller.last_error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Begins calls until the end, and then gives those that are under way this much time. Who
    /// needs longer is cut off and recorded as cancelled.
    pub async fn run(&self, end: impl Future<Output = ()>, grace: Duration) {
        let mut end = pin!(end);
        let mut rng = Rng::with_seed(self.habits.seed);
        let places = Arc::new(Semaphore::new(self.habits.concurrency));
        let mut calls = JoinSet::new();
        let mut next = Instant::now();
        loop {
            let turn = async {
                sleep_until(next).await;
                Arc::clone(&places).acquire_owned().await
            };
            let place = tokio::select! {
                biased;
                () = &mut end => break,
                place = turn => place,
            };
            let job = Job::draw(&self.habits, &mut rng);
            let caller = Arc::clone(&self.caller);
            calls.spawn(async move {
                caller.attend_to(&job).await;
                drop(place);
            });
            // Ended calls are forgotten, or a long run would remember them all.
            while calls.try_join_next().is_some() {}
            // Whoever had to wait for a place does not make up for it.
            next = next.max(Instant::now()) + pause(self.habits.rate, &mut rng);
        }
        let ending = async { while calls.join_next().await.is_some() {} };
        drop(timeout(grace, ending).await);
        calls.shutdown().await;
    }
}

impl Caller {
    async fn attend_to(&self, job: &Job) {
        let call = self.llm.start(self.provider, &job.model);
        match job.patience {
            None => self.ask(job, call).await,
            // Whoever goes away drops the call, which is all that cancelling takes.
            Some(patience) => drop(timeout(patience, self.ask(job, call)).await),
        }
    }

    async fn ask(&self, job: &Job, mut call: Call) {
        let mut may_retry = !job.is_streamed;
        loop {
            let error = match self.attempt(job, &mut call).await {
                Ok(reply) => {
                    call.finish(&reply.usage.map_or_else(Usage::unknown, Usage::from));
                    return;
                }
                Err(error) => error,
            };
            let because = why(&error);
            tracing::debug!(model = job.model, %because, %error, "a call failed");
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
                    return;
                }
            }
        }
    }

    async fn attempt(&self, job: &Job, call: &mut Call) -> Result<Reply, CallError> {
        let chat = job.chat();
        if job.is_streamed {
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

/// The time until the next event of a Poisson process: users do not come at regular intervals.
fn pause(rate: f64, rng: &mut Rng) -> Duration {
    let seconds = -(1.0 - rng.f64()).ln() / rate;
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}
