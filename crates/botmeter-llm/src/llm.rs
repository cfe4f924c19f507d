//! The domain itself.

use std::{future::Future, sync::Arc};

use botmeter_core::{Domain, Error, Global, Meter, Table};
use futures_core::Stream;
use tracing::Span;

use crate::{
    Call, Cause, ErrorKind, LlmConfig, Model, ModelHandle, ObservedStream, Provider, Reply, Seen,
    Usage,
    classify::Classifiers,
    clock::Clock,
    instruments::REQUESTS,
    observed::observed,
    row::{Row, Shared},
    stream,
};

static GLOBAL: Global<Llm> = Global::new();

/// Calls to model providers.
///
/// Made by `Telemetry`, by [`Domain::register`] or by
/// [`with_config`](Self::with_config). Cloning is cheap, and clones count
/// together.
#[derive(Clone, Debug)]
pub struct Llm(Arc<State>);

#[derive(Debug)]
struct State {
    rows: Table<(Provider, Model), Arc<Row>>,
    classifiers: Arc<Classifiers>,
}

impl Domain for Llm {
    const NAME: &'static str = "llm";
    type Config = LlmConfig;

    fn register_with(meter: &Meter, config: LlmConfig) -> Self {
        Self::with_config(meter, config)
    }
}

impl Llm {
    /// Makes the handles, as [`Domain::register`] does, for calls that are
    /// recorded as the configuration says.
    pub fn with_config(meter: &Meter, config: LlmConfig) -> Self {
        let LlmConfig { prices, naming, classifiers } = config;
        let classifiers = Arc::new(classifiers);
        // Making a clock calibrates it, for which no call should wait.
        let clock = Clock::new();
        let shared = Shared { clock, classifiers: Arc::clone(&classifiers), naming };
        let rows = Table::new(meter, &REQUESTS, move |meter, (provider, model)| {
            let price = prices.as_ref().and_then(|book| book.price(provider, model));
            Arc::new(Row::bind(meter, (provider, model), price, &shared))
        });
        Self(Arc::new(State { rows, classifiers }))
    }

