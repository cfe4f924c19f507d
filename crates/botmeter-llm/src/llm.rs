//! The domain itself.

use std::{
    error::Error as StdError,
    future::Future,
    sync::{Arc, OnceLock},
};

use botmeter_core::{Domain, Error, Meter, Table, observe};

use crate::{
    Call, ErrorKind, Model, PriceBook, Provider, Reply, clock::Clock, gen_ai::Naming,
    instruments::REQUESTS, row::Row, span::InSpan,
};

/// Calls to model providers.
///
/// Made by `Telemetry` or by [`Domain::register`]. Cloning is cheap, and clones
/// count together.
#[derive(Clone, Debug)]
pub struct Llm(Arc<State>);

#[derive(Debug)]
struct State {
    rows: Table<(Provider, Model), Arc<Row>>,
    prices: Arc<OnceLock<PriceBook>>,
}

impl Domain for Llm {
    const NAME: &'static str = "llm";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self::named(meter, Naming::Own)
    }
}

impl Llm {
    pub(crate) fn named(meter: &Meter, naming: Naming) -> Self {
        // Making it calibrates it, for which no call should wait.
        let clock = Clock::new();
        let prices = Arc::new(OnceLock::<PriceBook>::new());
        let known = Arc::clone(&prices);
        let rows = Table::new(meter, &REQUESTS, move |meter, (provider, model)| {
            let price = known.get().and_then(|book| book.price(provider, model));
            Arc::new(Row::bind(meter, (provider, model), price, naming, clock.clone()))
        });
        Self(Arc::new(State { rows, prices }))
    }

    /// Prices all calls from now on. Without prices every call is unpriced,
    /// which `llm_cost_unpriced_total` tells.
    ///
    /// # Errors
    ///
    /// When prices were set before, or a call was started before: its model
    /// would go on without a price.
    pub fn set_prices(&self, book: PriceBook) -> Result<(), Error> {
        let mut known = 0;
        self.0.rows.for_each(|_, _| known += 1);
        if known > 0 {
            return Err(Error::new(format!(
                "set the prices: {known} models are in use already; set them before the first call"
            )));
        }
        self.0
            .prices
            .set(book)
            .map_err(|_| Error::new("set the prices: they are set already; set them once"))
    }

    /// A call starts.
    #[inline]
    pub fn start(&self, provider: Provider, model: &str) -> Call {
        Call::start(Arc::clone(self.0.rows.row((provider, model))), provider, model)
    }

    /// A model whose series exist from now on, to start calls of it without
    /// looking it up.
    pub fn model(&self, provider: Provider, model: &str) -> ModelHandle {
        let row = Arc::clone(self.0.rows.row((provider, model)));
        ModelHandle { row, provider, model: Arc::from(model) }
    }

    /// Counts the call that this future makes: its reply, its error, or its
    /// cancellation. What it traces is below the call's span.
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
    pub fn observe<'a, R, E, F>(
        &'a self,
        provider: Provider,
        model: &'a str,
        call: F,
    ) -> impl Future<Output = F::Output> + use<'a, R, E, F>
    where
        R: Reply,
        E: StdError + 'static,
        F: Future<Output = Result<R, E>>,
    {
        observe(move || within(self.start(provider, model), call), end)
    }
}

/// The call's future, so that what it traces is below the call's span.
fn within<F: Future>(guard: Call, call: F) -> (Call, InSpan<F>) {
    let call = InSpan::new(guard.span(), call);
    (guard, call)
}

fn end<R: Reply, E: StdError + 'static>(guard: Call, result: &Result<R, E>) {
    match result {
        Ok(reply) => guard.finish(&reply.usage()),
        Err(error) => guard.fail(ErrorKind::of(error)),
    }
}

/// One provider and model, found once.
#[derive(Clone, Debug)]
pub struct ModelHandle {
    row: Arc<Row>,
    provider: Provider,
    /// As the caller names it, which is what spans carry.
    model: Arc<str>,
}

impl ModelHandle {
    /// A call starts.
    #[inline]
    pub fn start(&self) -> Call {
        Call::start(Arc::clone(&self.row), self.provider, &self.model)
    }

    /// Counts the call that this future makes, as [`Llm::observe`] does. It
    /// borrows nothing, so it can be spawned.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe<R, E, F>(&self, call: F) -> impl Future<Output = F::Output> + use<R, E, F>
    where
        R: Reply,
        E: StdError + 'static,
        F: Future<Output = Result<R, E>>,
    {
        let model = self.clone();
        observe(move || within(model.start(), call), end)
    }
}
