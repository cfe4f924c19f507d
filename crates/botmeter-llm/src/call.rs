//! One call, from its start to its end.

use std::{mem, sync::Arc, time::Duration};

use botmeter_core::{Outcome, tell};
use tracing::Span;

use crate::{Cause, ErrorKind, Provider, Usage, clock::Instant, row::Row, span};

/// One call to a model, counted once, at its end.
///
/// Ends with [`finish`](Self::finish) or [`fail`](Self::fail). Dropped without
/// a word, as a future is when its caller goes away, it ends as `cancelled`;
/// dropped by a panic, as an `unknown` error. A call that is retried is one
/// call: its duration spans all attempts.
///
/// If a subscriber of `tracing` wants it, a call is a [`span`](Self::span) as
/// well. What is counted does not depend on that.
///
/// It can be sent to another thread. One that ends after the shutdown of its
/// telemetry is not exported but counted as dropped, with a warning in the log.
///
/// A call ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_llm::{ErrorKind, Llm, Provider, Usage};
/// # use botmeter_llm::core::{Domain, Meter, backend::Discard};
/// # let llm = Llm::register(&Meter::new(Discard));
/// let call = llm.start(Provider::Ollama, "llama3");
/// call.finish(&Usage::including_cache(12, 1));
/// call.fail(ErrorKind::Timeout);
/// ```
#[derive(Debug)]
#[must_use = "a call that is dropped at once counts as cancelled"]
pub struct Call {
    row: Arc<Row>,
    started: Instant,
    first_token: Option<Instant>,
    consumed: Option<Usage>,
    told: Option<Outcome<ErrorKind>>,
    span: Span,
}

impl Call {
    #[inline]
    pub(crate) fn start(row: Arc<Row>, provider: Provider, model: &str) -> Self {
        Self::with_span(row, span::begin(provider, model))
    }

    #[inline]
    pub(crate) fn with_span(row: Arc<Row>, span: Span) -> Self {
        row.in_flight.add(1);
        Self { started: row.clock.now(), row, first_token: None, consumed: None, told: None, span }
    }

    /// The first token of a streamed reply is here. Later ones change nothing.
    ///
    /// From here on the call costs something: if it breaks off and nobody said
    /// what it [`consumed`](Self::consumed), it counts as unpriced.
    pub fn first_token(&mut self) {
        if self.first_token.is_none() {
            let now = self.row.clock.now();
            self.first_token = Some(now);
            let seconds = (now - self.started).as_secs_f64();
            self.row.first_token.record(seconds);
            span::first_token(&self.span, seconds);
        }
    }

    /// An attempt failed for this reason and another one follows.
    pub fn retry(&mut self, because: impl Into<ErrorKind>) {
        self.row.retried(because.into());
    }

    /// What the provider bills so far, for a call that may yet be cut off or
    /// fail: it is recorded however the call ends. [`finish`](Self::finish)
    /// replaces it.
    pub fn consumed(&mut self, usage: &Usage) {
        self.consumed = Some(*usage);
    }

    /// Of what the provider names several times, the largest counts.
    pub(crate) fn consumed_at_least(&mut self, usage: Usage) {
        if usage != Usage::unknown() {
            self.consumed = Some(self.consumed.map_or(usage, |known| known.largest(usage)));
        }
    }

    /// The reply is there, and this is what it consumed.
    pub fn finish(mut self, usage: &Usage) {
        self.consumed = Some(*usage);
        self.told = Some(Outcome::Finished);
    }

    /// The reply is there, and all that is known of its usage was said. The
    /// call goes on until it is dropped.
    pub(crate) fn completed(&mut self) {
        self.consumed.get_or_insert(Usage::unknown());
        self.told = Some(Outcome::Finished);
    }

    /// The call failed. [`Llm::kind_of`](crate::Llm::kind_of) tells the kind
    /// of an error.
    pub fn fail(mut self, because: impl Into<ErrorKind>) {
        self.told = Some(Outcome::Failed(because.into()));
    }

    pub(crate) fn fail_because<M>(self, error: &impl Cause<M>) {
        let kind = self.row.classifiers.kind_of(error.error());
        self.fail(kind);
    }

    /// The span of this call, after OpenTelemetry's GenAI conventions: which
    /// model of which provider, how many tokens, and why it failed; never what
    /// was asked and answered. Nothing if no subscriber wants it.
    ///
    /// It is not entered here. A driver that wants its own spans to be below it
    /// enters it, or is instrumented with it:
    ///
    /// ```
    /// # use botmeter_llm::core::{Domain, Memory, Meter};
    /// use botmeter_llm::{Llm, Provider, Usage};
    /// use tracing::Instrument;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let llm = Llm::register(&Meter::new(Memory::new()));
    /// # async fn ask() -> Usage { Usage::including_cache(12, 1) }
    /// let call = llm.start(Provider::Ollama, "llama3");
    /// let usage = ask().instrument(call.span().clone()).await;
    /// call.finish(&usage);
    /// # }
    /// ```
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// How long the call has been going on.
    pub fn elapsed(&self) -> Duration {
        self.row.clock.now() - self.started
    }
}

/// The one place where a call ends.
impl Drop for Call {
    fn drop(&mut self) {
        let ended = self.row.clock.now();
        let outcome = self.told.unwrap_or_else(Outcome::unsaid);
        // So that exemplars lead to this call's span.
        let entered = span::enter(&self.span);
        if let Outcome::Failed(kind) = outcome {
            self.row.failed(kind);
        }
        self.row.ended(outcome.status(), ended - self.started);
        if let Some(usage) = &self.consumed {
            self.row.consumed(usage);
            if let Some(first_token) = self.first_token {
                self.row.streamed(ended - first_token, usage);
            }
        } else if self.first_token.is_some() {
            self.row.broke_off();
        }
        tell(|| drop(entered));
        let span = mem::replace(&mut self.span, Span::none());
        span::end(span, outcome, self.consumed.as_ref());
    }
}