    /// The one of the whole process, for code that nobody can hand one. It is
    /// there when the program has called [`set_global`](Self::set_global);
    /// calls before that count nowhere, and a warning says so once.
    ///
    /// ```
    /// # use botmeter_llm::core::{Domain, Memory, Meter};
    /// use botmeter_llm::{Llm, Provider, Usage};
    ///
    /// # let memory = Memory::new();
    /// # let llm = Llm::register(&Meter::new(memory.clone()));
    /// // Where telemetry starts, with the `llm` that it returned.
    /// llm.set_global()?;
    /// // Anywhere.
    /// Llm::global().start(Provider::OpenAi, "gpt-4o").finish(&Usage::including_cache(900, 80));
    /// # assert!(memory.text().contains("gpt-4o"));
    /// # Ok::<(), botmeter_llm::core::Error>(())
    /// ```
    pub fn global() -> &'static Self {
        &GLOBAL
    }

    /// Makes this one the [global](Self::global) one.
    ///
    /// # Errors
    ///
    /// When there is one already.
    pub fn set_global(&self) -> Result<(), Error> {
        GLOBAL.set(self.clone())
    }

    /// A call starts.
    #[inline]
    pub fn start(&self, provider: Provider, model: &str) -> Call {
        Call::start(Arc::clone(self.0.rows.row((provider, model))), provider, model)
    }

    /// A call starts that is counted like any other, and has no
    /// [span](Call::span): for adapters that learn of calls from the spans of
    /// a client, and may open none themselves.
    pub fn start_unspanned(&self, provider: Provider, model: &str) -> Call {
        Call::with_span(Arc::clone(self.0.rows.row((provider, model))), Span::none())
    }

    /// A model whose series exist from now on, to start calls of it without
    /// looking it up.
    pub fn model(&self, provider: Provider, model: &str) -> ModelHandle {
        ModelHandle::new(Arc::clone(self.0.rows.row((provider, model))), provider, model)
    }

    /// The kind of an error, for [`Call::fail`] and [`Call::retry`]: what the
    /// classifiers of the [configuration](LlmConfig::classify_with) say, and
    /// else what [`ErrorKind::of`] finds.
    ///
    /// ```
    /// # use botmeter_llm::core::{Domain, Memory, Meter};
    /// # use botmeter_llm::{ErrorKind, Llm, Provider};
    /// # let llm = Llm::register(&Meter::new(Memory::new()));
    /// let error = anyhow::Error::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
    /// let error = error.context("ask the model");
    /// assert_eq!(llm.kind_of(&error), ErrorKind::Timeout);
    /// llm.start(Provider::Ollama, "llama3").fail(llm.kind_of(&error));
    /// ```
    pub fn kind_of<M>(&self, error: &impl Cause<M>) -> ErrorKind {
        self.0.classifiers.kind_of(error.error())
    }

    /// Counts the call that this future makes: its reply, its error, or its
    /// cancellation. What it traces is below the call's span.
    ///
    /// The reply knows its usage; for one of a client library, see
    /// [`observe_with`](Self::observe_with). The error is any
    /// [`Error`](std::error::Error), `anyhow::Error` or `Box<dyn Error>`, and
    /// tells its kind as in [`kind_of`](Self::kind_of).
    ///
    /// ```
    /// # use botmeter_llm::core::{Domain, Memory, Meter};
    /// use botmeter_llm::{Llm, Provider, Reply, Usage};
    ///
    /// struct Answer(String, Usage);
    ///
    /// impl Reply for Answer {
    ///     fn usage(&self) -> Usage {
    ///         self.1
    ///     }
    /// }
    ///
    /// async fn ask() -> Result<Answer, std::io::Error> {
    ///     Ok(Answer("42".to_owned(), Usage::including_cache(12, 1)))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), std::io::Error> {
    /// # let memory = Memory::new();
    /// # let llm = Llm::register(&Meter::new(memory.clone()));
    /// let answer = llm.observe(Provider::Ollama, "llama3", ask()).await?;
    /// assert_eq!(answer.0, "42");
    /// # let labels = [("provider", "ollama"), ("model", "llama3")];
    /// # assert_eq!(memory.value("llm_tokens_total", &labels), Some(13.0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe<'a, R, E, M, F>(
        &'a self,
        provider: Provider,
        model: &'a str,
        call: F,
    ) -> impl Future<Output = F::Output> + use<'a, R, E, M, F>
    where
        R: Reply,
        E: Cause<M>,
        F: Future<Output = Result<R, E>>,
    {
        self.observe_with(provider, model, call, R::usage)
    }

    /// Counts the call that this future makes, with a closure that finds the
    /// usage in its reply: for replies of any client. A usage is a [`Usage`]
    /// or an `Option` of one.
    ///
    /// ```
    /// # use botmeter_llm::core::{Domain, Memory, Meter};
    /// # use botmeter_llm::{Llm, Provider, Usage};
    /// # struct Tokens { input: u32, output: u32 }
    /// # struct Answer { text: String, tokens: Option<Tokens> }
    /// # async fn ask() -> anyhow::Result<Answer> {
    /// #     Ok(Answer { text: "42".to_owned(), tokens: Some(Tokens { input: 12, output: 1 }) })
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> anyhow::Result<()> {
    /// # let memory = Memory::new();
    /// # let llm = Llm::register(&Meter::new(memory.clone()));
    /// fn usage(answer: &Answer) -> Option<Usage> {
    ///     answer.tokens.as_ref().map(|n| Usage::including_cache(n.input, n.output))
    /// }
    ///
    /// let answer = llm.observe_with(Provider::Ollama, "llama3", ask(), usage).await?;
    /// assert_eq!(answer.text, "42");
    /// # let labels = [("provider", "ollama"), ("model", "llama3")];
    /// # assert_eq!(memory.value("llm_tokens_total", &labels), Some(13.0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe_with<'a, T, U, E, M, F, C>(
        &'a self,
        provider: Provider,
        model: &'a str,
        call: F,
        usage: C,
    ) -> impl Future<Output = F::Output> + use<'a, T, U, E, M, F, C>
    where
        F: Future<Output = Result<T, E>>,
        C: FnOnce(&T) -> U,
        U: Into<Usage>,
        E: Cause<M>,
    {
        observed(move || self.start(provider, model), call, usage)
    }

    /// Counts the call whose reply is a stream: `open` is the future that
    /// gives the stream, and `on_chunk` tells what it sees in each chunk. The
    /// stream that comes out has the same items.
    ///
    /// The call ends with its stream: at the end it is finished, at the first
    /// error failed, and if the stream is dropped before, it is cancelled,
    /// unless a chunk was said to be the [last](Seen::finish). However it
    /// ends, what was seen until then is billed, or counted as unpriced if
    /// there was a token and no usage.
    ///
    /// `OpenAI` and those that are like it name the usage of a stream only if
    /// the request asks for it, with `stream_options.include_usage`.
    ///
    /// ```
    /// # use botmeter_llm::core::{Domain, Memory, Meter};
    /// # use botmeter_llm::{Llm, Provider, Usage};
    /// # use futures_util::{Stream, StreamExt, stream};
    /// # use std::io;
    /// struct Chunk { text: &'static str, usage: Option<Usage> }
    ///
    /// async fn ask() -> io::Result<impl Stream<Item = io::Result<Chunk>>> {
    /// #     let usage = Some(Usage::including_cache(12, 2));
    ///     // ...
    /// #     Ok(stream::iter([
    /// #         Ok(Chunk { text: "forty-", usage: None }), Ok(Chunk { text: "two", usage: None }),
    /// #         Ok(Chunk { text: "", usage }),
    /// #     ]))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> io::Result<()> {
    /// # let memory = Memory::new();
    /// # let llm = Llm::register(&Meter::new(memory.clone()));
    /// let mut chunks = llm
    ///     .observe_stream(Provider::OpenAi, "gpt-4o", ask(), |chunk, seen| {
    ///         if !chunk.text.is_empty() {
    ///             seen.token();
    ///         }
    ///         seen.usage(chunk.usage);
    ///     })
    ///     .await?;
    /// let mut answer = String::new();
    /// while let Some(chunk) = chunks.next().await {
    ///     answer.push_str(chunk?.text);
    /// }
    /// assert_eq!(answer, "forty-two");
    /// # let labels = [("provider", "openai"), ("model", "gpt-4o")];
    /// # assert_eq!(memory.value("llm_tokens_total", &labels), Some(14.0));
    /// # assert_eq!(memory.value("llm_time_to_first_token_seconds_count", &labels), Some(1.0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Both errors are any [`Error`](std::error::Error), `anyhow::Error` or
    /// `Box<dyn Error>`; a stream whose errors are none of them is mapped
    /// before, for example to an [`ErrorKind`], which is an error.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe_stream<'a, F, S, T, E, X, C, M, N>(
        &'a self,
        provider: Provider,
        model: &'a str,
        open: F,
        on_chunk: C,
    ) -> impl Future<Output = Result<ObservedStream<S, C, N>, E>> + use<'a, F, S, T, E, X, C, M, N>
    where
        F: Future<Output = Result<S, E>>,
        S: Stream<Item = Result<T, X>>,
        C: FnMut(&T, &mut Seen<'_>),
        E: Cause<M>,
        X: Cause<N>,
    {
        stream::open(move || self.start(provider, model), open, on_chunk)
    }
}
